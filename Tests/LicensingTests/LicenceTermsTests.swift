import Licensing
import TestKit
import Testing

@Suite struct LicenceTermsTests {
    @Test(arguments: [
        ("P", "1"), ("Sixteen bytes!!!", "0.0.0-rc+1234"), ("é", "~"), ("日本語製品", "!"), ("a b", "v"),
    ])
    func takesNamesAndVersionsWithinTheLimits(_ product: String, _ version: String) throws {
        let terms = TestTerms().with {
            $0.product = product
            $0.productVersion = String(version.prefix(12))
        }
        #expect(try terms.licenceTerms.product == product)
    }

    @Test(arguments: [
        "", "Seventeen bytes!!", "日本語製品名", " Runtime", "Runtime ", "\u{a0}Runtime", "Runtime\u{3000}", " \u{301}x",
        "Run\ttime", "Run\ntime", "Run\u{7}time", "Run\u{1b}[2J", "Run\u{7f}time", "Run\u{85}time", "Run\u{a0}time",
        "Run\u{200b}time", "Run\u{200d}time", "Run\u{202e}emit", "Run\u{2066}time", "Run\u{2028}time",
        "Run\u{2029}time", "\u{feff}Runtime", "Run\u{e000}time", "Run\u{378}time", "Run\u{2003}time", "Run\u{ad}time",
    ])
    func refusesNamesThatAreTooLongEmptyOrNotPrintable(_ product: String) {
        refuses(TestTerms().with { $0.product = product }, "the product's name")
    }

    @Test(arguments: ["", "1234567890123", "1 2", " 1", "1\t", "1\u{7f}", "é", "1\u{202e}"])
    func refusesVersionsThatAreNotShortPrintableASCII(_ version: String) {
        refuses(TestTerms().with { $0.productVersion = version }, "the version")
    }

    @Test func refusesQuantitiesThatMakeNoSense() throws {
        for type in LicenceType.allCases {
            refuses(TestTerms().with { ($0.type, $0.quantity) = (type, 0) }, "the quantity")
        }
        for quantity in [2, 65_535] as [UInt16] {
            refuses(TestTerms().with { ($0.type, $0.quantity) = (.single, quantity) }, "a single licence")
            for type in [LicenceType.floating, .count] {
                #expect(try TestTerms().with { ($0.type, $0.quantity) = (type, quantity) }.licenceTerms.type == type)
            }
        }
    }

    @Test func endsOnTheDayOfIssueAtTheEarliest() throws {
        refuses(TestTerms().with { $0.validUntil = "2026-01-14" }, "the validity")
        let terms = try TestTerms().with { $0.validUntil = "2026-01-15" }.licenceTerms
        #expect(terms.isValid(on: try day("2026-01-14")))
        #expect(terms.isValid(on: try day("2026-01-15")))
        #expect(!terms.isValid(on: try day("2026-01-16")))
        #expect(try TestTerms().licenceTerms.isValid(on: CalendarDay(daysSince1970: .max)))
    }

    /// The first day there is stands for "no end" in a certificate, so it can't be an end.
    @Test func doesNotEndOnTheFirstDayOfAll() {
        refuses(TestTerms().with { ($0.issued, $0.validUntil) = ("1970-01-01", "1970-01-01") }, "the validity")
    }

    @Test func everyTypeHasItsNumberAndName() {
        #expect(LicenceType.allCases.map(\.rawValue) == [1, 2, 3])
        #expect(LicenceType.allCases.map(\.name) == ["single", "floating", "count"])
        #expect(LicenceType.allCases.allSatisfy { LicenceType(name: $0.name) == $0 })
        #expect(LicenceType(name: "Single") == nil)
        #expect(LicenceType(rawValue: 0) == nil)
    }

    private func day(_ text: String) throws -> CalendarDay { try #require(CalendarDay(text)) }

    private func refuses(
        _ terms: TestTerms, _ reason: String, _ location: SourceLocation = #_sourceLocation
    ) {
        let error = #expect(throws: LicenceError.self, sourceLocation: location) { try terms.licenceTerms }
        #expect(error?.code == .certificateMalformed, sourceLocation: location)
        #expect(error?.parameters[.reason]?.contains(reason) == true, sourceLocation: location)
    }
}
