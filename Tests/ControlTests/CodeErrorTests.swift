import Control
import Licensing
import Testing
import TransferCodes

/// What the reader of codes finds wrong reaches the person as it said it.
struct CodeErrorTests {
    @Test func keepsTheReadersOwnWords() {
        let errors: [(CodeError, LicenceError.Code)] = [
            (.nothingFound, .codeNotFound), (.unreadable(lines: [2, 3]), .codeUnreadable),
            (.missing(lines: [4]), .codeIncomplete), (.conflictingLines(line: 1), .codeConflicting),
            (.foreignLine(2, of: .receipt), .codeConflicting), (.severalCodes([.start, .request]), .codeConflicting),
            (.wrongKind(found: .request, expected: .activation), .codeWrongKind),
            (.unknownKind(letter: "Z"), .codeTooNew),
            (.unknownVersion(.start, version: 2), .codeTooNew), (.flagsNotZero(.start, flags: 1), .codeTooNew),
            (.certificateLength(200), .codeMalformed), (.checkFailed(suspects: [3]), .codeCheckFailed),
            (.paddingNotZero(.receipt), .codeMalformed), (.tooLarge(5_000_000), .codeTooLarge),
            (.invalidField(.start, .certificate), .codeMalformed),
        ]
        for (error, code) in errors {
            let translated = LicenceError(error)
            #expect(translated.code == code)
            #expect(translated.message == error.message)
            #expect(translated.hint.hasSuffix(error.hint))
        }
    }

    @Test func namesTheRepairedLinesOnce() {
        let error = LicenceError(.checkFailed(suspects: [3, 7]))
        #expect(error.parameters[.suspects] == "3, 7")
    }
}
