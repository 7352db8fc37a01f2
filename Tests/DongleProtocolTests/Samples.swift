import DongleProtocol
import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

/// Values of every kind that the protocol carries, the same in each run: worked out of names, like everything of the
/// test kit.
struct Samples {
    let vendor = try? TestVendor()
    let key: TestKey
    let secret = [UInt8](0x10...0x19)
    let point: [UInt8]

    init() throws {
        key = try TestVendor().key("first")
        point = key.certificate.publicKey.bytes
    }

    var certificate: Certificate { key.certificate }

    var transfer: TransferIdentifier { TransferIdentifier(certificate: certificate, secret: secret) }

    /// A transfer at its source, without a fingerprint; at its target, with one.
    func summary(_ standing: TransferSummary.Standing = .target(.open)) throws -> TransferSummary {
        let fingerprint = Fingerprint(certificate: certificate, offerSecret: secret, point: try CurvePoint(point))
        let hasFingerprint = standing != .source(.offered) && standing != .source(.withdrawn)
        return TransferSummary(
            identifier: transfer, certificate: certificate, standing: standing,
            begun: Timestamp(seconds: 1_772_352_000), changed: Timestamp(seconds: 1_772_352_060),
            fingerprint: hasFingerprint ? fingerprint : nil, isWithheld: standing == .source(.released))
    }

    /// A code of every kind.
    func codes() throws -> [TransferCode] {
        [
            .start(try StartCode(offerSecret: secret, certificate: certificate.bytes)),
            .shortStart(try ShortStartCode(offerSecret: secret, certificateHash: certificate.hash)),
            .request(try requestCode()),
            .activation(try ActivationCode(maskedSeed: [UInt8](0x20...0x2f), tag: [0xab, 0xc0])),
            .returning(try ReturnCode(returnKey: [UInt8](0x30...0x3f), tag: [0xde, 0xf0])),
            .receipt(try ReceiptCode(receipt: [UInt8](0x40...0x47) + [0x80])),
        ]
    }

    func requestCode() throws -> RequestCode {
        try RequestCode(flags: 5, point: point, mac: [0x50, 0x51, 0x52, 0x53, 0x60])
    }

    /// A step of every kind.
    func steps() throws -> [TransferStep] {
        [
            .offer(key.number, anew: false), .offer(key.number, anew: true),
            .request(certificate, offerSecret: secret), .release(try requestCode()),
            .activate(try ActivationCode(maskedSeed: [UInt8](0x20...0x2f), tag: [0xab, 0xc0])),
            .receipt(transfer), .settle(try ReceiptCode(receipt: [UInt8](0x40...0x47) + [0x80])), .decline(transfer),
            .reclaim(try ReturnCode(returnKey: [UInt8](0x30...0x3f), tag: [0xde, 0xf0])), .cancel(transfer),
            .close(transfer), .show(transfer),
        ]
    }

    func challenge() throws -> ProofChallenge {
        try ProofChallenge(nonce: [UInt8](0x60...0x73), point: point, lease: [UInt8](0x80...0x8f))
    }

    /// Every request there is.
    func requests() throws -> [DongleRequest] {
        let occasion = Occasion(now: Timestamp(seconds: 1_772_352_000), user: 1000)
        return [.hello(versions: 1...3), .keys(from: 0), .keys(from: 16), .transfers(from: 0xFFFF_FFFF)]
            + (try steps()).map { .perform($0, occasion) } + (try codes()).map { .recognise($0) }
            + [.prove(key.number, try challenge())]
    }

    func hello(lockedReason: String? = nil) throws -> HelloReply {
        HelloReply(
            versions: 1...1, serial: try #require(SerialNumber("SAMPLE-4711")), capacity: .dongle, stateCounter: 42,
            lockedReason: lockedReason)
    }
}
