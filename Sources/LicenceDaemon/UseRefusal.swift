import Licensing
import Vaults

/// Why nothing that is here is a licence for what an application asks for: of all keys, what is wrong with the one that
/// comes nearest to it.
struct UseRefusal {
    /// What the application asks for; a version of nil: any will do.
    let product: String
    let version: String?
    private var nearest: (rank: Rank, reason: String, cure: String)?

    /// How near a key comes to what is asked for, the nearest last.
    private enum Rank: Int, Comparable {
        case otherCase, otherVersion, notUsable

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    init(product: String, version: String?) { (self.product, self.version) = (product, version) }

    /// Looks what is wrong with a key that was not lent.
    ///
    /// - Parameters:
    ///   - lockedReason: why its place is LOCKED, or nil.
    ///   - policy: what this machine asks of certificates.
    mutating func note(_ key: HeldKey, at location: Location, lockedReason: String?, _ policy: TargetPolicy) {
        let terms = key.certificate.terms
        if terms.product != product {
            guard terms.product.lowercased() == product.lowercased() else { return }
            return note(
                .otherCase, "licence \(key.number) in \(location) is for \(terms.product)",
                "give the name as almctl list shows it: \(terms.product)")
        }
        if let version, version != terms.productVersion {
            return note(
                .otherVersion, "licence \(key.number) in \(location) is for version \(terms.productVersion)",
                "ask for version \(terms.productVersion), or load a key for version \(version); see almctl list")
        }
        let error: LicenceError
        switch (lockedReason, policy.vendor(of: key.certificate)) {
        case (let reason?, _):
            error = LicenceError(.vaultLocked, [.location: location.description, .reason: reason])
        case (nil, .failure(let refusal)): error = refusal
        // It was usable, and left meanwhile.
        case (nil, .success): return
        }
        note(.notUsable, error.message, error.hint)
    }

    private mutating func note(_ rank: Rank, _ reason: String, _ cure: String) {
        if let nearest, nearest.rank >= rank { return }
        nearest = (rank, reason, cure)
    }

    /// The refusal, with what `almctl list` knows of the reason.
    var error: LicenceError {
        LicenceError(
            .productNotLicensed,
            [
                .product: product, .reason: nearest?.reason ?? "no key for it is here",
                .command: nearest?.cure ?? "plug in its dongle, or load a key; see almctl list",
            ])
    }
}
