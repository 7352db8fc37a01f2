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
    /// How many steps are about to give up each key.
    private var leaving: [KeyPlace: Int] = [:]

    /// A key in its place. The same licence number elsewhere is another key, or this one after its move.
    private struct KeyPlace: Hashable {
        let licence: LicenceNumber
        let location: Location
    }

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
        guard leaving[KeyPlace(licence: lease.licence, location: lease.location)] == nil,
            holders(of: lease.licence).count < limit
        else { return nil }
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

    /// Whether a lease was given and has not ended.
    func isHeld(_ identifier: String) -> Bool { leases.contains { $0.identifier == identifier } }

    /// Closes a key for new leases while it is being given up, until ``endLeaving(_:at:left:)``; every step that tries it
    /// at the same time does both.
    ///
    /// - Throws: `keyInUse`, unless `evenIfInUse`.
    func beginLeaving(_ licence: LicenceNumber, at location: Location, evenIfInUse: Bool) throws(LicenceError) {
        let holders = holders(of: licence).filter { $0.location == location }.map(\.holder)
        guard holders.isEmpty || evenIfInUse else {
            throw LicenceError(
                .keyInUse, [.licence: licence.description, .holder: holders.joined(separator: ", ")])
        }
        leaving[KeyPlace(licence: licence, location: location), default: 0] += 1
    }

    /// Ends what ``beginLeaving(_:at:evenIfInUse:)`` began; if the key left, so do its leases.
    func endLeaving(_ licence: LicenceNumber, at location: Location, left: Bool) -> [Lease] {
        let key = KeyPlace(licence: licence, location: location)
        leaving[key] = leaving[key].flatMap { $0 > 1 ? $0 - 1 : nil }
        return left ? end { $0.licence == licence && $0.location == location } : []
    }

    /// Ends the leases of keys that are gone with their place.
    func placeLeft(_ location: Location) -> [Lease] { end { $0.location == location } }

    private func end(_ which: (Lease) -> Bool) -> [Lease] {
        let ended = leases.filter(which)
        leases.removeAll(where: which)
        return ended
    }
}
