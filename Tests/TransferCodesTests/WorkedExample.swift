import Crypto
import Foundation
import Licensing

@testable import TransferCodes
@testable import Vaults

/// The whole transfer that the specification works out, `Codes.md`: its blocks of values, in their order.
///
/// What the product computes is taken from the product; what it never shows (the first step of HKDF, a whole HMAC) is
/// computed here.
struct WorkedExample {
    /// The seed of the certificate in `Fixtures/certificates/accepted-single.txt`.
    static let seed: [UInt8] = [
        0x5d, 0x48, 0xf5, 0x03, 0x51, 0xc4, 0x9a, 0xbe, 0xd4, 0x1d, 0xa0, 0xac, 0x9e, 0x9f, 0xa2, 0x8b,
    ]
    /// The offer's secret, s.
    static let offerSecret = Array(0..<10 as Range<UInt8>)
    /// The request's secret, e.
    static let requestSecret = Array(0x20..<0x40 as Range<UInt8>)

    private let certificate: Certificate
    private let key: AgreementKey
    private let requestKey: AgreementKey

    /// Fails where the fixture is not as it should be.
    init?() throws {
        let text = try Fixture.text("certificates/accepted-single.txt")
        guard let end = text.firstRange(of: "\n\n"),
            let bytes = CodeVector.bytes(hex: text[end.upperBound...].replacing("\n", with: "")),
            let seed = Seed(Self.seed), let requestKey = AgreementKey(Secret(Self.requestSecret))
        else { return nil }
        certificate = try Certificate(bytes: bytes)
        key = seed.agreementKey
        self.requestKey = requestKey
    }

    /// Every block, without its fences.
    func blocks() throws -> [String] {
        let start = try StartCode(offerSecret: Self.offerSecret, certificate: certificate.bytes)
        let short = try ShortStartCode(offerSecret: Self.offerSecret, certificateHash: certificate.hash)
        return [keyBlock, certificateBlock, offerBlock]
            + [startBlock(start, subject: start.certificate)] + blocks(of: .start(start))
            + [startBlock(short)] + blocks(of: .shortStart(short))
            + (try requestBlocks()) + [namesBlock] + (try exchangeBlocks())
    }

    // MARK: Secrets and names

    private var keyBlock: String {
        Self.values([
            ("seed", Self.seed), ("PRK", Self.extract(Self.seed, salt: [])),
            ("k", Derivation.key.secret(from: Secret(Self.seed), salt: [], count: 32).bytes),
            ("K", key.point.bytes),
        ])
    }

    private var certificateBlock: String { Self.wrapped(CodeVector.hex(certificate.bytes), width: 100) }

    private var offerBlock: String {
        Self.values([("s", Self.offerSecret), ("h", certificate.hash), ("e", Self.requestSecret)])
    }

    private var namesBlock: String {
        let point = requestKey.point
        let name = TransferIdentifier(certificate: certificate, secret: Self.offerSecret)
        let fingerprint = Fingerprint(certificate: certificate, offerSecret: Self.offerSecret, point: point)
        return Self.rows([
            ("SHA-256", CodeVector.hex(Derivation.transfer.digest(certificate.hash, Self.offerSecret))),
            ("transfer name", name.description),
            (
                "SHA-256",
                CodeVector.hex(Derivation.fingerprint.digest(certificate.hash, Self.offerSecret, point.bytes))
            ),
            ("fingerprint", fingerprint.description),
        ])
    }

    // MARK: Codes

    private func startBlock(_ code: StartCode, subject: [UInt8]) -> String {
        Self.values([
            ("header", code.header.bytes),
            ("SHA-256", sha256(Array("alm/1/start-check".utf8), code.header.bytes, Self.offerSecret, subject)),
            ("check", code.check),
        ])
    }

    private func startBlock(_ code: ShortStartCode) -> String {
        let subject = certificate.hash
        return Self.values([
            ("header", code.header.bytes),
            ("SHA-256", sha256(Array("alm/1/start-check".utf8), code.header.bytes, Self.offerSecret, subject)),
            ("check", code.check), ("certificate id", code.certificateID),
        ])
    }

    private func requestBlocks() throws -> [String] {
        let header = try CodeHeader(.request)
        let point = requestKey.point.bytes
        let macKey = Derivation.request.secret(from: Secret(Self.offerSecret), salt: [], count: 32)
        let mac = TransferExchange.requestAuthenticator(
            header: header, certificate: certificate, offerSecret: Self.offerSecret, point: point)
        let values = Self.values([
            ("E", point), ("header", header.bytes), ("PRK", Self.extract(Self.offerSecret, salt: [])),
            ("MAC key", macKey.bytes),
            ("HMAC", Self.hmac(macKey.bytes, header.bytes + certificate.hash + point)), ("mac", mac),
        ])
        return [values] + blocks(of: .request(try RequestCode(point: point, mac: mac)))
    }

