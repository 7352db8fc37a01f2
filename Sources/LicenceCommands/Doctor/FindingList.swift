import Control

/// Findings as a person reads them: one after the other, each with what cures it underneath, and their sum.
struct FindingList {
    let findings: [FindingEntry]

    /// How many of them need somebody to act.
    var problems: Int { findings.count { $0.state == .problem } }

    /// The lines. What is found is wrapped; a cure stays on one line, since somebody may have to copy it.
    var text: String {
        let lines = findings.map { finding in
            let state = finding.state.rawValue
            let object = finding.object.map { " \($0)" } ?? ""
            let indent = Self.width - state.count
            let found = PlainOutput.wrapped("\(finding.subject)\(object): \(finding.found)", indent: Self.width)
            let cure = finding.cure.map { String(repeating: " ", count: Self.width) + "-> \(Self.line($0))\n" } ?? ""
            return state + String(repeating: " ", count: max(1, indent)) + found.dropFirst(Self.width) + cure
        }
        let sum =
            switch problems {
            case 0: "no problem was found"
            case 1: "1 problem was found"
            default: "\(problems) problems were found"
            }
        return lines.joined() + "\n\(sum)\n"
    }

    /// The column in which sentences begin.
    private static let width = 9

    private static func line(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
