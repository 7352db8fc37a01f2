import Control
import Licensing

/// Asks where a key is to go.
struct WizardPlace {
    /// Where it asks.
    let environment: CommandEnvironment

    /// The location. Where only one place has room for the key it is proposed; any other may still be typed.
    func choose(among places: [PlaceEntry]) throws -> String {
        environment.note("\nWhere is the key to go?\n")
        for (index, place) in places.enumerated() {
            environment.note(
                WizardList.item(
                    String(index + 1),
                    place.location == "local"
                        ? "local, this machine's own store: \(Self.room(place))"
                        : "\(place.location), a dongle: \(Self.room(place))"))
        }
        let free = places.filter { $0.keys < $0.capacity }
        let only = free.count == 1 ? free.first?.location : nil
        let proposal = only.map { "Enter: \($0); or usb:SERIAL" } ?? "its number in this list, local or usb:SERIAL"
        while true {
            let answer = try Question(environment).ask("Location (\(proposal))")
            if let only, answer.isEmpty { return only }
            if let index = Int(answer), places.indices.contains(index - 1) { return places[index - 1].location }
            if answer == "local" || answer.hasPrefix("usb:") { return answer }
            environment.note("That is no place a key can be.\n")
        }
    }

    /// The places that a key can go to.
    ///
    /// - Throws: `vaultLocked` where there is none and one is LOCKED, `usage` where there is none at all.
    static func ready(_ daemon: Daemon) async throws -> [PlaceEntry] {
        let places = try await daemon.call(Calls.List()).places
        let ready = places.filter { $0.state == "READY" }
        guard ready.isEmpty else { return ready }
        if let locked = places.first(where: { $0.state == "LOCKED" }) {
            throw LicenceError(.vaultLocked, [.location: locked.location, .reason: locked.problem])
        }
        let refused = places.first
        throw LicenceError(
            .usage,
            [
                .reason: "no place here can take a key"
                    + (refused.map { ": \($0.location) is \($0.state): \($0.problem ?? "")" } ?? ""),
                .command: refused?.cure ?? "see almctl list",
            ])
    }

    /// `3 keys, room for 97 more`
    private static func room(_ place: PlaceEntry) -> String {
        let keys = place.keys == 1 ? "1 key" : "\(place.keys) keys"
        let left = max(0, place.capacity - place.keys)
        return left == 0 ? "\(keys), full" : "\(keys), room for \(left) more"
    }
}
