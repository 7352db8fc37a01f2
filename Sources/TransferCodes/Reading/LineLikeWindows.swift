/// The windows of a text that look like lines, of which there is room for a number.
///
/// A text with more is none that a person sends, and the work of trying them has to end. There is room of its own for those
/// with a number in front or a line of text of their own, as printed lines have: an encoded picture holds hundreds of words
/// of about twenty letters, which would keep the lines behind it from being tried.
struct LineLikeWindows {
    /// The windows, in the order of the text.
    private(set) var windows: [Window] = []
    private var placedCount = 0

    /// How many there is room for with a number or a line of text of their own, and how many without.
    static let room = 512

    /// None.
    init() {}

    /// Those of these for which there is room, which are put in order.
    init(_ windows: [Window]) {
        for window in windows.sorted(by: { $0.precedes($1) }) { add(window) }
    }

    /// Whether there is no room for any other.
    var isFull: Bool { windows.count == 2 * Self.room }

    /// Adds one, which comes behind all others in the text, if there is room for it.
    mutating func add(_ window: Window) {
        let isPlaced = window.evidence.isPlaced
        guard (isPlaced ? placedCount : windows.count - placedCount) < Self.room else { return }
        windows.append(window)
        if isPlaced { placedCount += 1 }
    }
}
