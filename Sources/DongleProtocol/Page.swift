package import Licensing
package import Vaults

/// A piece of a list.
///
/// Pages of one list belong together only if all of them bear the same state counter; otherwise something changed
/// between them and the list is read anew.
package struct Page<Item: Payload & Sendable & Hashable>: Sendable, Hashable {
    /// The dongle's state counter when the page was made.
    package let stateCounter: UInt64
    /// How many items the whole list has.
    package let total: UInt32
    /// The place of the first item of this page, counted from 0.
    package let start: UInt32
    /// Up to ``DongleLimits/pageItems`` of them; none only where the list ends at ``start``.
    package let items: [Item]

    /// The page of `list` that begins at `start`, or an empty one where the list is shorter.
    package init(of list: [Item], from start: UInt32, stateCounter: UInt64) {
        self.stateCounter = stateCounter
        total = UInt32(clamping: list.count)
        self.start = start
        items = Array(list.dropFirst(Int(clamping: start)).prefix(DongleLimits.pageItems))
    }
}

/// A page of the keys, by licence number.
package typealias KeyPage = Page<HeldKey>

/// A page of the transfers, oldest first.
package typealias TransferPage = Page<TransferSummary>

extension Page: Payload {
    package init(reading reader: inout PayloadReader) throws(PayloadError) {
        stateCounter = try reader.integer("state counter")
        total = try reader.integer("length of a list")
        start = try reader.integer("place in a list")
        let count = try reader.integer("number of items", UInt8.self)
        guard count <= DongleLimits.pageItems else { throw .malformed("a page of \(count) items") }
        var items: [Item] = []
        for _ in 0..<count { items.append(try reader.value()) }
        self.items = items
    }

    package func write(to writer: inout BinaryWriter) {
        writer.write(stateCounter)
        writer.write(total)
        writer.write(start)
        // In range: the page has at most 16 items.
        writer.write(UInt8(truncatingIfNeeded: items.count))
        for item in items { item.write(to: &writer) }
    }
}
