/// All windows of a text that are worth looking at.
///
/// The work is linear in the text: from each token at most six windows begin, of 19, 20 and 21 symbols, and most of them
/// are left again after a look at a few numbers.
struct Scan {
    /// A window whose check group is exactly right for one line of one kind.
    struct Exact {
        var window: Window
        var kind: UInt8
        var line: Int

        /// Whether nothing but a digit speaks for it, as for twenty letters amid prose that are right by chance.
        var isDoubtful: Bool { window.evidence == .digit }
    }

    /// The text.
    let stream: TokenStream
    /// The windows that are right as they stand, in the order of their first symbols.
    let exact: [Exact]
    /// The windows that look like lines but are none as they stand, as many as there is room for.
    let lineLike: [Window]
    /// The symbols of the windows in ``exact`` that are not doubtful.
    private let sure: [Range<Int>]

    /// Finds the windows of a text.
    init(_ stream: TokenStream) {
        self.stream = stream
        let finder = WindowFinder(stream)
        var exact: [Exact] = []
        var found = LineLikeWindows()
        finder.forEachStart { start in
            // Windows that begin with the same symbol as one that is right are not tried.
            if let right = finder.exact(start) {
                exact.append(right)
            } else if !found.isFull {
                finder.forEachLineLike(start) { found.add($0) }
            }
        }
        let beside = exact.isEmpty ? [] : finder.lineLike(beside: exact)
        if !beside.isEmpty { found = LineLikeWindows(found.windows + beside) }
        (self.exact, lineLike) = (exact, found.windows)
        sure = exact.lazy.filter { !$0.isDoubtful }.map(\.window.symbols)
    }

    /// Whether a window that is right, and not doubtful, shares a symbol with these.
    func isSure(anyOf symbols: Range<Int>) -> Bool {
        // They are in order, and of one length: the first one that ends behind the beginning is the only one to look at.
        var (low, high) = (0, sure.count)
        while low < high {
            let middle = (low + high) / 2
            if sure[middle].upperBound > symbols.lowerBound { high = middle } else { low = middle + 1 }
        }
        return low < sure.count && sure[low].overlaps(symbols)
    }
}
