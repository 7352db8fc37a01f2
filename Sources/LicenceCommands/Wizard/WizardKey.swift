import Control

/// Asks which key is to move.
struct WizardKey {
    /// Where it asks.
    let environment: CommandEnvironment
    /// Who knows the keys.
    let daemon: Daemon

    /// The most keys that are listed at once: with the question they fit on a screen of 24 lines.
    private static let mostShown = 18

    /// The key; nil where there is none that could move, which it says.
    func choose() async throws -> KeyEntry? {
        let reply = try await daemon.call(Calls.List())
        let keys = reply.keys.filter { $0.state != "LOCKED" }
        guard !keys.isEmpty else {
            try environment.say(KeyList(keys: [], places: reply.places).text)
            return nil
        }
        var shown = keys
        environment.note("\nWhich key?\n")
        list(shown)
        while true {
            let answer = try Question(environment).ask("Key (its number in this list, or of its licence)")
            if let key = Self.key(answer, among: shown) ?? Self.key(byLicence: answer, among: keys) { return key }
            let found = Self.keys(answer, among: keys)
            if found.isEmpty || found.count == keys.count {
                environment.note("No key, or more than one, is meant by that.\n")
            } else {
                shown = found
                list(shown)
            }
        }
    }

    private func list(_ keys: [KeyEntry]) {
        for (index, key) in keys.prefix(Self.mostShown).enumerated() {
            var words = [key.licence, key.productAndVersion, key.terms, "in \(key.location)"]
            if key.inUse { words.append(key.type == "floating" ? "\(key.use) in use" : "in use") }
            if let transfer = key.transfer { words.append("offered by transfer \(transfer)") }
            environment.note(WizardList.item(String(index + 1), words.joined(separator: ", ")))
        }
        let left = keys.count - Self.mostShown
        guard left > 0 else { return }
        environment.note(WizardList.item("", "and \(left) more: type part of the product's name to see only those"))
    }

    /// The one key that an answer means: by its place in the list, else by the beginning of its licence number.
    static func key(_ answer: String, among keys: [KeyEntry]) -> KeyEntry? {
        if let index = Int(answer), keys.indices.contains(index - 1) { return keys[index - 1] }
        return key(byLicence: answer, among: keys)
    }

    private static func key(byLicence answer: String, among keys: [KeyEntry]) -> KeyEntry? {
        let meant = keys.filter { isMeant($0, by: answer) }
        return meant.count == 1 ? meant.first : nil
    }

    private static func isMeant(_ key: KeyEntry, by answer: String) -> Bool {
        let beginning = plain(answer)
        return !beginning.isEmpty && plain(key.licence).hasPrefix(beginning)
    }

    /// The keys that an answer could mean: those whose product is called so, or whose licence number begins so.
    private static func keys(_ answer: String, among keys: [KeyEntry]) -> [KeyEntry] {
        keys.filter { key in
            isMeant(key, by: answer)
                || answer.count > 1 && key.productAndVersion.lowercased().contains(answer.lowercased())
        }
    }

    private static func plain(_ text: String) -> String {
        text.uppercased().filter { $0 != "-" && $0 != " " }
    }
}
