/// The mail encoding that breaks long lines with `=` and writes bytes as `=` and two hexadecimal digits.
package enum QuotedPrintable {
    /// The text with the encoding taken off; `nil` if there is nothing to take off.
    ///
    /// The text may be something else: what follows `=` and is no line end and no two hexadecimal digits stays as it is.
    package static func decode(_ text: [UInt8]) -> [UInt8]? {
        let bytes = text.span
        var result: [UInt8] = []
        var changed = false
        // What lies between two escapes is taken at once.
        var (taken, index) = (0, 0)
        while true {
            while index < bytes.count, bytes[index] != 0x3D { index &+= 1 }
            guard index < bytes.count else { break }
            let (skip, byte) = escape(bytes, after: index)
            index &+= 1
            guard skip > 0 else { continue }
            if !changed { result.reserveCapacity(bytes.count) }
            changed = true
            result += text[taken..<index - 1]
            if let byte { result.append(byte) }
            index += skip
            taken = index
        }
        return changed ? result + text[taken...] : nil
    }

    /// How many bytes after the `=` belong to the escape (0: it is none), and the byte it stands for, if any.
    private static func escape(_ bytes: Span<UInt8>, after index: Int) -> (skip: Int, byte: UInt8?) {
        // Some programs leave blanks between the `=` and the line's end; more than a few are none of theirs.
        var end = index + 1
        while end < bytes.count, end < index + 9, bytes[end] == 0x20 || bytes[end] == 0x09 { end += 1 }
        if end < bytes.count, bytes[end] == 0x0A { return (end - index, nil) }
        if end < bytes.count, bytes[end] == 0x0D {
            let pair = end + 1 < bytes.count && bytes[end + 1] == 0x0A
            return (end - index + (pair ? 1 : 0), nil)
        }
        guard index + 2 < bytes.count, let high = digit(bytes[index + 1]), let low = digit(bytes[index + 2]) else {
            return (0, nil)
        }
        return (2, high << 4 | low)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
