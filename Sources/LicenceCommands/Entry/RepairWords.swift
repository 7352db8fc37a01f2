import TransferCodes

extension Repair {
    /// As it is said to the person who types: `line 2, third character of group 3: 8 read as B`. The first is what was
    /// typed.
    var spokenSentence: String {
        let place = "line \(line), \(spokenPlace)"
        return switch (read, correct) {
        case (nil, let correct?): "\(place): missing, is \(correct)"
        case (let read?, nil): "\(place): \(read) is one too many"
        case (let read?, let correct?) where read == "?": "\(place): not readable, is \(correct)"
        case (let read?, let correct?): "\(place): \(read) read as \(correct)"
        case (nil, nil): place
        }
    }

    private var spokenPlace: String {
        guard group > 0 else { return "its number" }
        let ordinals = ["first", "second", "third", "fourth", "fifth", "sixth"]
        let place =
            ordinals.indices.contains(position - 1) ? "\(ordinals[position - 1]) character" : "character \(position)"
        return group == 4 ? "\(place) of the check group" : "\(place) of group \(group)"
    }
}

extension TypedCode.Entry {
    /// The line, and beneath it a mark under each character that was put right.
    var markedLine: String {
        let text = line.text
        var marks = [Character](repeating: " ", count: text.count)
        // Number, two spaces, then groups of five: one space between them, two before the check group.
        let start = "\(line.number)".count + 2
        for repair in repairs where (1...4).contains(repair.group) && (1...5).contains(repair.position) {
            let column = start + (repair.group - 1) * 6 + (repair.group == 4 ? 1 : 0) + repair.position - 1
            if marks.indices.contains(column) { marks[column] = "^" }
        }
        guard let last = marks.lastIndex(of: "^") else { return text }
        return "\(text)\n  \(String(marks[...last]))"
    }
}
