import Control
import Licensing
import TransferCodes

/// What is said about each line.
extension CodeEntry {
    /// Says what came of a line, and asks where the person has to decide.
    mutating func say(_ verdict: TypedCode.Verdict) async throws {
        switch verdict {
        case .taken(let entry): sayTaken(entry)
        case .again(let entry): note("Line \(entry.line.number) is there already, and says the same.")
        case .corrected(let entry, _):
            note(
                "Line \(entry.line.number) is right now; before, something had been put right to make another line of it."
            )
        case .conflict(let entry, _): try sayConflict(entry.line.number)
        case .otherKind(let entry, let expected): await sayOtherKind(entry.line, expected)
        case .beyond(let entry, let count):
            note(
                "That is a line \(entry.line.number), and this \(kind.name) has \(count): it belongs to another one. It is "
                    + "not taken.")
        case .crowded(let entry, let count):
            note(
                "Line \(entry.line.number) is there in \(count) readings already, and this is another one. It is not taken: "
                    + "drop \(entry.line.number) takes them all out.")
        case .refused(let error): environment.note(ErrorReport(LicenceError(error)).wrappedText)
        case .unreadable(let fault):
            let line = asked.map { "line \($0)" } ?? "a line of the code"
            note("That is not \(line): \(fault.message). Type it once more; nothing else is lost.")
        }
    }

    private func sayTaken(_ entry: TypedCode.Entry) {
        let progress = kept.typed.progress
        guard !entry.repairs.isEmpty else { return note("Line \(entry.line.number) is right (\(progress)).") }
        note("Line \(entry.line.number) is taken as (\(progress)):")
        show(entry)
        if entry.isCheckGroupMisread {
            note("Only the check group was misread; what the line says was typed as it is.")
        }
    }

    /// Shows what was put right in a line, in its place.
    func show(_ entry: TypedCode.Entry) {
        // Marks under characters mean nothing to somebody to whom the screen is read; the sentences say the same.
        environment.note("  \(environment.showsPlaces ? entry.markedLine : entry.line.text)\n")
        for repair in entry.repairs { environment.note("  \(repair.sentence)\n") }
    }

    /// Asks at once which of two readings is right; in what was pasted at the end, since what follows is no answer.
    private mutating func sayConflict(_ number: Int) throws {
        guard environment.console.hasInputWaiting else { return try decide(number) }
        note("Line \(number) is there twice, and differs. Both are kept; which one is right is asked at the end.")
    }

    /// Asks which of the lines with one number is the one on the original. Without an answer all of them stay.
    private mutating func decide(_ number: Int) throws {
        let candidates = kept.typed.candidates(for: number)
        note("Line \(number) was typed before, and differs. Which is on the original?")
        for (index, entry) in candidates.enumerated() {
            let repairs = entry.repairs.isEmpty ? "as typed" : "\(entry.repairs.count) put right"
            environment.note(WizardList.item(String(index + 1), "\(entry.line.text)   (\(repairs))"))
        }
        keep()
        while true {
            let answer = try Question(environment).ask("Which? (1 to \(candidates.count); Enter: not known yet)")
            if answer.isEmpty {
                isLeftOpen = true
                return note("They are all kept. Type line \(number) once more to say which it is.")
            }
            if let chosen = Self.candidate(answer, among: candidates) {
                kept.typed.decide(chosen.line)
                return
            }
            note("Type a number from 1 to \(candidates.count), or the line itself as it is on the original.")
        }
    }

    /// The reading that an answer means: by its place in the list, or the line itself, typed as it is printed.
    private static func candidate(_ answer: String, among candidates: [TypedCode.Entry]) -> TypedCode.Entry? {
        if let index = Int(answer), candidates.indices.contains(index - 1) { return candidates[index - 1] }
        guard case .exact(let line) = LineReader.check(answer) else { return nil }
        return candidates.first { $0.line == line }
    }

    /// Says which code a line is of; once all of that one's lines came, also of which transfer.
    ///
    /// - Parameter expected: the kind that is being typed: of the two forms of start code the one that was begun.
    private mutating func sayOtherKind(_ line: CodeLine, _ expected: CodeKind) async {
        // The two forms of start code are loaded with one command.
        guard line.kind.command != expected.command else {
            return note(
                "Line \(line.number) is of \(line.kind.nameWithArticle), and what was begun is \(expected.nameWithArticle). "
                    + "Either will do, but all lines have to be of the same one. It is not taken; new begins anew.")
        }
        if others.first?.kind != line.kind { others = [] }
        let isFirst = others.isEmpty
        if !others.contains(line) { others.append(line) }
        guard let code = try? CodeReader.assemble(others) else {
            if isFirst {
                environment.note(
                    ErrorReport(LicenceError(CodeError.wrongKind(found: line.kind, expected: expected))).wrappedText)
            } else {
                note("Line \(line.number) of that \(line.kind.name), too. It is not taken.")
            }
            return
        }
        let error = CodeError.wrongKind(found: line.kind, expected: expected)
        let refusal = await WrongBox(daemon: daemon).refusal(error, of: code)
        environment.note(ErrorReport(refusal).wrappedText)
        others = []
    }

