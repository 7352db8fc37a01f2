/// One place where a code was not as it was printed, and was put right.
package struct Repair: Sendable, Hashable {
    /// The line's number.
    package let line: Int
    /// 1 to 3 for the data groups, 4 for the check group; 0 for the line's number itself.
    package let group: Int
    /// The place within the group, from 1.
    package let position: Int
    /// What was read; "?" if it could not be, `nil` if a character is missing there.
    package let read: String?
    /// What it is; `nil` if a character too many was read there.
    package let correct: String?

    /// - Parameters: as the properties.
    package init(line: Int, group: Int, position: Int, read: String?, correct: String?) {
        self.line = line
        self.group = group
        self.position = position
        self.read = read
        self.correct = correct
    }
}

extension Repair: CustomStringConvertible {
    /// As the article "Finding a code in a text", step 5, writes it: "line 2, group 3, character 4: read 8, is B".
    package var description: String {
        let place = group == 0 ? "line \(line), number" : "line \(line), group \(group), character \(position)"
        return switch (read, correct) {
        case (nil, let correct?): "\(place): missing, is \(correct)"
        case (let read?, nil): "\(place): read \(read), is one too many"
        case (let read?, let correct?) where read == "?": "\(place): not readable, is \(correct)"
        case (let read?, let correct?): "\(place): read \(read), is \(correct)"
        case (nil, nil): place
        }
    }
}

extension Sequence<Repair> {
    /// The lines that may have been put right wrongly, each once, ascending: those in which characters were. A line of
    /// which only the number was wrong is right in itself. (The article "Finding a code in a text", step 7.)
    package var suspects: [Int] { Set(lazy.filter { $0.group > 0 }.map(\.line)).sorted() }
}
