import Control

extension RepairEntry {
    /// For the person: `line 2, group 3, character 3: 8 read as B`. The first is what stood there.
    var sentence: String {
        let place = group == 0 ? "line \(line), number" : "line \(line), group \(group), character \(position)"
        return switch (read, correct) {
        case ("", _): "\(place): missing, read as \(correct)"
        case (_, ""): "\(place): \(read) is one too many"
        case ("?", _): "\(place): not readable, read as \(correct)"
        default: "\(place): \(read) read as \(correct)"
        }
    }
}

extension [RepairEntry] {
    /// A line for each, or nothing.
    var text: String {
        map { "put right: \($0.sentence)\n" }.joined()
    }
}
