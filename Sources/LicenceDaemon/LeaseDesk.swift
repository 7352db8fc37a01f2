import Control
import Licensing
import Vaults

/// Gives licences to applications for as long as their connections last.
struct LeaseDesk: Sendable {
    let mounts: MountTable
    let leases: LeaseTable
    let events: EventLog
    let vendors: VendorFolder
    let clock: Clock
    let random: @Sendable (Int) -> [UInt8]

    /// A licence for a product, with the proof that its key is here.
    ///
    /// Of several keys the local store's come first. The proof is made where the key is, over the application's own
    /// nonce, so that no false daemon can make one.
    ///
    /// - Throws: `productNotLicensed`, `allInUse`, `tooManyLeases`, `challengeRefused`.
    func acquire(
        _ call: Calls.Acquire, connection: UInt64, user: UInt32, process: Int32
    ) async throws -> Calls.Acquire.Reply {
        let lease = random(ProofChallenge.leaseSize)
        let challenge = try Self.challenge(call, lease: lease)
        let policy = TargetPolicy(vendors: vendors.vendors(), today: clock())
        let holder = Self.name(call.holder, user: user, process: process)
        var holders: [String] = []
        let places = await mounts.places
        // The local store by itself: a dongle that takes its time keeps nobody from the keys that are here.
        for group in [places.prefix(1), places.dropFirst()] {
            for (place, keys) in await Self.readings(of: group) {
                for key in keys where Self.matches(key, call) && (try? policy.check(key.certificate)) != nil {
                    let wanted = LeaseTable.Lease(
                        identifier: lease.hexadecimal, licence: key.number, location: place.location,
                        connection: connection, user: user, holder: holder)
                    guard try await leases.take(wanted, of: key.certificate) != nil else {
                        holders += await leases.holders(of: key.number).map(\.holder)
                        continue
                    }
                    do {
                        let proof = try await place.prove(key.number, challenge)
                        // The place, or the key in spite of its use, may have left while the proof was made.
                        guard await leases.isHeld(wanted.identifier) else { continue }
                        events.post(event("leased", key.number, place.location, holder))
                        return Calls.Acquire.Reply(
                            lease: wanted.identifier, licence: key.number.description,
                            location: place.location.description, quantity: Int(key.certificate.terms.quantity),
                            certificate: key.certificate.bytes.hexadecimal, proof: proof.bytes.hexadecimal)
                    } catch {
                        // The key left between the list and the proof.
                        await leases.giveBack(wanted.identifier)
                    }
                }
            }
        }
        throw LicenceError(
            holders.isEmpty ? .productNotLicensed : .allInUse,
            [.product: call.product, .holder: holders.joined(separator: ", ")])
    }

    /// Ends what was acquired over a connection.
    func connectionEnded(_ connection: UInt64) async {
        for lease in await leases.connectionEnded(connection) {
            events.post(event("released", lease.licence, lease.location, lease.holder))
        }
    }

    /// What is at the places; one that is LOCKED or was just pulled out has nothing to give.
    private static func readings(of places: some Sequence<Place>) async -> [(place: Place, keys: [HeldKey])] {
        await places.sideBySide { place in
            guard let status = try? await place.status(), status.lockedReason == nil, let keys = try? await place.keys()
            else { return (place, []) }
            return (place, keys)
        }
    }

    private static func matches(_ key: HeldKey, _ call: Calls.Acquire) -> Bool {
        let terms = key.certificate.terms
        return terms.product == call.product && (call.productVersion ?? terms.productVersion) == terms.productVersion
    }

    private static func challenge(_ call: Calls.Acquire, lease: [UInt8]) throws(LicenceError) -> ProofChallenge {
        guard let nonce = [UInt8](hexadecimal: call.nonce), let point = [UInt8](hexadecimal: call.point) else {
            throw LicenceError(.challengeRefused, [.reason: "nonce and point have to be hexadecimal digits"])
        }
        return try ProofChallenge(nonce: nonce, point: point, lease: lease)
    }

    /// What lists call an application: the name it gives, and always the process and user that the kernel vouches for.
    private static func name(_ given: String?, user: UInt32, process: Int32) -> String {
        let name = String(String.UnicodeScalarView((given ?? "").unicodeScalars.prefix(64).filter(\.isPrintable)))
        return "\(name.isEmpty ? "an application" : name) (pid \(process), uid \(user))"
    }

    private func event(_ kind: String, _ licence: LicenceNumber, _ location: Location, _ detail: String) -> EventEntry {
        EventEntry(
            kind: kind, time: Int(clamping: clock().seconds), location: location.description,
            licence: licence.description, detail: detail)
    }
}
