import Foundation
import TransferCodes

/// Every small fault that a line of a code can have, in every line of every kind of code: it has to be put right and
/// reported in its place, or refused with the line named.
///
/// The tests take samples of these; this takes all. Faults that one line is put right from by itself stand in all lines
/// of a code at once, where there are too many for one after the other.
struct EveryFault {
    private var random: BenchRandom
    private let codes: [TransferCode]
    private var failures = 0

    /// How many failures are printed.
    private static let mostPrinted = 5

    /// Nil where the sample transfer can't be made.
    init?(seed: UInt64) {
        random = BenchRandom(seed: seed)
        guard let transfer = SoakTransfer(&random) else { return nil }
        codes = transfer.codes
    }

    /// Tries them all and prints how many there were; whether every one came out as it has to.
    mutating func run() -> Bool {
        for code in codes {
            let printed = PrintedLines(code)
            let counts = [
                ("wrong character", wrongCharacters(printed)), ("swapped neighbours", swappedNeighbours(printed)),
                ("lost", lostCharacters(printed)), ("doubled", doubledCharacters(printed)),
                ("two wrong", twoWrongCharacters(printed)), ("five unreadable", fiveUnreadable(printed)),
                ("lines lost, doubled and swapped", wholeLines(printed)),
            ]
            let text = counts.map { "\($0.0): \($0.1)" }.joined(separator: "; ")
            print("\(code.kind.name), \(printed.lines.count) lines: \(text)")
            fflush(nil)
        }
        print(failures == 0 ? "each put right and reported, or refused by name" : "\(failures) OTHERWISE")
        return failures == 0
    }

    // MARK: - In one line

    /// Each of the 20 characters as each of the 31 others.
    private mutating func wrongCharacters(_ printed: PrintedLines) -> Int {
        var count = 0
        for line in printed.lines.indices {
            for place in 0..<20 {
                let right = printed.character(line, place)
                for wrong in PrintedLines.alphabet where wrong != right {
                    var damaged = printed
                    damaged.set(wrong, line, place)
                    expect(damaged, of: printed.code) { $0 == [printed.repair(line, place, read: wrong)] }
                    count += 1
                }
            }
        }
        return count
    }

    private mutating func swappedNeighbours(_ printed: PrintedLines) -> Int {
        var count = 0
        for line in printed.lines.indices {
            for place in 0..<19 {
                let (first, second) = (printed.character(line, place), printed.character(line, place + 1))
                var damaged = printed
                damaged.set(second, line, place)
                damaged.set(first, line, place + 1)
                let repairs = [
                    printed.repair(line, place, read: second), printed.repair(line, place + 1, read: first),
                ]
                expect(damaged, of: printed.code) { found in
                    // Where the next line's number is the last character, the one before is taken for one too many.
                    let isOneTooMany = found.count == 1 && found[0].line == line + 1 && found[0].correct == nil
                    return found == (first == second ? [] : repairs) || place == 18 && isOneTooMany
                }
                count += 1
            }
        }
        return count
    }

    private mutating func lostCharacters(_ printed: PrintedLines) -> Int {
        var count = 0
        for line in printed.lines.indices {
            for place in 0..<20 {
                var damaged = printed
                let lost = damaged.remove(line, place)
                let correct = String(UnicodeScalar(lost))
                // The line's number, or the next one's, takes the place of a character that is the same.
                let isReplaced =
                    place == 0 && printed.number(line).utf8.last == lost
                    || place == 19 && line + 1 < printed.lines.count && printed.number(line + 1).utf8.first == lost
                expect(damaged, of: printed.code) { repairs in
                    isReplaced && repairs.isEmpty
                        || repairs.count == 1 && repairs[0].line == line + 1 && repairs[0].group == place / 5 + 1
                            && repairs[0].read == nil && repairs[0].correct == correct
                }
                count += 1
            }
        }
        return count
    }

    private mutating func doubledCharacters(_ printed: PrintedLines) -> Int {
        var count = 0
        for line in printed.lines.indices {
            for place in 0..<20 {
                var damaged = printed
                damaged.double(line, place)
                expect(damaged, of: printed.code) { repairs in
                    repairs.count == 1 && repairs[0].line == line + 1 && repairs[0].group == place / 5 + 1
                        && repairs[0].correct == nil
                }
                count += 1
            }
        }
        return count
    }

    // MARK: - In all lines at once

    /// Each pair of places with each pair of wrong characters. What is wrong differs from line to line.
    private mutating func twoWrongCharacters(_ printed: PrintedLines) -> Int {
        let pairs = (0..<20).flatMap { first in (first + 1..<20).map { (first, $0) } }
        var count = 0
        for pair in pairs.indices {
            for wrong in 0..<31 * 31 {
                var damaged = printed
                var expected: [Repair] = []
                for line in printed.lines.indices {
                    let places = pairs[(pair + 11 * line) % pairs.count]
                    let change = (wrong + 97 * line) % (31 * 31)
                    for (place, step) in [(places.0, change / 31 + 1), (places.1, change % 31 + 1)] {
                        let character = printed.other(line, place, step: step)
                        damaged.set(character, line, place)
                        expected.append(printed.repair(line, place, read: character))
                    }
                }
                expect(damaged, of: printed.code) { $0 == expected }
                count += printed.lines.count
            }
        }
        return count
    }

