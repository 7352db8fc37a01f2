import Control

/// Asks which key is to move.
struct WizardKey {
    let environment: CommandEnvironment
    let daemon: Daemon

    /// The key; nil where there is none that could move, which it says.
    func choose() async throws -> KeyEntry? {
        let reply = try await daemon.call(Calls.List())
        let keys = reply.keys.filter { $0.state != "LOCKED" }
        guard !keys.isEmpty else {
            try environment.say(KeyList(keys: [], places: reply.places).text)
            return nil
        }
        environment.note("\nWhich key?\n")
        var table = Table("", "LICENCE", "PRODUCT", "TYPE", "LOCATION", "IN USE")
        for (index, key) in keys.enumerated() {
            table.add("  \(index + 1)", key.licence, key.productAndVersion, key.terms, key.location, key.use)
        }
        environment.note(table.text)
        while true {
            let answer = try Question(environment).ask("Key (its number in this list, or of its licence)")
            if let key = Self.key(answer, among: keys) { return key }
            environment.note("No key, or more than one, is meant by that.\n")
        }
    }

    /// The one key that an answer means: by its place in the list, else by the beginning of its licence number.
    static func key(_ answer: String, among keys: [KeyEntry]) -> KeyEntry? {
        if let index = Int(answer), keys.indices.contains(index - 1) { return keys[index - 1] }
        let beginning = plain(answer)
        let meant = keys.filter { plain($0.licence).hasPrefix(beginning) }
        return beginning.isEmpty || meant.count != 1 ? nil : meant.first
    }

    private static func plain(_ text: String) -> String {
        text.uppercased().filter { $0 != "-" && $0 != " " }
    }
}