    private func exchangeBlocks() throws -> [String] {
        let header = try CodeHeader(.request)
        let exchange = try TransferExchange(
            key, with: requestKey.point, certificate: certificate, offerSecret: Self.offerSecret, requestHeader: header,
            point: requestKey.point)
        let shared = try requestKey.sharedSecret(with: certificate.publicKey)
        let salt = Derivation.exchange.digest(
            header.bytes, certificate.hash, Self.offerSecret, requestKey.point.bytes)
        let masked = exchange.activationKey.combined(with: Self.seed) ?? []
        let values = Self.values([
            ("Z", shared.bytes), ("tx", salt), ("PRK", Self.extract(shared.bytes, salt: salt)),
            ("K_act", exchange.activationKey.bytes), ("K_ret", exchange.returnKey.bytes),
            ("receipt", Derivation.receipt.secret(from: shared, salt: salt, count: 9).bytes),
            ("rcpt", exchange.receipt), ("tag bytes", Derivation.tag.secret(from: shared, salt: salt, count: 2).bytes),
            ("tag", exchange.tag), ("act", masked),
            ("escrow", exchange.returnKey.combined(with: Self.seed) ?? []),
            ("SHA-256(rcpt)", TransferExchange.digest(exchange.receipt)),
        ])
        let codes: [TransferCode] = [
            .activation(try ActivationCode(maskedSeed: masked, tag: exchange.tag)),
            .returning(try ReturnCode(returnKey: exchange.returnKey.bytes, tag: exchange.tag)),
            .receipt(try ReceiptCode(receipt: exchange.receipt)),
        ]
        return [values] + codes.flatMap(blocks)
    }

    /// Bits, symbols and lines of a code.
    private func blocks(of code: TransferCode) -> [String] {
        let lines = code.codeLines
        let bits = code.dataSymbols.flatMap { symbol in (0..<5).map { symbol >> (4 - $0) & 1 } }
        let digits = bits.map { String($0) }.joined()
        let header = [digits.prefix(5), digits.dropFirst(5).prefix(2), digits.dropFirst(7).prefix(3)]
        var bytes = [UInt8](repeating: 0, count: (bits.count + 7) / 8)
        for (index, bit) in bits.enumerated() { bytes[index / 8] |= bit << UInt8(7 - index % 8) }
        return [
            "header = \(header.joined(separator: " "))\nbits   = \(bits.count)\n"
                + Self.wrapped(CodeVector.hex(bytes), width: 75, indent: 9),
            lines.map(Self.symbols).joined(separator: "\n"),
            PrintedCode(code).lines.joined(separator: "\n"),
        ]
    }

    private static func symbols(_ line: CodeLine) -> String {
        let (kind, number) = (line.kind.rawValue, UInt8(line.number))
        let ofData = LineCode.check(kind: 0, line: 0, data: line.data)
        let ofPlace = LineCode.check(kind: kind, line: number, data: [UInt8](repeating: 0, count: 15))
        return "\(numbers([kind])) \(numbers([number])) | \(numbers(line.data)) | "
            + "\(numbers(ofData)) + \(numbers(ofPlace)) = \(numbers(Array(line.symbols.suffix(5))))"
    }

    // MARK: Form

    private static func numbers(_ values: [UInt8]) -> String {
        values.map { $0 < 10 ? " \($0)" : "\($0)" }.joined(separator: " ")
    }

    private static func values(_ values: [(String, [UInt8])]) -> String {
        rows(values.map { ($0.0, CodeVector.hex($0.1)) })
    }

    private static func rows(_ rows: [(String, String)]) -> String {
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { name, value in
            "\(name)\(String(repeating: " ", count: width - name.count)) = \(value)"
        }.joined(separator: "\n")
    }

    private static func wrapped(_ text: String, width: Int, indent: Int = 0) -> String {
        let characters = Array(text)
        return stride(from: 0, to: characters.count, by: width).map { start in
            String(repeating: " ", count: indent) + String(characters[start..<min(start + width, characters.count)])
        }.joined(separator: "\n")
    }

    // MARK: What the product does not show

    private static func hmac(_ key: [UInt8], _ data: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: data, using: SymmetricKey(data: key)))
    }

    /// The first step of HKDF, RFC 5869 section 2.2.
    private static func extract(_ secret: [UInt8], salt: [UInt8]) -> [UInt8] {
        hmac(salt.isEmpty ? [UInt8](repeating: 0, count: 32) : salt, secret)
    }
}
