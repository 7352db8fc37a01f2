import TestKit
import Testing
import Vaults

@Suite struct MemoryVaultTests {
    @Test(arguments: VaultConformance.all)
    func conforms(_ rule: VaultConformance) throws {
        try rule.check { location, capacity, random in
            VaultSubject(MemoryVault(location: location, capacity: capacity, random: random))
        }
    }
}