    // MARK: - The whole

    /// The code, where it is whole and nothing speaks against it.
    mutating func whole() throws -> CodeInput? {
        guard !isRefused else { return nil }
        while let conflict = kept.typed.conflicts.first, kept.typed.missing.isEmpty, !isLeftOpen,
            !environment.console.hasInputWaiting
        {
            try decide(conflict)
            keep()
        }
        switch kept.typed.result {
        case .success(let read):
            let count = read.code.codeLines.count
            note(count == 1 ? "The line is there." : "All \(count) lines are there.")
            // What was put right was said line by line.
            return CodeInput(typed: read.code)
        case .failure(.missing), .failure(.nothingFound), .failure(.conflictingLines): return nil
        case .failure(let error):
            environment.note(ErrorReport(LicenceError(error)).wrappedText)
            sayHowToCorrect()
            isRefused = true
            return nil
        }
    }

    /// Says that the step did not take the lines, and that they can be corrected.
    mutating func refuse(_ error: LicenceError) {
        environment.note("\n" + ErrorReport(error).wrappedText)
        sayHowToCorrect()
        isRefused = true
    }

    private func sayHowToCorrect() {
        let repaired = kept.typed.entries.flatMap(\.repairs).suspects.map(String.init)
        note(
            (repaired.isEmpty
                ? "Every line is right in itself: one of them may be of another \(kind.name). "
                : "Something was put right in \(repaired.count == 1 ? "line" : "lines") "
                    + "\(repaired.joined(separator: ", ")): compare that with the original first. ")
                + "The lines are kept: type any of them again, new to begin anew, or leave with Ctrl-C.")
    }

    /// Whether another reading of the same original might be taken where this one was refused.
    static func isAboutTheCode(_ code: LicenceError.Code) -> Bool {
        switch code {
        case .codeCheckFailed, .codeMalformed, .certificateMalformed, .signatureWrong, .requestUnknown,
            .requestPointRefused, .activationForAnotherRequest, .activationWrong, .returnUnknown, .receiptUnknown:
            true
        default: false
        }
    }

    // MARK: - Words of command

    /// Does what a word asks for; whether `text` is one.
    ///
    /// - Throws: `cancelled` where it asks, and the input ends.
    mutating func command(_ text: String) throws -> Bool {
        let words = text.lowercased().split(separator: " ")
        switch (words.first, words.count) {
        case ("help", 1), ("list", 1), ("drop", 2): break
        // In the middle of what was pasted it asks for nothing.
        case ("new", 1) where !environment.console.hasInputWaiting: break
        default: return false
        }
        switch words.first {
        case "list": list()
        case "new": try beginAnew()
        case "drop":
            guard let number = Int(words[1]), !kept.typed.candidates(for: number).isEmpty else {
                note("There is no such line.")
                break
            }
            kept.typed.remove(line: number)
            isRefused = false
            keep()
            note("Line \(number) is out (\(kept.typed.progress)).")
        default: help()
        }
        return true
    }

    private mutating func beginAnew() throws {
        guard !kept.isEmpty else { return note("Nothing was typed yet.") }
        guard try Question(environment).agrees("Throw away what was typed (\(kept.typed.progress))?") else {
            return note("It is all still there.")
        }
        forget()
        note("Nothing of it is kept any more.")
    }

    private func list() {
        let entries = kept.typed.entries
        for entry in entries {
            let isShort = entry.line.number < 10 && (entries.last?.line.number ?? 0) > 9
            environment.note("  \(isShort ? " " : "")\(entry.line.text)\n")
        }
        if !kept.begun.isEmpty { environment.note("  begun: \(kept.begun)\n") }
        note("\(kept.typed.progress).")
    }

    private func help() {
        note(
            "A line is its number and four groups of five characters; the number, spaces and hyphens may be left out, and a "
                + "line may be typed group by group, in characters or in the words of the spelling alphabet. Two wrong "
                + "characters in a line are put right, or five that are marked with ?.")
        for (word, does) in [
            ("list", "shows the lines that are there"), ("drop 2", "takes line 2 out again"),
            ("new", "begins anew"), ("FILE", "reads the code from a file or picture"),
            ("Ctrl-C", "leaves; what was typed is kept"),
        ] {
            environment.note("  \(word)\(String(repeating: " ", count: 8 - word.count))\(does)\n")
        }
    }
}

extension TypedCode {
    /// How far it came: `2 of 4 lines`, or `lines 1 and 3` while it is not known how many there are.
    var progress: String {
        if let lineCount { return lineCount == 1 ? "1 line" : "\(entries.count) of \(lineCount) lines" }
        return entries.count == 1 ? "1 line" : "\(entries.count) lines"
    }
}
