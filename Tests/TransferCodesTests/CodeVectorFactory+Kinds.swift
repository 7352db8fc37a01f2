@testable import TransferCodes

/// Codes of another kind than is expected, and more than one code in a text.
extension CodeVectorFactory {
    /// Every kind where every other one belongs.
    static func wrongKinds() throws -> [CodeVector] {
        try CodeKind.allCases.flatMap { found in
            try CodeKind.allCases.filter { $0 != found }.map { expected in
                let code = try SampleCodes.code(found, certificateLength: 40)
                let name = "kind-\(CodeVector.word(found))-for-\(CodeVector.word(expected))"
                let title = "\(found.nameWithArticle) where \(expected.nameWithArticle) belongs"
                if Set([found, expected]) == [.start, .shortStart] {
                    return success(name, title, code, lines(code), expecting: expected)
                }
                return failure(
                    name, title, .wrongKind(found: found, expected: expected), lines(code), expecting: expected)
            }
        }
    }

    /// Two codes in one text, with and without one of them being expected.
    static func severalCodes() throws -> [CodeVector] {
        let pairs: [(CodeKind, CodeKind)] = [
            (.start, .request), (.shortStart, .request), (.request, .activation), (.activation, .returning),
            (.activation, .receipt), (.returning, .receipt),
        ]
        var vectors = try pairs.flatMap { first, second in
            let (one, other) = (try sample(first), try sample(second))
            let name = "two-\(CodeVector.word(first))-\(CodeVector.word(second))"
            let title = "\(first.nameWithArticle) and \(second.nameWithArticle)"
            let quoted = PrintedCode(one).text.split(separator: "\n", omittingEmptySubsequences: false)
                .map { "> \($0)" }.joined(separator: "\n")
            let mail = "The answer follows.\n\n\(PrintedCode(other).text)\nThis was the question:\n\n\(quoted)\n"
            return [
                failure("\(name)-any", title, .severalCodes([first, second]), Array(mail.utf8)),
                success("\(name)-first", "\(title), the first expected", one, Array(mail.utf8), expecting: first),
                success("\(name)-second", "\(title), the second expected", other, Array(mail.utf8), expecting: second),
            ]
        }
        let (start, short) = (try sample(.start), try sample(.shortStart))
        vectors.append(
            failure(
                "two-start-short-start-expected", "both forms of start code, one of them expected",
                .severalCodes([.start, .shortStart]), lines(start.lines + short.lines), expecting: .start))
        let (one, other) = (try sample(.activation), try sample(.activation, seed: 32))
        vectors.append(
            failure(
                "two-activation-activation", "two activation codes", .conflictingLines(line: 1),
                lines(one.lines + other.lines)))
        return vectors
    }
}
