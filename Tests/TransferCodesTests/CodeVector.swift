@testable import TransferCodes

/// One vector: a text and what reading it gives. Written as a small text file.
struct CodeVector: Equatable {
    /// The file's name without its ending.
    var name: String
    /// What the vector shows, one line.
    var title: String
    /// The kind that is expected by who reads, `nil` for any.
    var expecting: CodeKind?
    /// What is read.
    var input: VectorFile.Input
    /// What comes of it.
    var outcome: Result<ReadCode, CodeError>

    /// The vector as it is written.
    var file: VectorFile {
        var headers = [("title", title), ("expecting", expecting.map(Self.word) ?? "any")]
        switch outcome {
        case .success(let read):
            headers += [("expect", "success")] + Self.headers(of: read)
        case .failure(let error):
            headers.append(("expect", Self.words(error)))
        }
        return VectorFile(headers, input: input)
    }

    /// What a vector says of a code that was read.
    static func headers(of read: ReadCode) -> [(String, String)] {
        [("kind", word(read.code.kind))]
            + fields(read.code).map { ("field", "\($0.name) \(hex($0.value))") }
            + read.code.lines.map { ("line", $0) }
            + read.repairs.map { ("repair", $0.description) }
    }

    /// The word for a kind in vectors.
    static func word(_ kind: CodeKind) -> String {
        switch kind {
        case .start: "start"
        case .shortStart: "short-start"
        case .request: "request"
        case .activation: "activation"
        case .returning: "return"
        case .receipt: "receipt"
        }
    }

    /// An error's code and what it names.
    static func words(_ error: CodeError) -> String {
        let details: [String] =
            switch error {
            case .nothingFound: []
            case .unreadable(let lines), .missing(let lines), .checkFailed(let lines): lines.map { String($0) }
            case .conflictingLines(let line): ["\(line)"]
            case .foreignLine(let line, let kind): ["\(line)", word(kind)]
            case .severalCodes(let kinds): kinds.map(word)
            case .wrongKind(let found, let expected): [word(found), word(expected)]
            case .unknownKind(let letter): ["\(letter)"]
            case .unknownVersion(let kind, let version): [word(kind), "\(version)"]
            case .flagsNotZero(let kind, let flags): [word(kind), "\(flags)"]
            case .certificateLength(let length), .tooLarge(let length): ["\(length)"]
            case .paddingNotZero(let kind): [word(kind)]
            case .invalidField(let kind, let field): [word(kind), field.rawValue]
            }
        return ([error.code] + details).joined(separator: " ")
    }

    /// The fields of a code, in the order in which it carries them, the header as two bytes.
    static func fields(_ code: TransferCode) -> [(name: String, value: [UInt8])] {
        let header = (name: "header", value: code.header.bytes)
        return switch code {
        case .start(let start):
            [header, ("s", start.offerSecret), ("certificate", start.certificate), ("check", start.check)]
        case .shortStart(let start):
            [header, ("s", start.offerSecret), ("certificate-id", start.certificateID), ("check", start.check)]
        case .request(let request): [header, ("E", request.point), ("mac", request.mac)]
        case .activation(let activation): [header, ("act", activation.maskedSeed), ("tag", activation.tag)]
        case .returning(let returning): [header, ("K_ret", returning.returnKey), ("tag", returning.tag)]
        case .receipt(let receipt): [header, ("rcpt", receipt.receipt)]
        }
    }

    /// Two lower-case digits a byte.
    static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// The bytes that such digits stand for.
    static func bytes(hex: some StringProtocol) -> [UInt8]? {
        let digits = Array(hex)
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(digits[index...index + 1]), radix: 16) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}
