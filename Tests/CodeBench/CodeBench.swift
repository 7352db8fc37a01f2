import Foundation

/// Measures and strains the reader of transfer codes, in a release build:
///
///     CodeBench bench            medians, and their ratio to bare limits taken in the same run
///     CodeBench faults           every small fault in every line; ends with status 1 if one came out wrongly
///     CodeBench soak N [SEED]    N random corruptions; ends with status 1 if one was accepted wrongly
@main
enum CodeBench {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        switch (arguments.first, arguments.dropFirst().compactMap { UInt64($0) }) {
        case ("bench", let numbers) where numbers.isEmpty:
            ReadingBench.run()
        case ("faults", let numbers) where numbers.isEmpty:
            var faults = EveryFault(seed: 1)
            exit(faults?.run() == true ? 0 : 1)
        case ("soak", let numbers) where (1...2).contains(numbers.count):
            let seed = numbers.dropFirst().first ?? UInt64.random(in: 0 ... .max)
            var soak = CorruptionSoak(seed: seed)
            exit(soak.run(count: numbers[0]) ? 0 : 1)
        default:
            FileHandle.standardError.write(
                Data("usage: CodeBench bench | CodeBench faults | CodeBench soak N [SEED]\n".utf8))
            exit(64)
        }
    }
}
