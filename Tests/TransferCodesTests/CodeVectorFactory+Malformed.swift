@testable import TransferCodes

/// Lines that are right, of codes that are not.
extension CodeVectorFactory {
    /// Lines that carry these symbols, whatever they mean.
    static func carrying(_ kind: UInt8, _ symbols: [UInt8]) -> [UInt8] {
        lines(
            stride(from: 0, to: symbols.count, by: 15).enumerated().map { index, start in
                let data = Array(symbols[start..<start + 15])
                let all = data + LineCode.check(kind: kind, line: UInt8(index + 1), data: data)
                return "\(index + 1)  \(Alphabet.text(all))"
            })
    }

    static func malformed() throws -> [CodeVector] {
        let unknown = [UInt8](repeating: 28, count: 1) + [UInt8](repeating: 7, count: 14)
        var vectors = [
            failure("malformed-kind", "an unknown kind", .unknownKind(letter: "W"), carrying(28, unknown))
        ]
        for kind in [CodeKind.activation, .request] {
            var symbols = try SampleCodes.code(kind).dataSymbols
            symbols[1] |= 8
            vectors.append(
                failure(
                    "malformed-version-\(CodeVector.word(kind))", "\(kind.nameWithArticle) of version 2",
                    .unknownVersion(kind, version: 2), carrying(kind.rawValue, symbols)))
        }
        for kind in CodeKind.allCases where kind != .request {
            var symbols = try SampleCodes.code(kind, certificateLength: 2).dataSymbols
            symbols[1] |= 4
            vectors.append(
                failure(
                    "malformed-flags-\(CodeVector.word(kind))", "\(kind.nameWithArticle) with flags",
                    .flagsNotZero(kind, flags: 4), carrying(kind.rawValue, symbols)))
        }
        for length in [0, 151, 255] {
            var writer = BitWriter()
            writer.append(UInt64(CodeHeader.plain(.start).bits), bits: 10)
            writer.append([UInt8](repeating: 0x5A, count: 10), bits: 80)
            writer.append(UInt64(length), bits: 8)
            vectors.append(
                failure(
                    "malformed-length-\(length)", "a start code whose certificate has \(length) bytes",
                    .certificateLength(length), carrying(CodeKind.start.rawValue, writer.finish())))
        }
        for (length, bit) in [(1, 0), (41, 30), (60, 64), (150, 19)] {
            // The last bit of the line, and one further in front, which is still behind the last field.
            var symbols = try SampleCodes.code(.start, certificateLength: length).dataSymbols
            symbols[symbols.count - 1 - bit / 5] |= 1 << UInt8(bit % 5)
            vectors.append(
                failure(
                    "malformed-padding-\(length)", "a start code with a bit set behind its last field",
                    .paddingNotZero(.start), carrying(CodeKind.start.rawValue, symbols)))
        }
        return vectors
    }
}
