import Testing

@testable import TransferCodes

/// The line code by itself, on words of 22 symbols.
@Suite struct LineCodeTests {
    /// Some lines of every kind.
    private static func words() throws -> [[UInt8]] {
        try SampleCodes.all(seed: 7).flatMap(\.codeLines).map { line in
            [line.kind.rawValue, UInt8(line.number)] + line.symbols
        }
    }

    @Test func alphaHasOrder31AndSolvesTheFieldPolynomial() {
        #expect(Set(Field32.powers.prefix(31)).count == 31)
        #expect(Field32.power(5) == Field32.power(2) ^ 1)
        for a in 1...31 as ClosedRange<UInt8> {
            for b in 1...31 as ClosedRange<UInt8> { #expect(Field32.divide(Field32.multiply(a, b), b) == a) }
        }
    }

    @Test func everySingleWrongSymbolIsPutRight() throws {
        for word in try Self.words() {
            for place in 0..<22 {
                for value in 0..<32 as Range<UInt8> {
                    var damaged = word
                    damaged[place] = value
                    #expect(LineCode.correct(damaged) == word)
                }
            }
        }
    }

    @Test func anyTwoWrongSymbolsArePutRight() throws {
        var generator = SeededGenerator(seed: 2)
        for word in try Self.words().prefix(8) {
            for first in 0..<22 {
                for second in first + 1..<22 {
                    var damaged = word
                    damaged[first] ^= UInt8(1 + generator.below(31))
                    damaged[second] ^= UInt8(1 + generator.below(31))
                    #expect(LineCode.correct(damaged) == word)
                }
            }
        }
    }

    @Test func anyFiveUnreadableSymbolsArePutRight() throws {
        let word = try #require(try Self.words().first)
        var count = 0
        for set in Self.subsets(of: 5, from: 2..<22) {
            var damaged = word
            for place in set { damaged[place] = 31 }
            #expect(LineCode.correct(damaged, erased: set) == word)
            count += 1
        }
        #expect(count == 15504)
    }

    @Test func mixturesWithinTheDistanceArePutRight() throws {
        var generator = SeededGenerator(seed: 3)
        for (errors, erasures) in [(1, 1), (1, 2), (1, 3), (2, 1), (0, 3), (0, 4)] {
            for word in try Self.words() {
                for _ in 0..<40 {
                    let places = (0..<22).shuffled(using: &generator).prefix(errors + erasures)
                    var damaged = word
                    for place in places { damaged[place] ^= UInt8(1 + generator.below(31)) }
                    #expect(LineCode.correct(damaged, erased: Array(places.suffix(erasures))) == word)
                }
            }
        }
    }

    @Test func threeWrongSymbolsAreAlwaysDetected() throws {
        var generator = SeededGenerator(seed: 4)
        for word in try Self.words() {
            for _ in 0..<2000 {
                var damaged = word
                for place in (0..<22).shuffled(using: &generator).prefix(3) {
                    damaged[place] ^= UInt8(1 + generator.below(31))
                }
                #expect(LineCode.correct(damaged) == nil)
            }
        }
    }

    @Test func linesAreRecognisedByTheirCheckGroupAlone() throws {
        for word in try Self.words() {
            let found = try #require(LineCode.recognise(word, 2..<22))
            #expect(found.kind == word[0])
            #expect(found.line == Int(word[1]))
            for place in 2..<22 {
                var damaged = word
                damaged[place] ^= 5
                let other = LineCode.recognise(damaged, 2..<22)
                #expect(other == nil)
            }
        }
        #expect(LineCode.recognise([1, 2, 3]) == nil)
        #expect(LineCode.recognise([UInt8](repeating: 40, count: 20)) == nil)
    }

    @Test func aLineIsCompletedWhereNoMoreThanTwoSymbolsAreUnknown() throws {
        for word in try Self.words().prefix(6) {
            let (kind, number, symbols) = (word[0], Int(word[1]), Array(word.dropFirst(2)))
            let line = LineCode.Completion.line(number, symbols)
            #expect(LineCode.complete(kind: kind, line: number, symbols) == line)
            #expect(LineCode.complete(kind: kind ^ 1, line: number, symbols) == .none)
            // Place 1 is the line's number.
            for unknown in Self.subsets(of: 1, from: 1..<22) + Self.subsets(of: 2, from: 1..<22) {
                let given = unknown.contains(1) ? nil : number
                var damaged = symbols
                for place in unknown where place > 1 { damaged[place - 2] = TokenStream.unreadable }
                #expect(LineCode.complete(kind: kind, line: given, damaged) == line)
                let readable = damaged.indices.filter { damaged[$0] < 32 }
                damaged[readable[(unknown[0] * 7) % readable.count]] ^= 9
                #expect(LineCode.complete(kind: kind, line: given, damaged) == .none)
                damaged[readable[0]] = TokenStream.unreadable
                damaged[readable[1]] = TokenStream.unreadable
                #expect(unknown.count == 1 || LineCode.complete(kind: kind, line: given, damaged) == .tooManyUnknown)
            }
        }
        #expect(LineCode.complete(kind: 1, line: 1, [1, 2, 3]) == .none)
        #expect(LineCode.complete(kind: 40, line: 1, [UInt8](repeating: 0, count: 20)) == .none)
        #expect(LineCode.complete(kind: 1, line: 40, [UInt8](repeating: 0, count: 20)) == .none)
    }

    @Test func noMoreThanFiveUnreadableSymbolsAreTried() throws {
        let word = try #require(try Self.words().first)
        #expect(LineCode.correct(word, erased: [2, 3, 4, 5, 6, 7]) == nil)
        #expect(LineCode.correct(word, erased: [22]) == nil)
        #expect(LineCode.correct([1, 2, 3]) == nil)
    }

    /// All subsets of a size, each ascending.
    private static func subsets(of size: Int, from range: Range<Int>) -> [[Int]] {
        guard size > 0 else { return [[]] }
        return range.flatMap { first in
            subsets(of: size - 1, from: first + 1..<max(first + 1, range.upperBound)).map { [first] + $0 }
        }
    }
}
