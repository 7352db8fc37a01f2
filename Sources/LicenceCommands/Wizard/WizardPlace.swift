import Control

/// Asks where a key is to go.
struct WizardPlace {
    let environment: CommandEnvironment
    let daemon: Daemon

    /// The location. Where only one place could take the key it is proposed; any other may still be typed.
    func choose() async throws -> String {
        let places = try await daemon.call(Calls.List()).places.filter { $0.state == "READY" }
        environment.note("\nWhere is the key to go?\n")
        var table = Table("", "LOCATION", "KEYS")
        for (index, place) in places.enumerated() {
            table.add("  \(index + 1)", place.location, "\(place.keys) of at most \(place.capacity)")
        }
        environment.note(table.text)
        while true {
            let answer = try Question(environment).ask("Location (its number in this list, local or usb:SERIAL)")
            if let index = Int(answer), places.indices.contains(index - 1) { return places[index - 1].location }
            if answer == "local" || answer.hasPrefix("usb:") { return answer }
            environment.note("That is no place a key can be.\n")
        }
    }
}
