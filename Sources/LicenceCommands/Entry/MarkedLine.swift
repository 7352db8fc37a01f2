import TransferCodes

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
