import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

/// Does what a vector of the cryptography says, with vaults in memory, and compares.
struct TransferVectorRunner {
    private let file: VectorFile
    private let occasion = Occasion(now: Timestamp(seconds: 1_800_000_000), user: 0)

    init(_ file: VectorFile) { self.file = file }

    /// Runs the vector; what differs is reported under its name.
    func check(_ name: String) throws {
        let step = try #require(file.value("step"), "\(name)")
        if step == "transfer" { return try checkTransfer(name) }
        var answer: [String] = []
        var outcome = "success"
        do {
            answer = try perform(step)
        } catch let error as LicenceError {
            outcome = Self.name(of: error.code)
        }
        #expect(file.value("expect") == outcome, "\(name)")
        #expect(file.values("answer") == answer, "\(name)")
    }

    // MARK: One step

    /// Does the step, and gives the lines of the code it answers with.
    private func perform(_ step: String) throws -> [String] {
        switch step {
        case "request":
            guard let offer = try offer() else { throw LicenceError(.certificateUnknown) }
            _ = try Vendors(try vendors()).verify(offer.certificate)
            return try lines(vault().perform(.request(offer.certificate, offerSecret: offer.secret), on: occasion))
        case "activate":
            let code = try code(.activation).activationCode
            let target = try target()
            let answer = try target.perform(.activate(code), on: occasion)
            #expect(target.keys().map(\.certificate) == [try certificate()])
            return lines(answer)
        case "release":
            let code = try code(.request).requestCode
            let source = try source()
            let answer = try source.perform(.release(code), on: occasion)
            #expect(source.keys().isEmpty)
            return lines(answer)
        case "reclaim":
            let code = try code(.returning).returnCode
            let source = try source()
            let answer = try source.perform(.reclaim(code), on: occasion)
            #expect(source.keys().map(\.certificate) == [try certificate()])
            return lines(answer)
        case "settle":
            let code = try code(.receipt).receiptCode
            return try lines(source().perform(.settle(code), on: occasion))
        default:
            Issue.record("step \(step) is not known")
            return []
        }
    }

    private func lines(_ answer: TransferAnswer) -> [String] { answer.code?.lines ?? [] }

    private func code(_ kind: CodeKind) throws -> TransferCode {
        try CodeReader.read(file.input.bytes, expecting: kind).code
    }

    /// What the start code in the vector offers; nil if it is short and its certificate is not here.
    private func offer() throws -> (certificate: Certificate, secret: [UInt8])? {
        switch try code(.start) {
        case .start(let code): return (try Certificate(bytes: code.certificate), code.offerSecret)
        case .shortStart(let code):
            guard file.value("certificate") != nil else { return nil }
            let known = try certificate()
            return code.verifies(certificateHash: known.hash) ? (known, code.offerSecret) : nil
        default: return nil
        }
    }

    private func vendors() throws -> [Vendor] {
        try file.values("vendor").map { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            let text = "alm vendor 1\nname: \(try #require(parts.last))\nkey: \(try #require(parts.first))\n"
            return try Vendor(fileText: text, path: "vector")
        }
    }

    // MARK: Vaults

    private func bytes(_ name: String) throws -> [UInt8] {
        try #require(file.value(name).flatMap { CodeVector.bytes(hex: $0) }, "\(name)")
    }

    private func certificate() throws -> Certificate { try Certificate(bytes: bytes("certificate")) }

    /// A vault whose random source gives the vector's secrets.
    private func vault() throws -> MemoryVault {
        let secrets = [10: file.value("s"), 32: file.value("e")].compactMapValues { $0 }
            .compactMapValues { CodeVector.bytes(hex: $0) }
        return MemoryVault(location: .local) { secrets[$0] ?? [] }
    }

