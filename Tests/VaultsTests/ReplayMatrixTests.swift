import TestKit
import Testing
import Vaults

/// Every kind of code at every state of a transfer, in vaults in memory.
@Suite struct ReplayMatrixTests {
    @Test func everyCodeLoadedAnywhereIsAnsweredAsListed() throws {
        let cells = try ReplayMatrix { location, capacity, random in
            VaultSubject(MemoryVault(location: location, capacity: capacity, random: random))
        }.check()
        print("shown: \(cells) cells at \(ReplayWorld.allCases.count) states of a transfer in memory")
    }
}
