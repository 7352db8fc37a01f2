import TransferCodes

/// What was typed of a code, as the text that is kept of it:
///
/// ```
/// almctl entry 1
/// begun 7K3MQ 2V9DX
/// …                                the lines of TypedCode.saved
/// ```
///
/// `begun` is the line whose end has not been typed yet; it is not there where there is none.
struct KeptEntry: Sendable, Hashable {
    /// The lines that were taken.
    var typed: TypedCode
    /// The beginning of a line whose end has not been typed yet.
    var begun = ""

    private static let heading = "almctl entry 1\n"
    private static let begunWord = "begun "

    /// Nothing yet of a code of this kind.
    init(expecting kind: CodeKind) {
        typed = TypedCode(expecting: kind)
    }

    /// What ``text`` gave; nil for any other text.
    init?(_ text: String) {
        guard text.hasPrefix(Self.heading) else { return nil }
        var rest = text.dropFirst(Self.heading.count)
        if rest.hasPrefix(Self.begunWord) {
            guard let end = rest.firstIndex(of: "\n") else { return nil }
            begun = String(rest[..<end].dropFirst(Self.begunWord.count))
            rest = rest[rest.index(after: end)...]
        }
        guard let typed = TypedCode(saved: String(rest)) else { return nil }
        self.typed = typed
    }

    /// All of it.
    var text: String {
        Self.heading + (begun.isEmpty ? "" : "\(Self.begunWord)\(begun)\n") + typed.saved
    }

    /// Whether there is nothing in it.
    var isEmpty: Bool { typed.entries.isEmpty && begun.isEmpty }
}
