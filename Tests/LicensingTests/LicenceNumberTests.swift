import Licensing
import TestKit
import Testing

@Suite struct LicenceNumberTests {
    @Test func readsBackWhatItPrints() {
        let random = DeterministicRandom(seed: 21)
        for value in [0, 1, 0x8000_0000_0000_0000, .max] + (0..<500).map({ _ in random.next() }) {
            let number = LicenceNumber(rawValue: value)
            let text = number.description
            #expect(text.split(separator: "-").map(\.count) == [5, 5, 3])
            for form in [text, text.lowercased(), text.filter { $0 != "-" }, " \(text) "] {
                #expect(LicenceNumber(form) == number)
            }
        }
    }

    /// 0x0123456789abcdef by hand: 13 groups of five bits, the last one four bits and a zero.
    @Test func printsTheMostSignificantBitsFirst() {
        #expect(LicenceNumber(rawValue: 0x0123_4567_89ab_cdef).description == "04HMA-SW9NF-6YY")
        #expect(LicenceNumber(rawValue: .max).description == "ZZZZZ-ZZZZZ-ZZY")
        #expect(LicenceNumber(rawValue: 1).description == "00000-00000-002")
    }

    @Test func readsLettersThatLookLikeDigitsAsThose() {
        #expect(LicenceNumber("O4HMA-SW9NF-6YY") == LicenceNumber("04HMA-SW9NF-6YY"))
        #expect(LicenceNumber("I4HMA-SW9NF-6YY") == LicenceNumber("l4HMA-SW9NF-6YY"))
    }

    @Test(arguments: [
        "", "04HMA", "04HMA-SW9NF-6Y", "04HMA-SW9NF-6YYY", "04HMA-SW9NF-6YZ", "04HMA-SW9NF-6Y1", "U4HMA-SW9NF-6YY",
        "04HMA_SW9NF_6YY", "04HMA-SW9NF-6Y\u{1b}", "０4HMA-SW9NF-6YY",
    ])
    func refusesWhatIsNoNumber(_ text: String) {
        #expect(LicenceNumber(text) == nil)
    }

    @Test func beginsWithItsPrefixes() throws {
        let number = try #require(LicenceNumber("04HMA-SW9NF-6YY"))
        for prefix in ["0", "O", "04hm", "04HMA", "04HMA-", "04HMA-S", "04HMASW9NF6YY", "04HMA-SW9NF-6YY"] {
            #expect(number.begins(with: prefix), "\(prefix)")
        }
        for other in ["", "-", " ", "4", "04HMB", "04HMA-SW9NF-6YYY", "04HMA?", "é"] {
            #expect(!number.begins(with: other), "\(other)")
        }
    }

    @Test func sortsAsItReads() {
        let random = DeterministicRandom(seed: 22)
        let numbers = (0..<200).map { _ in LicenceNumber(rawValue: random.next()) }
        #expect(numbers.sorted().map(\.description) == numbers.map(\.description).sorted())
    }
}
