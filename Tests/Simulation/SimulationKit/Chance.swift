import TestKit
package import Vaults

/// The generator that decides what happens: SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", 2014). The same seed gives the same numbers on every machine.
package struct Chance: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True once in `count` times on average.
    package mutating func one(in count: UInt64) -> Bool { next() % count == 0 }

    /// A number from 0 up to below `limit`, which is at least 1.
    package mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<max(1, limit), using: &self) }

    /// One of several, if there is one.
    package mutating func pick<Choices: Collection>(_ choices: Choices) -> Choices.Element? {
        choices.isEmpty ? nil : choices[choices.index(choices.startIndex, offsetBy: below(choices.count))]
    }
}

/// The random source of every vault in a world. For each action it begins anew, so that an action draws the same secrets
/// however many were left out before it.
package final class Entropy {
    private let seed: UInt64
    private var random: DeterministicRandom

    package init(seed: UInt64) {
        self.seed = seed
        random = DeterministicRandom(seed: seed)
    }

    /// Begins anew for an action.
    func begin(_ action: Int) {
        var chance = Chance(seed: seed ^ UInt64(truncatingIfNeeded: action) &* 0xD6E8_FEB8_6659_FD93)
        random = DeterministicRandom(seed: chance.next())
    }

    /// This source as a vault wants it.
    package var source: RandomBytes { { [self] count in random.bytes(count) } }
}
