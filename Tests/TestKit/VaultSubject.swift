package import Licensing
package import Vaults

/// A vault under test, and the way by which a new key gets into it.
package struct VaultSubject {
    /// The vault.
    package let vault: any Vault
    /// Puts a key into it: minting, for a vault that mints; into the vault behind the cable, for a dongle.
    package let mint: (Certificate, Seed, Occasion) throws -> Void

    package init(vault: any Vault, mint: @escaping (Certificate, Seed, Occasion) throws -> Void) {
        self.vault = vault
        self.mint = mint
    }

    /// A vault that mints by itself.
    package init(_ vault: any MintingVault) {
        self.init(vault: vault) { certificate, seed, occasion in
            try vault.mint(certificate, seed, on: occasion)
        }
    }

    /// Makes an empty vault at a location, with a capacity and a random source that a kind of vault with a source of its
    /// own may leave unused.
    ///
    /// Each call makes another vault, and the vaults of one suite exist side by side.
    package typealias Factory = (Location, VaultCapacity, @escaping RandomBytes) throws -> VaultSubject
}
