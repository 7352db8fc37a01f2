import Licensing
import TestKit
import TransferCodes

/// Makes the vectors of the cryptography, `crypto-*`, the same ones every time. What has to come of a step is computed
/// by ``SpecifiedTransfer`` or stated here, and not taken from a vault.
struct TransferVectorFactory {
    let vendor: TestVendor
    /// The transfer of the specification's worked example is the first.
    let transfer: SpecifiedTransfer
    /// Another transfer of the same key to another machine, and one of another key.
    let elsewhere: SpecifiedTransfer
    let another: SpecifiedTransfer

    /// All vectors.
    static func all() throws -> [TransferVector] {
        let factory = try TransferVectorFactory()
        return try factory.transfers() + factory.requests() + factory.releases() + factory.activations()
            + factory.waysBack()
    }

    init() throws {
        vendor = try TestVendor()
        let key = try vendor.key("first")
        transfer = SpecifiedTransfer(
            seed: key.seed.secret.bytes, certificate: try Self.certificate("accepted-single"),
            offerSecret: WorkedExample.offerSecret, requestSecret: WorkedExample.requestSecret)
        var elsewhere = transfer
        elsewhere.requestSecret = Array(0x60..<0x80)
        self.elsewhere = elsewhere
        another = SpecifiedTransfer(try vendor.key("second"), number: 2)
    }

    /// The bytes of a vector of the certificates.
    static func certificate(_ name: String) throws -> [UInt8] {
        let text = try Fixture.text("certificates/\(name).txt")
        let body = text.firstRange(of: "\n\n").map { text[$0.upperBound...] } ?? ""
        return CodeVector.bytes(hex: body.replacing("\n", with: "")) ?? []
    }

    // MARK: Form

    /// The lines of a code as a body.
    static func text(_ code: TransferCode) -> VectorFile.Input {
        .bytes(Array((code.lines.joined(separator: "\n") + "\n").utf8))
    }

    /// A step at the source that made the offer.
    func atSource(
        _ name: String, _ title: String, _ step: String, _ state: String, _ expect: String, _ code: TransferCode,
        answer: TransferCode? = nil
    ) -> TransferVector {
        TransferVector(
            name: "crypto-\(name)",
            file: VectorFile(
                [
                    ("title", title), ("step", step), ("seed", CodeVector.hex(transfer.seed)),
                    ("certificate", CodeVector.hex(transfer.certificate)), ("s", CodeVector.hex(transfer.offerSecret)),
                    ("state", state), ("expect", expect),
                ] + (answer?.lines ?? []).map { ("answer", $0) }, input: Self.text(code)))
    }

    // MARK: Whole transfers

    private func transfers() throws -> [TransferVector] {
        var vectors = [try whole("worked-example", "the specification's worked example", transfer)]
        var zeros = transfer
        (zeros.offerSecret, zeros.requestSecret) = (
            [UInt8](repeating: 0, count: 10), [UInt8](repeating: 0, count: 32)
        )
        vectors.append(try whole("zero-secrets", "secrets of zeros", zeros))
        var ones = transfer
        (ones.offerSecret, ones.requestSecret) = (
            [UInt8](repeating: 0xFF, count: 10), [UInt8](repeating: 0xFF, count: 32)
        )
        vectors.append(try whole("one-secrets", "secrets of ones, which are clamped", ones))
        let terms: [(String, String, TestTerms)] = [
            ("floating", "a floating licence", TestTerms().with { ($0.type, $0.quantity) = (.floating, 25) }),
            (
                "count", "a count licence that ends",
                TestTerms().with { ($0.type, $0.quantity, $0.validUntil) = (.count, 500, "2030-12-31") }
            ),
            (
                "shortest", "the shortest names",
                TestTerms().with { ($0.product, $0.productVersion) = ("P", "1") }
            ),
            (
                "longest", "the longest names",
                TestTerms().with { ($0.product, $0.productVersion) = ("Messgerät 2000Z", "10.20.30-b.4") }
            ),
        ]
        for (index, (name, title, terms)) in terms.enumerated() {
            let key = try vendor.key("vector \(name)", terms)
            vectors.append(try whole(name, title, SpecifiedTransfer(key, number: UInt64(100 + index))))
        }
        for number in 1...5 as ClosedRange<UInt64> {
            let key = try vendor.key("vector \(number)")
            vectors.append(try whole("plain-\(number)", "a transfer", SpecifiedTransfer(key, number: 200 + number)))
        }
        return vectors
    }

    private func whole(_ name: String, _ title: String, _ transfer: SpecifiedTransfer) throws -> TransferVector {
        let values: [(String, [UInt8])] = [
            ("h", transfer.hash), ("k", transfer.privateKey), ("K", try transfer.publicKey), ("E", try transfer.point),
            ("mac", try transfer.authenticator), ("Z", try transfer.shared), ("tx", try transfer.salt),
            ("K_act", try transfer.activationKey), ("K_ret", try transfer.returnKey), ("rcpt", try transfer.receipt),
            ("tag", try transfer.tag), ("act", try transfer.maskedSeed), ("escrow", try transfer.escrow),
        ]
        let codes: [(String, TransferCode)] = [
            ("start", try transfer.start), ("short-start", try transfer.shortStart), ("request", try transfer.request),
            ("activation", try transfer.activation), ("return", try transfer.returning),
            ("receipt", try transfer.receiptCode),
        ]
        return TransferVector(
            name: "crypto-transfer-\(name)",
            file: VectorFile(
                [
                    ("title", title), ("step", "transfer"), ("seed", CodeVector.hex(transfer.seed)),
                    ("certificate", CodeVector.hex(transfer.certificate)), ("s", CodeVector.hex(transfer.offerSecret)),
                    ("e", CodeVector.hex(transfer.requestSecret)), ("expect", "success"),
                ] + values.map { ("value", "\($0.0) \(CodeVector.hex($0.1))") }
                    + [("transfer-name", transfer.name), ("fingerprint", try transfer.fingerprint)]
                    + codes.flatMap { name, code in code.lines.map { ("\(name)-line", $0) } }, input: .none))
    }
}
