@testable import TransferCodes

/// Every header that this version does not know.
extension CodeVectorFactory {
    /// Kinds, versions and flags.
    static func headers() throws -> [CodeVector] {
        var vectors: [CodeVector] = []
        for kind in 0..<32 as Range<UInt8> where CodeKind(rawValue: kind) == nil && kind != 28 {
            let letter = Alphabet.character(kind)
            vectors.append(
                failure(
                    "header-kind-\(String(letter).lowercased())", "a code that begins with \(letter)",
                    .unknownKind(letter: letter),
                    carrying(kind, [kind] + [UInt8](repeating: kind ^ 9, count: 29))))
        }
        for kind in CodeKind.allCases {
            let word = CodeVector.word(kind)
            for version in 2...4 as ClosedRange<UInt8> {
                var symbols = try sample(kind).dataSymbols
                symbols[1] |= (version - 1) << 3
                vectors.append(
                    failure(
                        "header-version-\(version)-\(word)", "\(kind.nameWithArticle) of version \(version)",
                        .unknownVersion(kind, version: Int(version)), carrying(kind.rawValue, symbols),
                        expecting: kind))
            }
            for flags in 1...7 as ClosedRange<UInt8> {
                let name = "header-flags-\(flags)-\(word)"
                let title = "\(kind.nameWithArticle) with flags \(flags)"
                var symbols = try sample(kind).dataSymbols
                symbols[1] |= flags
                let text = carrying(kind.rawValue, symbols)
                vectors.append(
                    kind == .request
                        ? success(name, title, try SampleCodes.code(kind, seed: 31, flags: flags), text)
                        : failure(name, title, .flagsNotZero(kind, flags: flags), text))
            }
        }
        var symbols = try sample(.request).dataSymbols
        symbols[1] |= 8
        let longer = symbols + [UInt8](repeating: 3, count: 15)
        vectors.append(
            failure(
                "header-version-2-longer", "a request code of version 2 with a line more than version 1 has",
                .unknownVersion(.request, version: 2), carrying(CodeKind.request.rawValue, longer)))
        var damaged = String(decoding: carrying(CodeKind.request.rawValue, symbols), as: UTF8.self)
        let place = damaged.index(damaged.startIndex, offsetBy: 9)
        damaged.replaceSubrange(place...place, with: [other(than: damaged[place])])
        vectors.append(
            failure(
                "header-version-2-repaired", "a request code of version 2 with a wrong character in its first line",
                .unknownVersion(.request, version: 2), Array(damaged.utf8), expecting: .request))
        return vectors
    }
}
