import Testing
import TransferCodes
package import Vaults

/// The steps that change something in a vault.
package enum CommittingCommand: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case offer, offerAnew, cancel, request, release, activate, decline, reclaim, settle, close

    package var testDescription: String { rawValue }

    /// A vault in memory for which the command is next, and the command's step. Each call makes the same ones again.
    package func prepared() throws -> (vault: MemoryVault, step: TransferStep) {
        var vaults: [ObjectIdentifier: MemoryVault] = [:]
        let bench = try TransferBench { location, capacity, random in
            let memory = MemoryVault(location: location, capacity: capacity, random: random)
            vaults[ObjectIdentifier(memory)] = memory
            return VaultSubject(memory)
        }
        func memory(_ subject: VaultSubject) throws -> MemoryVault {
            try #require(vaults[ObjectIdentifier(subject.vault)])
        }
        let (source, target) = (try memory(bench.source), try memory(bench.target))
        if self == .offer { return (source, .offer(bench.key.number, anew: false)) }
        let start = try bench.offer()
        switch self {
        case .offerAnew: return (source, .offer(bench.key.number, anew: true))
        case .cancel: return (source, .cancel(try bench.name(start)))
        case .request: return (target, try bench.step(start))
        default: break
        }
        let request = try bench.request(start)
        switch self {
        case .release: return (source, .release(request))
        case .decline: return (target, .decline(try bench.name(start)))
        default: break
        }
        let activation = try bench.release(request)
        switch self {
        case .activate: return (target, .activate(activation))
        case .close: return (source, .close(try bench.name(start)))
        case .reclaim: return (source, .reclaim(try bench.decline(start)))
        default:
            try bench.changes(bench.target, .activate(activation))
            return (source, .settle(try bench.receipt(start)))
        }
    }
}
