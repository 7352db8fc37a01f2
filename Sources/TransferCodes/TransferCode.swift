/// A code that people carry from one side of a transfer to the other.
package enum TransferCode: Sendable, Hashable {
    /// From the source: the offer, with the certificate.
    case start(StartCode)
    /// From the source: the offer, for a target that has the certificate.
    case shortStart(ShortStartCode)
    /// From the target: the request.
    case request(RequestCode)
    /// From the source: the key.
    case activation(ActivationCode)
    /// From the target: the proof that it declined.
    case returning(ReturnCode)
    /// From the target: the key arrived.
    case receipt(ReceiptCode)

    /// What the code is.
    package var kind: CodeKind { header.kind }

    /// The code's first ten bits.
    package var header: CodeHeader {
        switch self {
        case .start(let code): code.header
        case .shortStart(let code): code.header
        case .request(let code): code.header
        case .activation(let code): code.header
        case .returning(let code): code.header
        case .receipt(let code): code.header
        }
    }

    /// The code's lines, with their check groups.
    package var codeLines: [CodeLine] {
        let symbols = dataSymbols
        return stride(from: 0, to: symbols.count, by: LineCode.dataCount).enumerated().map { index, start in
            CodeLine(kind: kind, number: index + 1, data: Array(symbols[start..<start + LineCode.dataCount]))
        }
    }

    /// The code's lines as they are printed: `2  7K3MQ 2V9DX 0HJ4T  B8RWN`.
    package var lines: [String] { codeLines.map(\.text) }

    /// The lines without numbers and groups, one space between them: letters, digits and spaces only, which
    /// suits a QR picture's alphanumeric mode. The reader takes it like any other form.
    package var compactText: String { codeLines.map(\.compactText).joined(separator: " ") }
}

extension TransferCode: CustomStringConvertible, CustomDebugStringConvertible {
    /// The kind and a fingerprint: what a code carries never reaches a log by accident.
    package var description: String {
        let digest = sha256(Array("alm/1/code-description".utf8), dataSymbols)
        return "\(kind.name) #\(Alphabet.text(digest.prefix(6)))"
    }

    /// The same as ``description``.
    package var debugDescription: String { description }
}
