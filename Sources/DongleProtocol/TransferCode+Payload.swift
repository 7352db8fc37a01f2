package import Licensing
package import TransferCodes

/// A code's own fields in the order of the printed code, each in whole bytes; the unused bits of a last byte are zero.
extension TransferCode: Payload {
    /// The kind's number, then the fields.
    package init(reading reader: inout PayloadReader) throws(PayloadError) {
        let number = try reader.integer("kind of a code", UInt8.self)
        guard let kind = CodeKind(rawValue: number) else { throw .malformed("a code of a kind that is not known") }
        switch kind {
        case .start: self = .start(try reader.value())
        case .shortStart: self = .shortStart(try reader.value())
        case .request: self = .request(try reader.value())
        case .activation: self = .activation(try reader.value())
        case .returning: self = .returning(try reader.value())
        case .receipt: self = .receipt(try reader.value())
        }
    }

    package func write(to writer: inout BinaryWriter) {
        writer.write(kind.rawValue)
        switch self {
        case .start(let code): code.write(to: &writer)
        case .shortStart(let code): code.write(to: &writer)
        case .request(let code): code.write(to: &writer)
        case .activation(let code): code.write(to: &writer)
        case .returning(let code): code.write(to: &writer)
        case .receipt(let code): code.write(to: &writer)
        }
    }
}

/// s, certificate behind its length. The check follows from them.
extension StartCode: Payload {
    package init(reading reader: inout PayloadReader) throws(PayloadError) {
        let (secret, certificate) = (try reader.raw(10, "start code"), try reader.short("start code"))
        self = try wellFormed { () throws(CodeError) in
            try StartCode(offerSecret: secret, certificate: certificate)
        }
    }

    package func write(to writer: inout BinaryWriter) {
        writer.write(raw: offerSecret)
        writer.write(short: certificate)
    }
}

/// s, the certificate's id, the check.
extension ShortStartCode: Payload {
    package init(reading reader: inout PayloadReader) throws(PayloadError) {
        let secret = try reader.raw(10, "start code")
        let (identifier, check) = (try reader.raw(4, "start code"), try reader.raw(4, "start code"))
        self = try wellFormed { () throws(CodeError) in
            try ShortStartCode(offerSecret: secret, certificateID: identifier, check: check)
        }
    }

    package func write(to writer: inout BinaryWriter) {
        writer.write(raw: offerSecret)
        writer.write(raw: certificateID)
        writer.write(raw: check)
    }
}

/// Flags, E, the authenticator.
extension RequestCode: Payload {
    package init(reading reader: inout PayloadReader) throws(PayloadError) {
        let flags = try reader.integer("request code", UInt8.self)
        let (point, mac) = (try reader.raw(32, "request code"), try reader.raw(5, "request code"))
        self = try wellFormed { () throws(CodeError) in
            try RequestCode(flags: flags, point: point, mac: mac)
        }
    }

    package func write(to writer: inout BinaryWriter) {
        writer.write(flags)
        writer.write(raw: point)
        writer.write(raw: mac)
    }
}

/// act, the tag.
extension ActivationCode: Payload {
    package init(reading reader: inout PayloadReader) throws(PayloadError) {
        let (seed, tag) = (try reader.raw(16, "activation code"), try reader.raw(2, "activation code"))
        self = try wellFormed { () throws(CodeError) in
            try ActivationCode(maskedSeed: seed, tag: tag)
        }
    }

    package func write(to writer: inout BinaryWriter) {
        writer.write(raw: maskedSeed)
        writer.write(raw: tag)
    }
}

/// K_ret, the tag.
extension ReturnCode: Payload {
    package init(reading reader: inout PayloadReader) throws(PayloadError) {
        let (key, tag) = (try reader.raw(16, "return code"), try reader.raw(2, "return code"))
        self = try wellFormed { () throws(CodeError) in
            try ReturnCode(returnKey: key, tag: tag)
        }
    }

    package func write(to writer: inout BinaryWriter) {
        writer.write(raw: returnKey)
        writer.write(raw: tag)
    }
}

/// rcpt.
extension ReceiptCode: Payload {
    package init(reading reader: inout PayloadReader) throws(PayloadError) {
        let receipt = try reader.raw(9, "receipt code")
        self = try wellFormed { () throws(CodeError) in
            try ReceiptCode(receipt: receipt)
        }
    }

    package func write(to writer: inout BinaryWriter) { writer.write(raw: receipt) }
}

/// A code whose own rules about its fields decide whether it is one.
private func wellFormed<Code>(_ body: () throws(CodeError) -> Code) throws(PayloadError) -> Code {
    do {
        return try body()
    } catch {
        throw .malformed("a code that is none: \(error.message)")
    }
}
