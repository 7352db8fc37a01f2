import Licensing
import TestKit
import Testing
import TransferCodes

@testable import Vaults

/// What a step gives up is gone from the vault's contents, not only from what it shows.
@Suite struct ErasureTests {
    private var source = MemoryContents(location: .local, capacity: .localStore)
    private var target = MemoryContents(location: .local, capacity: .localStore)
    private let key: TestKey
    private let name: TransferIdentifier
    private let request: RequestCode
    private let random = DeterministicRandom(seed: 41)

    init() throws {
        key = try TestVendor().key("first")
        try source.apply(.insertKey(HeldKey(certificate: key.certificate, since: Timestamp(seconds: 0)), key.seed))
        let offer = try Self.perform(.offer(key.number, anew: false), &source, random)
        name = offer.transfer.identifier
        let start = try offer.startCode
        request = try Self.perform(
            .request(key.certificate, offerSecret: start.offerSecret), &target, random
        ).requestCode
        #expect(try source.seed(of: key.number) == key.seed)
        #expect(try target.requestSecret(of: name).count == 32)
    }

    @Test mutating func aReleaseErasesTheSeed() throws {
        _ = try release()
        #expect(throws: LicenceError.self) { try source.seed(of: key.number) }
        #expect(source.outgoing().first?.release?.activation?.count == 16)
        #expect(try source.escrow(of: name).count == 16)
    }

    @Test mutating func anActivationErasesTheRequestsSecret() throws {
        let activation = try release()
        _ = try Self.perform(.activate(activation), &target, random)
        #expect(throws: LicenceError.self) { try target.requestSecret(of: name) }
        #expect(throws: LicenceError.self) { try target.returnKey(of: name) }
        #expect(try target.seed(of: key.number) == key.seed)
    }

    @Test mutating func decliningErasesTheRequestsSecretAndKeepsTheReturnKey() throws {
        let code = try Self.perform(.decline(name), &target, random).returnCode
        #expect(throws: LicenceError.self) { try target.requestSecret(of: name) }
        #expect(try target.returnKey(of: name).bytes == code.returnKey)
    }

    @Test mutating func settlingErasesActivationAndEscrow() throws {
        _ = try release()
        _ = try Self.perform(.close(name), &source, random)
        expectNothingToOpen()
    }

    @Test mutating func takingBackErasesActivationAndEscrow() throws {
        _ = try release()
        let code = try Self.perform(.decline(name), &target, random).returnCode
        _ = try Self.perform(.reclaim(code), &source, random)
        expectNothingToOpen()
        #expect(try source.seed(of: key.number) == key.seed)
    }

    @Test mutating func comingHomeErasesActivationAndEscrow() throws {
        _ = try Self.perform(.activate(try release()), &target, random)
        let offer = try Self.perform(.offer(key.number, anew: false), &target, random)
        let start = try offer.startCode
        let back = try Self.perform(.request(key.certificate, offerSecret: start.offerSecret), &source, random)
        let activation = try Self.perform(.release(back.requestCode), &target, random).activationCode
        _ = try Self.perform(.activate(activation), &source, random)
        expectNothingToOpen()
    }

    private mutating func release() throws -> ActivationCode {
        try Self.perform(.release(request), &source, random).activationCode
    }

    private func expectNothingToOpen(_ location: SourceLocation = #_sourceLocation) {
        let record = source.outgoing().first { $0.identifier == name }
        #expect(record?.release != nil, sourceLocation: location)
        #expect(record?.release?.activation == nil, sourceLocation: location)
        #expect(throws: LicenceError.self, sourceLocation: location) { try source.escrow(of: name) }
    }

    private static func perform(
        _ step: TransferStep, _ contents: inout MemoryContents, _ random: DeterministicRandom
    ) throws -> TransferAnswer {
        let occasion = Occasion(now: Timestamp(seconds: 1), user: 0)
        let plan = try TransferRules(contents, on: occasion, random: random.source).plan(step)
        for change in plan.changes { try contents.apply(change) }
        return try plan.outcome.get()
    }
}
