import Licensing
import Testing

@Suite struct LicenceErrorTests {
    /// With every parameter given, and each of them in lower case, so that a sentence that begins with one can be judged.
    private static let filled: [LicenceError.Parameter: String?] = Dictionary(
        uniqueKeysWithValues: LicenceError.Parameter.allCases.map { ($0, "value-of-\($0.rawValue)") })

    /// What is said by each code, and by each variant of one.
    private static let spoken =
        LicenceError.Code.allCases.map { ($0, nil) } + LicenceError.Variant.allCases.map { ($0.code, $0) }

    /// The error with these parameters, as the variant.
    private static func error(
        _ code: LicenceError.Code, _ variant: LicenceError.Variant?,
        _ parameters: [LicenceError.Parameter: String?] = [:]
    ) -> LicenceError {
        variant == nil ? LicenceError(code, parameters) : LicenceError(code, variant, parameters)
    }

    @Test(arguments: spoken)
    func readsInFullWithItsParameters(_ code: LicenceError.Code, _ variant: LicenceError.Variant?) {
        let error = Self.error(code, variant, Self.filled)
        for text in [error.message, error.hint] {
            #expect(!text.isEmpty)
            #expect(!text.contains("{") && !text.contains("}"), "\(text)")
            #expect(!text.contains("(unknown"), "\(text)")
            #expect(!text.contains("  ") && !text.contains("\n") && !text.contains("!"), "\(text)")
            #expect(text.first?.isLowercase == true, "\(text)")
            #expect(text.last != "." && text.last != " ", "\(text)")
        }
        #expect(error.message != error.hint)
        #expect(error.description == "\(code.rawValue): \(error.message)")
    }

    /// A place in braces whose name is no parameter would be left empty: it shows where every parameter is left out.
    @Test(arguments: spoken)
    func speaksOnlyOfKnownParameters(_ code: LicenceError.Code, _ variant: LicenceError.Variant?) {
        let bare = Self.error(code, variant)
        for text in [bare.message, bare.hint] {
            for range in text.ranges(of: "(unknown ") {
                let name = text[range.upperBound...].prefix { $0 != ")" }
                #expect(LicenceError.Parameter(rawValue: String(name)) != nil, "\(text)")
            }
        }
        let named = Self.error(code, variant, Self.filled.filter { $0.key != .suspects })
        for (with, without) in [(named.message, bare.message), (named.hint, bare.hint)] {
            // Every place that is filled in one is named in the other: no place vanished.
            #expect(with.ranges(of: "value-of-").count == without.ranges(of: "(unknown ").count, "\(with) / \(without)")
            #expect(!without.contains("  "), "\(without)")
        }
    }

    @Test func namesEachErrorOnce() {
        let messages = Self.spoken.map { code, variant in
            Self.error(code, variant).message + Self.error(code, variant).hint
        }
        let selfSpoken = LicenceError.Code.allCases.filter { LicenceError($0).message == "(unknown reason)" }
        #expect(Set(messages).count == messages.count - max(0, selfSpoken.count - 1))
    }

    @Test func leavesOutWhatIsNilAndCanBeExtended() {
        let error = LicenceError(.vaultFull, [.location: "local", .capacity: nil])
        #expect(error.parameters == [.location: "local"])
        #expect(error.message == "local has no room for another key (it holds (unknown capacity))")
        let extended = error.with(.capacity, "2 keys")
        #expect(extended.message == "local has no room for another key (it holds 2 keys)")
        #expect(error.with(.capacity, nil) == error)
        #expect(extended.with(.location, "usb:1").parameters[.location] == "usb:1")
        #expect(extended != error)
    }

    @Test func namesTheRepairedLinesFirst() {
        let hint = LicenceError(.activationWrong, [.transfer: "ABC123", .suspects: "2"]).hint
        #expect(hint.hasPrefix("line 2 had to be repaired"))
        #expect(hint.hasSuffix(LicenceError(.activationWrong, [.transfer: "ABC123"]).hint))
    }

    /// What a device or a file says can't steer the terminal it is shown on, fill it, or pose as a place of the text.
    @Test func aParameterCantSteerATerminalOrOpenAPlace() {
        let error = LicenceError(
            .storeFailed,
            [.location: "\u{1b}[2J\u{202e}{detail}\r\n\u{7}", .detail: String(repeating: "x", count: 5000)])
        #expect(error.parameters[.location] == "\u{fffd}[2J\u{fffd}{detail}\u{fffd}\u{fffd}\u{fffd}")
        #expect(
            error.message.hasPrefix("the disk failed under \u{fffd}[2J\u{fffd}{detail}\u{fffd}\u{fffd}\u{fffd}: xxx"))
        #expect(error.parameters[.detail]?.count == 512)
    }
}
