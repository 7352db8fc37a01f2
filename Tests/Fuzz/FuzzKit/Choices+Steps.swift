import DongleProtocol
package import Licensing
package import TransferCodes
package import Vaults

/// Values of the protocol: one that belongs to the scene, or one that has its form and nothing else.
extension Choices {
    /// A step; most often one that the scene has, at times with another code or subject.
    package func step(of scene: Scene) -> TransferStep {
        let prepared = scene.steps.isEmpty ? .show(transfer()) : pick(scene.steps)
        guard below(4) == 3 else { return prepared }
        return switch prepared {
        case .offer: .offer(LicenceNumber(rawValue: integer()), anew: flag())
        case .request(let certificate, _): .request(certificate, offerSecret: raw(flag() ? 10 : below(20)))
        case .release(let code):
            (try? RequestCode(flags: below(8) == 7 ? 1 : code.flags, point: point(code.point), mac: masked(raw(5), 35)))
                .map { .release($0) } ?? prepared
        case .activate(let code):
            (try? ActivationCode(maskedSeed: raw(16), tag: flag() ? code.tag : masked(raw(2), 12))).map {
                .activate($0)
            }
                ?? prepared
        case .reclaim(let code):
            (try? ReturnCode(returnKey: raw(16), tag: flag() ? code.tag : masked(raw(2), 12))).map { .reclaim($0) }
                ?? prepared
        case .settle: (try? ReceiptCode(receipt: masked(raw(9), 65))).map { .settle($0) } ?? prepared
        case .receipt: .receipt(transfer())
        case .decline: .decline(transfer())
        case .cancel: .cancel(transfer())
        case .close: .close(transfer())
        case .show: .show(transfer())
        }
    }

    /// A code of any kind.
    package func code(of scene: Scene) -> TransferCode {
        switch step(of: scene) {
        case .request(let certificate, let secret):
            (try? StartCode(offerSecret: secret, certificate: certificate.bytes)).map { .start($0) } ?? anyCode
        case .release(let code): .request(code)
        case .activate(let code): .activation(code)
        case .reclaim(let code): .returning(code)
        case .settle(let code): .receipt(code)
        default: scene.codes.isEmpty ? anyCode : pick(scene.codes)
        }
    }

    /// The name of a transfer that nobody knows.
    package func transfer() -> TransferIdentifier {
        let text = String(decoding: raw(6).map { Crockford.alphabet[Int($0 % 32)] }, as: UTF8.self)
        guard let name = TransferIdentifier(text) else { finding("\(text) is no transfer's name") }
        return name
    }

    /// What an application may ask to have proved; nil where it is refused before it goes anywhere.
    package func challenge(point: CurvePoint) -> ProofChallenge? {
        try? ProofChallenge(
            nonce: raw(pick([16, 64, 15, 65])), point: self.point(point.bytes),
            lease: raw(ProofChallenge.leaseSize))
    }

    /// When and by whom.
    package func occasion() -> Occasion {
        // Later than anything in the scenes, or at any time at all.
        let hasGoneBack = below(8) == 7
        return Occasion(now: Timestamp(seconds: hasGoneBack ? integer() : 1_780_000_000), user: 1000)
    }

    private func point(_ point: [UInt8]) -> [UInt8] {
        switch below(4) {
        case 0: point
        case 1: [UInt8](repeating: 0, count: 32)
        case 2: raw(32)
        default: [UInt8](repeating: 0xFF, count: 31) + [0x7F]
        }
    }

    /// `bytes` with everything behind the first `bits` bits zero.
    private func masked(_ bytes: [UInt8], _ bits: Int) -> [UInt8] {
        bytes.enumerated().map { index, byte in
            let left = bits - index * 8
            return left >= 8 ? byte : byte & ~(0xFF >> UInt8(max(0, left)))
        }
    }

    private var anyCode: TransferCode {
        guard let code = try? ReceiptCode(receipt: masked(raw(9), 65)) else { finding("no receipt code") }
        return .receipt(code)
    }
}
