import Crypto
package import Vaults

/// A random source that gives the same bytes for the same seed: SHA-256 of the seed and a counter.
///
/// For tests and simulations only; a run that prints its seed can be run again.
package final class DeterministicRandom: RandomNumberGenerator {
    /// What the bytes follow from.
    package let seed: UInt64
    private var counter: UInt64 = 0
    private var left: [UInt8] = []

    package init(seed: UInt64) {
        self.seed = seed
    }

    /// The next `count` bytes.
    package func bytes(_ count: Int) -> [UInt8] {
        while left.count < count {
            var block = SHA256()
            withUnsafeBytes(of: (seed.bigEndian, counter.bigEndian)) { block.update(bufferPointer: $0) }
            left += block.finalize()
            counter += 1
        }
        defer { left.removeFirst(count) }
        return Array(left.prefix(count))
    }

    /// This source as the rules of the transfer want it.
    package var source: RandomBytes { { [self] count in bytes(count) } }

    package func next() -> UInt64 {
        bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
