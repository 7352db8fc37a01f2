import Foundation
import TransferCodes

/// Corrupts codes at random, reads them, and lets each code's own check judge whatever comes out.
struct CorruptionSoak {
    private let seed: UInt64
    private var random: BenchRandom
    private var counts: [Outcome: UInt64] = [:]

    /// What came of one corruption.
    private enum Outcome: String, CaseIterable {
        case unchanged = "read, nothing to put right"
        case repaired = "read, put right and reported"
        case refused = "refused by the reader"
        case caught = "read as another code, refused by its check"
        case wrong = "ACCEPTED WRONGLY"
    }

    init(seed: UInt64) {
        self.seed = seed
        random = BenchRandom(seed: seed)
    }

    /// Runs so many corruptions and prints what came of them; whether none was accepted wrongly.
    mutating func run(count: UInt64) -> Bool {
        print("seed \(seed), \(count) corruptions")
        let transfers = (0..<16).compactMap { _ in SoakTransfer(&random) }
        guard transfers.count == 16 else {
            print("error: the transfers could not be made")
            return false
        }
        for index in 0..<count {
            if index > 0, index % 1_000_000 == 0 { report(index) }
            let transfer = transfers[random.below(transfers.count)]
            // Start codes take longest and have the strongest check; they get a smaller share.
            let index = random.below(16) == 0 ? 0 : 1 + random.below(5)
            let code = transfer.codes[index]
            let strangers = transfers[random.below(transfers.count)].lines[index]
            let text = corrupted(transfer.lines[index], strangers)
            counts[outcome(of: text, code, transfer), default: 0] += 1
        }
        report(count)
        return (counts[.wrong] ?? 0) == 0
    }

    private func report(_ count: UInt64) {
        let outcomes = Outcome.allCases.map { "\($0.rawValue): \(counts[$0] ?? 0)" }
        print("\(count): \(outcomes.joined(separator: "; "))")
        fflush(nil)
    }

    private mutating func outcome(of text: [UInt8], _ code: TransferCode, _ transfer: SoakTransfer) -> Outcome {
        guard let read = try? CodeReader.read(text, expecting: code.kind) else { return .refused }
        if read.code == code { return read.repairs.isEmpty ? .unchanged : .repaired }
        // Another start code of the other form can be meant by nobody here.
        guard transfer.accepts(read.code) else { return .caught }
        print(
            "accepted wrongly: a \(code.kind.name)\n\(String(decoding: text, as: UTF8.self))was read as\n\(read.code.lines.joined(separator: "\n"))"
        )
        return .wrong
    }

    // MARK: Corrupting

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The lines of a code after some accidents: mostly few, sometimes many, to characters and to lines.
    private mutating func corrupted(_ printed: [[UInt8]], _ strangers: [[UInt8]]) -> [UInt8] {
        var lines = printed
        for _ in 0...random.below(1 << (1 + random.below(4))) {
            let line = random.below(lines.count)
            switch random.below(24) {
            case 0 where lines.count > 1: lines.remove(at: line)
            case 1: lines.swapAt(line, random.below(lines.count))
            case 2: lines.insert(lines[line], at: random.below(lines.count + 1))
            case 3: lines[line] = strangers[random.below(strangers.count)]
            default: corrupt(&lines[line])
            }
        }
        return lines.reduce(into: []) { $0 += $1 + [0x0A] }
    }

    private mutating func corrupt(_ line: inout [UInt8]) {
        guard line.count > 1 else { return }
        let place = random.below(line.count)
        let character = Self.alphabet[random.below(32)]
        switch random.below(8) {
        case 0...3: line[place] = character
        case 4: line[place] = 0x3F
        case 5: line.remove(at: place)
        case 6: line.insert(random.below(2) == 0 ? line[place] : character, at: place)
        default: line.swapAt(place, max(0, place - 1))
        }
    }
}
