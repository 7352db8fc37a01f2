import Glibc

/// A byte string that is looked for in much larger ones, at whatever offset.
package struct Needle {
    private let bytes: [UInt8]
    /// The first byte that is not zero, which is rare where most of what is searched is empty.
    private let mark: Int

    /// - Parameter bytes: not all zeros; otherwise nil, for what is erased is found everywhere.
    package init?(_ bytes: [UInt8]) {
        guard let mark = bytes.firstIndex(where: { $0 != 0 }) else { return nil }
        (self.bytes, self.mark) = (bytes, mark)
    }

    /// How many bytes it has.
    package var count: Int { bytes.count }

    /// How often it stands in `hay`, overlapping itself or not.
    package func occurrences(in hay: [UInt8]) -> Int { hay.withUnsafeBytes { occurrences(in: $0) } }

    /// How often it stands in `hay`, beginning before `end` where that is given.
    package func occurrences(in hay: UnsafeRawBufferPointer, before end: Int = .max) -> Int {
        guard let base = hay.baseAddress, hay.count >= bytes.count else { return 0 }
        let starts = min(end, hay.count - bytes.count + 1)
        var (count, start) = (0, 0)
        // Safe because start + mark stays below the end of `hay` while start is below `starts`, and so does what is compared.
        while start < starts, let place = memchr(base + start + mark, Int32(bytes[mark]), starts - start) {
            start = UnsafeRawPointer(place) - base - mark
            if memcmp(base + start, bytes, bytes.count) == 0 { count += 1 }
            start += 1
        }
        return count
    }
}
