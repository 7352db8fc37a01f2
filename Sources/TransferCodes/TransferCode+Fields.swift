/// The order of the fields of each kind, in both directions: header first, most significant bit first, padded
/// with zero bits to whole lines.
extension TransferCode {
    /// All fields as symbols of five bits, a multiple of 15.
    var dataSymbols: [UInt8] {
        var writer = BitWriter()
        writer.append(UInt64(header.bits), bits: CodeHeader.bitCount)
        switch self {
        case .start(let code):
            writer.append(code.offerSecret, bits: StartCode.offerSecretBitCount)
            writer.append(UInt64(code.certificate.count), bits: StartCode.lengthBitCount)
            writer.append(code.certificate, bits: code.certificate.count * 8)
            writer.append(code.check, bits: StartCheck.bitCount)
        case .shortStart(let code):
            writer.append(code.offerSecret, bits: StartCode.offerSecretBitCount)
            writer.append(code.certificateID, bits: ShortStartCode.certificateIDBitCount)
            writer.append(code.check, bits: StartCheck.bitCount)
        case .request(let code):
            writer.append(code.point, bits: 31 * 8)
            writer.append(UInt64(code.point[31]), bits: 7)
            writer.append(code.mac, bits: RequestCode.macBitCount)
        case .activation(let code):
            writer.append(code.maskedSeed, bits: 128)
            writer.append(code.tag, bits: ActivationCode.tagBitCount)
        case .returning(let code):
            writer.append(code.returnKey, bits: 128)
            writer.append(code.tag, bits: ActivationCode.tagBitCount)
        case .receipt(let code):
            writer.append(code.receipt, bits: ReceiptCode.receiptBitCount)
        }
        return writer.finish()
    }

    /// The code that the data symbols of all lines, in order, stand for.
    ///
    /// - Parameter repaired: the lines that were repaired; they are the suspects if the check fails.
    /// - Throws: ``CodeError`` `unknownKind`, `unknownVersion`, `flagsNotZero`, `missing`, `certificateLength`,
    ///   `checkFailed`, `paddingNotZero`.
    init(dataSymbols symbols: [UInt8], repaired: [Int] = []) throws(CodeError) {
        let header = try CodeHeader(firstSymbols: symbols)
        let kind = header.kind
        let lineCount = symbols.count / LineCode.dataCount
        guard let needed = try CodeHeader.lineCount(kind: kind, symbols: symbols), needed <= lineCount else {
            throw .missing(lines: Array(lineCount + 1...max(lineCount + 1, kind.lineCount ?? 0)))
        }
        guard needed == lineCount else { throw .foreignLine(needed + 1, of: kind) }

        var reader = BitReader(symbols)
        _ = reader.number(bits: CodeHeader.bitCount)
        switch kind {
        case .start:
            let offerSecret = reader.bytes(bits: StartCode.offerSecretBitCount)
            let length = Int(truncatingIfNeeded: reader.number(bits: StartCode.lengthBitCount))
            let code = try StartCode(offerSecret: offerSecret, certificate: reader.bytes(bits: length * 8))
            guard reader.bytes(bits: StartCheck.bitCount) == code.check else { throw .checkFailed(suspects: repaired) }
            self = .start(code)
        case .shortStart:
            self = .shortStart(
                try ShortStartCode(
                    offerSecret: reader.bytes(bits: StartCode.offerSecretBitCount),
                    certificateID: reader.bytes(bits: ShortStartCode.certificateIDBitCount),
                    check: reader.bytes(bits: StartCheck.bitCount)))
        case .request:
            let point = reader.bytes(bits: 31 * 8) + [UInt8(truncatingIfNeeded: reader.number(bits: 7))]
            self = .request(
                try RequestCode(flags: header.flags, point: point, mac: reader.bytes(bits: RequestCode.macBitCount)))
        case .activation:
            self = .activation(
                try ActivationCode(
                    maskedSeed: reader.bytes(bits: 128), tag: reader.bytes(bits: ActivationCode.tagBitCount)))
        case .returning:
            self = .returning(
                try ReturnCode(returnKey: reader.bytes(bits: 128), tag: reader.bytes(bits: ActivationCode.tagBitCount)))
        case .receipt:
            self = .receipt(try ReceiptCode(receipt: reader.bytes(bits: ReceiptCode.receiptBitCount)))
        }
        guard reader.restIsZero() else { throw .paddingNotZero(kind) }
    }
}

extension CodeHeader {
    /// The header that the first two data symbols of a code stand for.
    ///
    /// - Throws: ``CodeError`` `unknownKind`, `unknownVersion`, `flagsNotZero`; `nothingFound` if there are no
    ///   two symbols.
    init(firstSymbols symbols: [UInt8]) throws(CodeError) {
        guard symbols.count >= 2 else { throw .nothingFound }
        guard let kind = CodeKind(rawValue: symbols[0]) else {
            throw .unknownKind(letter: Alphabet.character(symbols[0]))
        }
        let version = symbols[1] >> 3
        guard version == Self.versionField else { throw .unknownVersion(kind, version: Int(version) + 1) }
        try self.init(kind, flags: symbols[1] & 7)
    }

    /// How many lines a code of this kind has, as far as its first symbols tell; `nil` if they do not yet.
    ///
    /// - Throws: ``CodeError/certificateLength(_:)`` if the length in a start code is none it can have.
    static func lineCount(kind: CodeKind, symbols: [UInt8]) throws(CodeError) -> Int? {
        guard kind == .start else { return kind.lineCount }
        guard symbols.count >= 2 * LineCode.dataCount else { return nil }
        var reader = BitReader(symbols)
        _ = reader.bytes(bits: bitCount + StartCode.offerSecretBitCount)
        let length = Int(truncatingIfNeeded: reader.number(bits: StartCode.lengthBitCount))
        guard (1...StartCode.maximumCertificateLength).contains(length) else { throw .certificateLength(length) }
        return StartCode.lineCount(certificateLength: length)
    }
}
