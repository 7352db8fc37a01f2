import FuzzKit
import TransferCodes

/// One input: its first byte says what is expected, the others are the text.
enum TextRun {
    static func play(_ input: [UInt8]) {
        let kinds: [CodeKind?] = [nil] + CodeKind.allCases
        let first = Int(input.first ?? 0)
        let (kind, text) = (kinds[first % kinds.count], Array(input.dropFirst()))
        CodeRules.read(text, expecting: kind)
        // The same as somebody types it, line by line.
        let typed = String(decoding: text, as: UTF8.self)
        let line = first < 128 ? nil : 1 + first % CodeKind.maximumLineCount
        switch LineReader.check(typed, kind: kind, line: line) {
        case .exact(let found), .repaired(let found, _):
            require(kind ?? found.kind == found.kind && line ?? found.number == found.number, "another line was taken")
            require(LineReader.check(found.text) == .exact(found), "a line that can't be read again")
        case .wrongLine, .wrongKind, .unreadable: break
        }
    }
}
