import Licensing
import Vaults

/// Who uses which licence just now.
///
/// A lease lives as long as the connection it was acquired over. A key that is about to leave takes no new lease; one
/// that is in use does not leave unless the operator says so, and then its leases end.
actor LeaseTable {
    /// A licence in use.
    struct Lease: Sendable, Hashable {
        /// 16 random bytes, as hexadecimal digits.
        let identifier: String
        let licence: LicenceNumber
        /// Where its key is.
        let location: Location
        /// The connection it ends with.
        let connection: UInt64
        let user: UInt32
        /// What lists call the application.
        let holder: String
    }

    /// How many leases one user may hold at a time.
    static let leasesPerUser = 256

    private var leases: [Lease] = []
    private var leaving: Set<LicenceNumber> = []

    init() {}

    /// Takes a lease, if there is one left and the key is not about to leave.
    ///
    /// - Returns: nil where every lease of the licence is taken.
    /// - Throws: `tooManyLeases`.
    func take(_ lease: Lease, of certificate: Certificate) throws(LicenceError) -> Lease? {
        guard leases.count(where: { $0.user == lease.user }) < Self.leasesPerUser else {
            throw LicenceError(.tooManyLeases, [.capacity: String(Self.leasesPerUser)])
        }
        let limit = certificate.terms.type == .floating ? Int(certificate.terms.quantity) : 1
        guard !leaving.contains(lease.licence), holders(of: lease.licence).count < limit else { return nil }
        leases.append(lease)
        return lease
    }

    /// Gives one lease back.
    func giveBack(_ identifier: String) {
        leases.removeAll { $0.identifier == identifier }
    }

    /// Ends every lease of a connection.
    func connectionEnded(_ connection: UInt64) -> [Lease] { end { $0.connection == connection } }

    /// The leases of a licence.
    func holders(of licence: LicenceNumber) -> [Lease] { leases.filter { $0.licence == licence } }

    /// Closes a licence for new leases while its key is being given up.
    ///
    /// - Throws: `keyInUse`, unless `evenIfInUse`.
    func beginLeaving(_ licence: LicenceNumber, evenIfInUse: Bool) throws(LicenceError) {
        let holders = holders(of: licence).map(\.holder)
        guard holders.isEmpty || evenIfInUse else {
            throw LicenceError(
                .keyInUse, [.licence: licence.description, .holder: holders.joined(separator: ", ")])
        }
        leaving.insert(licence)
    }

    /// Ends what ``beginLeaving(_:evenIfInUse:)`` began; if the key left, so do its leases.
    func endLeaving(_ licence: LicenceNumber, left: Bool) -> [Lease] {
        leaving.remove(licence)
        return left ? end { $0.licence == licence } : []
    }

    /// Ends the leases of keys that are gone with their place.
    func placeLeft(_ location: Location) -> [Lease] { end { $0.location == location } }

    private func end(_ which: (Lease) -> Bool) -> [Lease] {
        let ended = leases.filter(which)
        leases.removeAll(where: which)
        return ended
    }
}
