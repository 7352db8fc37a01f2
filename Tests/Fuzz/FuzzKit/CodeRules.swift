package import TransferCodes

/// What has to hold of whatever the reader of codes makes of a text.
package enum CodeRules {
    /// Reads `text` and looks at what comes of it.
    @discardableResult
    package static func read(_ text: [UInt8], expecting kind: CodeKind?) -> ReadCode? {
        do throws(CodeError) {
            let read = try CodeReader.read(text, expecting: kind)
            check(read, expecting: kind)
            return read
        } catch {
            check(error)
            return nil
        }
    }

    private static func check(_ read: ReadCode, expecting kind: CodeKind?) {
        let isStart = read.code.kind == .start || read.code.kind == .shortStart
        let wantsStart = kind == .start || kind == .shortStart
        require(kind == nil || read.code.kind == kind || isStart && wantsStart, "another code than was asked for")
        for repair in read.repairs {
            require(
                (1...CodeKind.maximumLineCount).contains(repair.line) && (0...4).contains(repair.group),
                "a repair in line \(repair.line), group \(repair.group)")
        }
        // What was read is a code like any other: printed, it is read again, and nothing has to be put right.
        let again = try? CodeReader.read(PrintedCode(read.code).text, expecting: read.code.kind)
        require(again?.code == read.code && again?.repairs.isEmpty == true, "a code that can't be read again")
    }

    private static func check(_ error: CodeError) {
        if case .invalidField = error { finding("the field of a code that nobody made") }
        for text in [error.message, error.hint] {
            require(
                !text.isEmpty && text.utf8.count <= 2048
                    && text.unicodeScalars.allSatisfy { (0x20...0x7E).contains($0.value) },
                "an error that can't be printed")
        }
    }
}
