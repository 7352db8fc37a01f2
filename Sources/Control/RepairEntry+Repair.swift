package import TransferCodes

extension RepairEntry {
    /// What the reader of codes put right, as the interface tells it.
    package init(_ repair: Repair) {
        self.init(
            line: repair.line, group: repair.group, position: repair.position, read: repair.read ?? "",
            correct: repair.correct ?? "")
    }
}

extension Repair {
    /// What the interface tells of a place that was put right.
    package init(_ entry: RepairEntry) {
        func character(_ text: String) -> String? { text.isEmpty ? nil : text }
        self.init(
            line: entry.line, group: entry.group, position: entry.position, read: character(entry.read),
            correct: character(entry.correct))
    }
}
