import DongleProtocol

/// A list that is put together of pages, which may have been made by a liar.
///
/// It never grows beyond the limit, and every page brings at least one item or ends it, so the number of pages is bounded
/// too.
struct PagedList<Item: Payload & Sendable & Hashable> {
    /// What was taken so far.
    private(set) var items: [Item] = []
    /// Whether all pages so far are of one state of the dongle. If not, the list is to be read anew.
    private(set) var isConsistent = true
    /// From where the next page is missing; nil when the list is whole, or can't become so.
    private(set) var missingFrom: UInt32? = 0

    private let limit: UInt32
    private var first: (stateCounter: UInt64, total: UInt32)?

    /// - Parameter limit: the most items that the list may have.
    init(limit: UInt32) {
        self.limit = limit
    }

    /// Takes the page that was asked for.
    mutating func take(_ page: Page<Item>) throws(DongleFailure) {
        guard page.total <= limit else { throw .garbled("a list longer than it can hold") }
        guard page.start == missingFrom else { throw .garbled("another page than was asked for") }
        if let first, first != (page.stateCounter, page.total) {
            isConsistent = false
            missingFrom = nil
            return
        }
        first = (page.stateCounter, page.total)
        guard items.count + page.items.count <= Int(clamping: page.total) else {
            throw .garbled("more items than the list has")
        }
        items += page.items
        if items.count == Int(clamping: page.total) {
            missingFrom = nil
        } else if page.items.isEmpty {
            throw .garbled("an empty page before the end of a list")
        } else {
            missingFrom = UInt32(clamping: items.count)
        }
    }
}