    /// The source in the state that the vector says.
    private func source() throws -> MemoryVault {
        let (vault, certificate) = (try vault(), try certificate())
        try vault.mint(certificate, try #require(Seed(try bytes("seed"))), on: occasion)
        let state = try #require(file.value("state")).split(separator: " ")
        guard state.first != "held" else { return vault }
        let offered = try vault.perform(.offer(certificate.number, anew: false), on: occasion)
        switch state.first {
        case "offered": break
        case "withdrawn": _ = try vault.perform(.cancel(offered.transfer.identifier), on: occasion)
        case "released":
            let point = try #require(state.last.flatMap { CodeVector.bytes(hex: $0) })
            let start = try StartCode(offerSecret: bytes("s"), certificate: certificate.bytes)
            _ = try vault.perform(.release(ForgedRequest.request(point: point, answering: start)), on: occasion)
        default: Issue.record("state \(state) is not known")
        }
        return vault
    }

    /// The target in the state that the vector says.
    private func target() throws -> MemoryVault {
        let vault = try vault()
        let requested = try vault.perform(.request(certificate(), offerSecret: bytes("s")), on: occasion)
        switch file.value("state") {
        case "open": break
        case "declined": _ = try vault.perform(.decline(requested.transfer.identifier), on: occasion)
        case let state: Issue.record("state \(state ?? "none") is not known")
        }
        return vault
    }

    // MARK: A whole transfer

    private func checkTransfer(_ name: String) throws {
        let seed = try #require(Seed(try bytes("seed")))
        let certificate = try certificate()
        let transfer = SpecifiedTransfer(
            seed: seed.secret.bytes, certificate: certificate.bytes, offerSecret: try bytes("s"),
            requestSecret: try bytes("e"))
        #expect(file.value("expect") == "success", "\(name)")
        let values: [String: [UInt8]] = [
            "h": certificate.hash, "k": Derivation.key.secret(from: seed.secret, salt: [], count: 32).bytes,
            "K": seed.agreementKey.point.bytes, "E": try transfer.point, "mac": try transfer.authenticator,
            "Z": try transfer.shared, "tx": try transfer.salt, "K_act": try transfer.activationKey,
            "K_ret": try transfer.returnKey, "rcpt": try transfer.receipt, "tag": try transfer.tag,
            "act": try transfer.maskedSeed, "escrow": try transfer.escrow,
        ]
        #expect(file.values("value").count == values.count, "\(name)")
        for value in file.values("value") {
            let parts = value.split(separator: " ").map(String.init)
            #expect(values[parts[0]].map { CodeVector.hex($0) } == parts.last, "\(name): \(parts[0])")
        }
        let (source, target, decliner) = (try vault(), try vault(), try vault())
        try source.mint(certificate, seed, on: occasion)
        func expect(_ header: String, _ code: TransferCode?) {
            #expect(file.values("\(header)-line") == code?.lines, "\(name): \(header)")
        }
        let offered = try source.perform(.offer(certificate.number, anew: false), on: occasion)
        expect("start", offered.code)
        expect("short-start", try transfer.shortStart)
        let step = TransferStep.request(certificate, offerSecret: try bytes("s"))
        let requested = try target.perform(step, on: occasion)
        expect("request", requested.code)
        #expect(file.value("transfer-name") == requested.transfer.identifier.description, "\(name)")
        #expect(file.value("fingerprint") == requested.transfer.fingerprint?.description, "\(name)")
        let released = try source.perform(.release(try requested.requestCode), on: occasion)
        expect("activation", released.code)
        let declined = try decliner.perform(step, on: occasion)
        expect("return", try decliner.perform(.decline(declined.transfer.identifier), on: occasion).code)
        _ = try target.perform(.activate(try released.activationCode), on: occasion)
        #expect(target.keys().map(\.certificate) == [certificate], "\(name)")
        let receipt = try target.perform(.receipt(requested.transfer.identifier), on: occasion)
        expect("receipt", receipt.code)
        _ = try source.perform(.settle(try receipt.receiptCode), on: occasion)
    }

    // MARK: Names

    /// The name of an error in vectors: `requestTooNew` is `request-too-new`.
    private static func name(of code: LicenceError.Code) -> String {
        "\(code)".map { $0.isUppercase ? "-\($0.lowercased())" : "\($0)" }.joined()
    }
}
