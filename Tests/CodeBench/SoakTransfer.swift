import Crypto
import Licensing
import TransferCodes
import Vaults

/// One transfer that went through, with everything that judges its codes.
struct SoakTransfer {
    /// Its six codes.
    let codes: [TransferCode]
    /// The lines of each, as they are printed.
    let lines: [[[UInt8]]]
    private let certificate: Certificate
    /// Has released, and waits for return or receipt code.
    private let source: MemoryVault
    /// Has an open request.
    private let target: MemoryVault
    private let occasion = Occasion(now: Timestamp(seconds: 1_800_000_000), user: 0)

    /// Nil where a step fails, which none does.
    init?(_ random: inout BenchRandom) {
        let secrets = (random.bytes(32), random.bytes(16), random.bytes(10), random.bytes(32), random.next())
        do {
            guard let vendor = VendorSigningKey(name: "Sample Works", secret: Secret(secrets.0)),
                let seed = Seed(secrets.1)
            else { return nil }
            let terms = try LicenceTerms(
                product: "Sample Runtime", productVersion: "4.2", type: .single, quantity: 1,
                issued: CalendarDay(daysSince1970: 20_468), validUntil: nil)
            certificate = try Certificate(
                terms: terms, number: LicenceNumber(rawValue: secrets.4), publicKey: seed.agreementKey.point,
                signedBy: vendor)
            func vault() -> MemoryVault {
                MemoryVault(location: .local) { $0 == 10 ? secrets.2 : secrets.3 }
            }
            source = vault()
            target = vault()
            let decliner = vault()
            let receiver = vault()
            try source.mint(certificate, seed, on: occasion)
            let offered = try source.perform(.offer(certificate.number, anew: false), on: occasion)
            let step = TransferStep.request(certificate, offerSecret: secrets.2)
            let requested = try target.perform(step, on: occasion)
            _ = try receiver.perform(step, on: occasion)
            let declined = try decliner.perform(step, on: occasion)
            guard let start = offered.code, case .request(let request)? = requested.code else { return nil }
            let short = try ShortStartCode(offerSecret: secrets.2, certificateHash: certificate.hash)
            let released = try source.perform(.release(request), on: occasion)
            guard case .activation(let activation)? = released.code else { return nil }
            _ = try receiver.perform(.activate(activation), on: occasion)
            let returned = try decliner.perform(.decline(declined.transfer.identifier), on: occasion)
            let received = try receiver.perform(.receipt(requested.transfer.identifier), on: occasion)
            codes =
                [start, .shortStart(short)]
                + [requested.code, released.code, returned.code, received.code].compactMap { $0 }
            guard codes.count == 6 else { return nil }
            lines = codes.map { $0.lines.map { Array($0.utf8) } }
        } catch {
            return nil
        }
    }

    /// Whether the side that loads the code would take it: the check that each code has besides its lines.
    func accepts(_ code: TransferCode) -> Bool {
        switch code {
        // The check of a start code is part of reading it.
        case .start: true
        case .shortStart(let code): code.verifies(certificateHash: certificate.hash)
        // A tag alone finds an activation code's request; only the key decides.
        case .activation(let code): (try? target.perform(.activate(code), on: occasion)) != nil
        case .request, .returning, .receipt: ((try? source.recognise(code)) ?? nil) != nil
        }
    }
}
