extension QRPicture {
    /// The pixels of a module's side: enough that a reader still finds the symbol in a picture of a third of the size.
    package static let pixelsPerModule = 8

    /// The picture as a PNG file: black and white, one bit for each pixel. The same code always gives the same bytes.
    ///
    /// The data is stored, not compressed: a few kilobytes more, and no compressor to keep right.
    package var png: [UInt8] {
        let (columns, rows) = size
        let (width, height) = (columns * Self.pixelsPerModule, rows * Self.pixelsPerModule)
        var pixels: [UInt8] = []
        for row in 0..<rows {
            // Eight pixels for each module are one byte of the row, after the byte that says it is not filtered.
            let line = [0] + (0..<columns).map { isDark(column: $0, row: row) ? UInt8(0) : 0xFF }
            for _ in 0..<Self.pixelsPerModule { pixels += line }
        }
        let size = Self.bigEndian(width) + Self.bigEndian(height)
        // One bit, grey, deflate, the only filter set, not interlaced (PNG, 11.2.2).
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Self.chunk("IHDR", size + [1, 0, 0, 0, 0])
            + Self.chunk("IDAT", Self.stored(pixels)) + Self.chunk("IEND", [])
    }

    /// A chunk of a PNG file: length, name, data, checksum over name and data.
    private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        return bigEndian(data.count) + body + bigEndian(checksum(body))
    }

    /// The data in the zlib form (RFC 1950), in blocks that are stored as they are (RFC 1951, 3.2.4).
    private static func stored(_ data: [UInt8]) -> [UInt8] {
        var result: [UInt8] = [0x78, 0x01]
        let longest = 0xFFFF
        for start in stride(from: 0, to: data.count, by: longest) {
            let block = data[start..<min(start + longest, data.count)]
            let length = UInt16(truncatingIfNeeded: block.count)
            result.append(block.endIndex == data.count ? 1 : 0)
            result += [length, ~length].flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
            result += block
        }
        return result + bigEndian(adler(data))
    }

    private static func bigEndian(_ number: Int) -> [UInt8] {
        bigEndian(UInt32(truncatingIfNeeded: number))
    }

    private static func bigEndian(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    /// The CRC of PNG, annex D: that of ISO 3309, polynomial EDB88320 reflected.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var remainder = ~UInt32(0)
        for byte in bytes {
            remainder ^= UInt32(byte)
            for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return ~remainder
    }

    /// Adler-32 (RFC 1950, 9).
    private static func adler(_ bytes: [UInt8]) -> UInt32 {
        var (low, high) = (UInt32(1), UInt32(0))
        for byte in bytes {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        return high << 16 | low
    }
}
