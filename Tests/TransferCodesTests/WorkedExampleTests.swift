import Foundation
import Testing

@testable import TransferCodes

/// The specification, `Codes.md`, value by value.
@Suite struct WorkedExampleTests {
    @Test func everyBlockOfTheWorkedExampleIsWhatTheProductComputes() throws {
        let path = "Sources/TransferCodes/TransferCodes.docc/Codes.md"
        let article = String(decoding: try Data(contentsOf: Fixture.root.appending(path: path)), as: UTF8.self)
        let example = try #require(try WorkedExample())
        var rest = article[...]
        for block in try example.blocks() {
            // In the article's order, so that no block stands in for another.
            guard let found = rest.firstRange(of: "```\n\(block)\n```\n") else {
                Issue.record("the article does not have this, or not in this place:\n\(block)")
                continue
            }
            rest = rest[found.upperBound...]
        }
    }

    @Test func thePowersOfAlphaOfTheSpecification() {
        #expect(
            Field32.powers.prefix(31) == [
                1, 2, 4, 8, 16, 5, 10, 20, 13, 26, 17, 7, 14, 28, 29, 31, 27, 19, 3, 6, 12, 24, 21, 15, 30, 25, 23, 11,
                22, 9, 18,
            ])
    }

    @Test func theGeneratorOfTheSpecification() {
        // x^5 divided by g leaves the rest of g: the check of a line that is 1 in its last data symbol and 0 elsewhere.
        let last = [UInt8](repeating: 0, count: 14) + [1]
        #expect(LineCode.check(kind: 0, line: 0, data: last) == [27, 15, 23, 25, 31])
    }
}