    /// Each choice of five places.
    private mutating func fiveUnreadable(_ printed: PrintedLines) -> Int {
        var count = 0
        for choice in 0..<1 << 20 where choice.nonzeroBitCount == 5 {
            let places = (0..<20).filter { choice >> $0 & 1 == 1 }
            var damaged = printed
            var expected: [Repair] = []
            for line in printed.lines.indices {
                for place in places {
                    damaged.set(PrintedLines.unreadable, line, place)
                    expected.append(printed.repair(line, place, read: PrintedLines.unreadable))
                }
            }
            expect(damaged, of: printed.code) { $0 == expected }
            count += printed.lines.count
        }
        return count
    }

    // MARK: - Of whole lines

    private mutating func wholeLines(_ printed: PrintedLines) -> Int {
        var count = 0
        for line in printed.lines.indices {
            var damaged = printed
            damaged.lines.remove(at: line)
            if printed.lines.count == 1 {
                refuse(damaged, of: printed.code, with: .nothingFound)
            } else {
                refuse(damaged, of: printed.code, with: .missing(lines: [line + 1]))
            }
            damaged = printed
            damaged.lines.insert(printed.lines[line], at: line)
            expect(damaged, of: printed.code) { $0.isEmpty }
            count += 2
            for other in printed.lines.indices where other > line {
                damaged = printed
                damaged.lines.swapAt(line, other)
                expect(damaged, of: printed.code) { $0.isEmpty }
                // The same with the numbers left where they were.
                damaged.swapNumbers(line, other)
                expect(damaged, of: printed.code) {
                    $0.map(\.line) == [line + 1, other + 1] && $0.allSatisfy { $0.group == 0 }
                }
                count += 2
            }
        }
        return count
    }

    // MARK: - What has to come of it

    private mutating func expect(_ damaged: PrintedLines, of code: TransferCode, _ isRight: ([Repair]) -> Bool) {
        do throws(CodeError) {
            let read = try CodeReader.read(damaged.text, expecting: code.kind)
            if read.code != code {
                fail(damaged, "read as another code")
            } else if !isRight(read.repairs) {
                fail(damaged, "reported as \(read.repairs.map(\.description))")
            }
        } catch {
            fail(damaged, error.message)
        }
    }

    private mutating func refuse(_ damaged: PrintedLines, of code: TransferCode, with expected: CodeError) {
        do throws(CodeError) {
            _ = try CodeReader.read(damaged.text, expecting: code.kind)
            fail(damaged, "not refused")
        } catch {
            if error != expected { fail(damaged, error.message) }
        }
    }

    private mutating func fail(_ damaged: PrintedLines, _ reason: String) {
        failures += 1
        if failures <= Self.mostPrinted { print("\(reason):\n\(String(decoding: damaged.text, as: UTF8.self))") }
    }
}

/// The lines of a code as they are printed, to be damaged.
private struct PrintedLines {
    let code: TransferCode
    /// Each without its end.
    var lines: [[UInt8]]
    /// Where the 20 characters of each line are.
    private let places: [[Int]]

    static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    static let unreadable = UInt8(ascii: "?")

    init(_ code: TransferCode) {
        self.code = code
        lines = code.codeLines.map { Array($0.text.utf8) }
        places = zip(lines, code.codeLines).map { line, codeLine in
            line.indices.filter { $0 >= String(codeLine.number).utf8.count && line[$0] != 0x20 }
        }
    }

    var text: [UInt8] { lines.reduce(into: []) { $0 += $1 + [0x0A] } }

    func number(_ line: Int) -> String { String(line + 1) }

    func character(_ line: Int, _ place: Int) -> UInt8 { lines[line][places[line][place]] }

    /// The character so many steps behind the right one in the alphabet.
    func other(_ line: Int, _ place: Int, step: Int) -> UInt8 {
        let index = Self.alphabet.firstIndex(of: character(line, place)) ?? 0
        return Self.alphabet[(index + step) % 32]
    }

    func repair(_ line: Int, _ place: Int, read: UInt8) -> Repair {
        Repair(
            line: line + 1, group: place / 5 + 1, position: place % 5 + 1, read: String(UnicodeScalar(read)),
            correct: String(UnicodeScalar(character(line, place))))
    }

    mutating func set(_ character: UInt8, _ line: Int, _ place: Int) { lines[line][places[line][place]] = character }

    mutating func remove(_ line: Int, _ place: Int) -> UInt8 { lines[line].remove(at: places[line][place]) }

    mutating func double(_ line: Int, _ place: Int) {
        lines[line].insert(character(line, place), at: places[line][place])
    }

    /// Gives two lines that changed their places their former numbers' places back.
    mutating func swapNumbers(_ first: Int, _ second: Int) {
        let numbers = [first, second].map { lines[$0].prefix { $0 != 0x20 } }
        lines[first] = Array(numbers[1]) + lines[first].dropFirst(numbers[0].count)
        lines[second] = Array(numbers[0]) + lines[second].dropFirst(numbers[1].count)
    }
}
