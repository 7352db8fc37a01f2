extension Sequence where Element: Sendable {
    /// What `body` gives for each element, in their order, asked all at the same time: one that is slow costs its own
    /// time and not the sum.
    func sideBySide<Answer: Sendable>(
        _ body: @escaping @Sendable (Element) async -> Answer
    ) async -> [Answer] {
        await withTaskGroup(of: (Int, Answer).self) { group in
            for (index, element) in enumerated() { group.addTask { (index, await body(element)) } }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
