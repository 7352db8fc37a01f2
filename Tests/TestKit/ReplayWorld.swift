import Licensing
import Testing
import TransferCodes
import Vaults

/// Who loads a code in the replay matrix.
enum ReplayLoader: String, CaseIterable {
    case source, target, rival, stranger
}

/// The codes of one transfer, and those of the rival who answered the same start code.
enum ReplayCode: String, CaseIterable {
    case start, request, rivalRequest, activation, returning, rivalReturning, receipt
    /// The start code without its certificate, which every loader has.
    case shortStart

    /// Those that the table has a column for. A short start code does what the long one does.
    static let listed = allCases.filter { $0 != .shortStart }
}

/// A state of a transfer: that of the source, and that of the target. The rival's request is open in all of them.
package enum ReplayWorld: String, CaseIterable, Sendable {
    case offeredAndOpen, offeredAndDeclined, withdrawnAndOpen, withdrawnAndDeclined
    case releasedAndOpen, releasedAndActive, releasedAndDeclined
    case settledAndActive, closedAndOpen, closedAndDeclined, returnedAndDeclined
    /// As `returnedAndDeclined`, and then the key went to the stranger with another transfer.
    case returnedAndLeftAgain
}

/// A transfer that was offered and requested twice, by the target and by a rival.
///
/// Each one is made of the same random numbers, so a code that one has not come so far as to show can be taken from
/// another that has.
struct ReplayTransfer {
    let bench: TransferBench
    let stranger: VaultSubject
    let start: StartCode
    let request: RequestCode
    let rivalRequest: RequestCode

    /// One that stands as in `world`.
    init(_ make: VaultSubject.Factory, in world: ReplayWorld) throws {
        try self.init(make)
        try goOn(to: world)
    }

    private init(_ make: VaultSubject.Factory) throws {
        bench = try TransferBench(make)
        stranger = try make(.local, .localStore, DeterministicRandom(seed: 4).source)
        start = try bench.offer()
        request = try bench.request(start)
        rivalRequest = try bench.request(start, at: bench.other)
        // The stranger is busy with a key of its own, so that it has an offer for a code to go wrong with.
        let key = try bench.mint(try bench.vendor.key("of the stranger"), into: stranger)
        _ = try bench.offer(key, at: stranger)
    }

    private func goOn(to world: ReplayWorld) throws {
        let name = try bench.name(start)
        func release() throws { _ = try bench.release(request) }
        func activate() throws { try bench.changes(bench.target, step(.activation)) }
        func decline() throws { _ = try bench.decline(start) }
        switch world {
        case .offeredAndOpen: break
        case .offeredAndDeclined: try decline()
        case .withdrawnAndOpen: try bench.changes(bench.source, .cancel(name))
        case .withdrawnAndDeclined:
            try decline()
            try bench.changes(bench.source, .cancel(name))
        case .releasedAndOpen: try release()
        case .releasedAndActive:
            try release()
            try activate()
        case .releasedAndDeclined:
            try release()
            try decline()
        case .settledAndActive:
            try release()
            try activate()
            try bench.changes(bench.source, step(.receipt))
        case .closedAndOpen:
            try release()
            try bench.changes(bench.source, .close(name))
        case .closedAndDeclined:
            try release()
            try decline()
            try bench.changes(bench.source, .close(name))
        case .returnedAndDeclined:
            try release()
            try decline()
            try bench.changes(bench.source, step(.returning))
        case .returnedAndLeftAgain:
            try goOn(to: .returnedAndDeclined)
            let later = try bench.request(try bench.offer(), at: stranger)
            try bench.changes(stranger, .activate(try bench.release(later)))
        }
    }

    func subject(_ loader: ReplayLoader) -> VaultSubject {
        switch loader {
        case .source: bench.source
        case .target: bench.target
        case .rival: bench.other
        case .stranger: stranger
        }
    }

    /// One in memory, in which things may go further than in this one.
    private static func future() throws -> ReplayTransfer {
        try ReplayTransfer { location, capacity, random in
            VaultSubject(MemoryVault(location: location, capacity: capacity, random: random))
        }
    }

    /// The step that loads a code, taken from a transfer in which things went as far as that.
    func step(_ code: ReplayCode) throws -> TransferStep {
        switch code {
        case .start: return try bench.step(start)
        case .shortStart:
            let certificate = bench.key.certificate
            let short = TransferCode.shortStart(
                try ShortStartCode(offerSecret: start.offerSecret, certificateHash: certificate.hash))
            let read = try CodeReader.read(short.lines.joined(separator: "\n")).code
            guard case .shortStart(let code) = read, code.verifies(certificateHash: certificate.hash) else {
                throw LicenceError(.codeCheckFailed)
            }
            return .request(certificate, offerSecret: code.offerSecret)
        case .request: return .release(request)
        case .rivalRequest: return .release(rivalRequest)
        case .activation: return .activate(try Self.activated().activation)
        case .receipt: return .settle(try Self.activated().receipt)
        case .returning:
            let future = try Self.future()
            return .reclaim(try future.bench.decline(future.start))
        case .rivalReturning:
            let future = try Self.future()
            return .reclaim(try future.bench.decline(future.start, at: future.bench.other))
        }
    }

    private static func activated() throws -> (activation: ActivationCode, receipt: ReceiptCode) {
        let future = try Self.future()
        let activation = try future.bench.release(future.request)
        try future.bench.changes(future.bench.target, .activate(activation))
        return (activation, try future.bench.receipt(future.start))
    }
}
