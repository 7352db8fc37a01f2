@testable import TransferCodes

/// What is refused.
extension CodeVectorFactory {
    static func refusals() throws -> [CodeVector] {
        let (code, other) = (try SampleCodes.code(.activation), try SampleCodes.code(.activation, seed: 2))
        let request = try SampleCodes.code(.request)
        let (start, otherStart) = (
            try SampleCodes.code(.start, certificateLength: 40),
            try SampleCodes.code(.start, seed: 2, certificateLength: 40)
        )
        let right = Array(code.codeLines[1].compactText)
        let three = damaged(code, [1, 8, 17].map { ($0, right[$0] == "7" ? "8" : "7") }).input
        var mixed = start.lines
        mixed[3] = otherStart.lines[3]
        var suspect = start.lines
        let damagedLine = RepairTests.text(otherStart, line: 4) { $0[9] = $0[9] == "7" ? "8" : "7" }
        suspect[3] = damagedLine.split(separator: "\n").map(String.init)[3]
        let longer = try SampleCodes.code(.start, certificateLength: 80)
        return [
            failure("refuse-nothing", "no code", .nothingFound, lines(["The code will follow tomorrow."])),
            failure(
                "refuse-three-wrong", "three wrong characters", .unreadable(lines: [2]), three, expecting: .activation),
            failure(
                "refuse-missing", "lines missing", .missing(lines: [2, 4]), lines([request.lines[0], request.lines[2]])),
            failure(
                "refuse-missing-start", "the last line of a start code missing", .missing(lines: [start.lines.count]),
                lines(start.lines.dropLast())),
            failure(
                "refuse-conflicting", "two different second lines", .conflictingLines(line: 2),
                lines(code.lines + [other.lines[1]])),
            failure(
                "refuse-foreign", "a request code's second line in an activation code", .foreignLine(2, of: .request),
                lines([code.lines[0], request.lines[1]]), expecting: .activation),
            failure(
                "refuse-beyond", "a line beyond the start code's last", .foreignLine(9, of: .start),
                lines(start.lines + [longer.lines[8]])),
            failure(
                "refuse-several", "two codes of different kinds", .severalCodes([.request, .activation]),
                lines(code.lines + request.lines)),
            failure(
                "refuse-check", "a line of another start code", .checkFailed(suspects: []), lines(mixed)),
            failure(
                "refuse-check-suspect", "a repaired line of another start code", .checkFailed(suspects: [4]),
                lines(suspect)),
        ]
    }
}
