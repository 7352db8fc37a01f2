import Control
import Licensing
import Vaults

/// The keys of every place that is mounted, as `almctl list` shows them.
struct KeyList: Sendable {
    let mounts: MountTable
    let leases: LeaseTable
    let vendors: VendorFolder
    let clock: Clock

    /// Every key and every place, asked side by side.
    ///
    /// A dongle that is pulled out or stops answering meanwhile is listed as a place with that problem; the others are
    /// listed all the same.
    func list() async -> Calls.List.Reply {
        let policy = TargetPolicy(vendors: vendors.vendors(), today: clock())
        let readings = await mounts.places.sideBySide { place in await read(place, policy) }
        let refused = await mounts.refusals.map { Self.refused(.usb($0.serial), $0.error) }
        return Calls.List.Reply(keys: readings.flatMap(\.keys), places: readings.map(\.place) + refused)
    }

    private func read(_ place: Place, _ policy: TargetPolicy) async -> (place: PlaceEntry, keys: [KeyEntry]) {
        do {
            let (status, entries) = try await entries(of: place, policy)
            return (
                PlaceEntry(
                    location: place.location.description, state: status.lockedReason == nil ? "READY" : "LOCKED",
                    problem: status.lockedReason,
                    cure: status.lockedReason.map { Self.locked(place.location, $0).hint }, keys: entries.count,
                    capacity: Int(status.capacity.keys)),
                entries
            )
        } catch {
            return (Self.refused(place.location, error), [])
        }
    }

    private func entries(
        of place: Place, _ policy: TargetPolicy
    ) async throws(LicenceError) -> (VaultStatus, [KeyEntry]) {
        let status = try await place.status()
        let offers = try await place.transfers().filter { $0.standing == .source(.offered) }
        var entries: [KeyEntry] = []
        for key in try await place.keys() {
            entries.append(
                KeyEntry(
                    key, at: place.location, lockedReason: status.lockedReason,
                    vendor: policy.vendor(of: key.certificate),
                    transfer: offers.first { $0.certificate.number == key.number }?.identifier,
                    users: await leases.holders(of: key.number).map(\.holder)))
        }
        return (status, entries)
    }

    private static func locked(_ location: Location, _ reason: String) -> LicenceError {
        LicenceError(.vaultLocked, [.location: location.description, .reason: reason])
    }

    private static func refused(_ location: Location, _ error: LicenceError) -> PlaceEntry {
        PlaceEntry(
            location: location.description, state: "REFUSED", problem: error.message, cure: error.hint, keys: 0,
            capacity: 0)
    }
}
