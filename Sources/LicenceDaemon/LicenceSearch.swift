import Licensing
import Vaults

/// The search for a key that an application may use, and of all that will not do, what is wrong with the one that comes
/// nearest.
struct LicenceSearch {
    /// What the application asks for; a version of nil: any will do.
    let product: String
    let version: String?
    /// What this machine asks of certificates.
    let policy: TargetPolicy
    private var nearest = Objection.noKey

    /// What is wrong with a key, and what helps.
    private struct Objection {
        let rank: Rank
        let reason: String
        let cure: String

        /// What is said where nothing is near, and of keys for other products.
        static let noKey = Objection(
            rank: .otherProduct, reason: "no key for it is here",
            cure: "plug in its dongle, or load a key; see almctl list")
    }

    /// How near a key comes to what is asked for, the nearest last.
    private enum Rank: Int {
        case otherProduct, otherCase, otherVersion, notUsable
    }

    init(product: String, version: String?, policy: TargetPolicy) {
        (self.product, self.version, self.policy) = (product, version, policy)
    }

    /// Whether a key is what is asked for, and may be used; where it is not, that is remembered.
    ///
    /// - Parameter lockedReason: why its place is LOCKED, or nil.
    mutating func matches(_ key: HeldKey, at location: Location, lockedReason: String?) -> Bool {
        guard let objection = objection(to: key, at: location, lockedReason) else { return true }
        if objection.rank.rawValue > nearest.rank.rawValue { nearest = objection }
        return false
    }

    private func objection(to key: HeldKey, at location: Location, _ lockedReason: String?) -> Objection? {
        let terms = key.certificate.terms
        if terms.product != product {
            guard terms.product.lowercased() == product.lowercased() else { return .noKey }
            return Objection(
                rank: .otherCase, reason: "licence \(key.number) in \(location) is for \(terms.product)",
                cure: "give the name as almctl list shows it: \(terms.product)")
        }
        if let version, version != terms.productVersion {
            return Objection(
                rank: .otherVersion,
                reason: "licence \(key.number) in \(location) is for version \(terms.productVersion)",
                cure: "ask for version \(terms.productVersion), or load a key for version \(version); see almctl list")
        }
        do throws(LicenceError) {
            if let lockedReason {
                throw LicenceError(.vaultLocked, [.location: location.description, .reason: lockedReason])
            }
            try policy.check(key.certificate)
            return nil
        } catch {
            return Objection(rank: .notUsable, reason: error.message, cure: error.hint)
        }
    }

    /// That no key will do.
    var refusal: LicenceError {
        LicenceError(
            .productNotLicensed, [.product: product, .reason: nearest.reason, .command: nearest.cure])
    }
}
