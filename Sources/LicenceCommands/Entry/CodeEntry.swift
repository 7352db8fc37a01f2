import Control
import Licensing
import TransferCodes

/// A code that a person types line by line at the terminal: each line is judged as it comes, what was put right is shown
/// in its place, and only what is missing or bad is asked for.
///
/// Whatever was taken is kept in a file at once (``EntryStore``), and goes on from there when it is asked for again. It
/// also takes the name of a file, or the whole code pasted at once.
struct CodeEntry {
    /// Where it is typed.
    let environment: CommandEnvironment
    /// Who knows which transfer a code of another kind is of.
    let daemon: Daemon
    /// The kind that is to be loaded.
    let kind: CodeKind
    /// What was typed of it.
    var kept: KeptEntry
    /// Where that is kept; nil where the person has no folder for it.
    let store: EntryStore?
    /// What was typed in this session, as far back as it can be part of one code.
    private var pasted: [String] = []
    /// The lines of a code of another kind, as far as they came.
    var others: [CodeLine] = []
    /// Whether the lines as they stand were refused, and something has to change before they are given out again.
    var isRefused = false
    /// Whether the lines were all there before, and nobody has said yet that they are to be gone on with.
    private var isWaiting = false
    /// Whether a line with several readings was left open, until the next line is typed.
    var isLeftOpen = false
    private var hasIntroduced = false
    private var hasSaidItIsNotKept = false
    /// What kept an earlier entry from being gone on with.
    private var failure: EntryStore.Failure?

    /// The most lines of text that are looked at together: three times the longest code, with a mail around it.
    private static let mostPasted = 200

    /// Goes on with what was kept of an earlier entry.
    init(environment: CommandEnvironment, daemon: Daemon, kind: CodeKind) {
        (self.environment, self.daemon, self.kind) = (environment, daemon, kind)
        store = EntryStore(kind: kind, variables: environment.variables)
        kept = KeptEntry(expecting: kind)
        do throws(EntryStore.Failure) {
            if let earlier = try store?.load().flatMap(KeptEntry.init) { kept = earlier }
        } catch {
            failure = error
        }
    }

    /// What an interrupted entry has of a code: `2 of 4 lines`; nil where there is none.
    static func standing(of kind: CodeKind, in environment: CommandEnvironment) -> String? {
        guard let text = EntryStore(kind: kind, variables: environment.variables)?.glance(),
            let kept = KeptEntry(text), !kept.isEmpty
        else { return nil }
        return kept.typed.progress
    }

    /// Reads the code and has `step` done with it. A step that refuses a typed code for what is in it has the lines
    /// looked at once more; whatever else it throws, the lines are kept.
    ///
    /// What was typed behind the code is dropped before that: an empty line, or a greeting, is no answer to what `step`
    /// asks.
    ///
    /// - Throws: `cancelled` where the dialogue is ended, and what `step` throws.
    mutating func load<Reply>(_ step: (CodeInput) async throws -> Reply) async throws -> Reply {
        while true {
            let (input, isTyped) = try await read()
            environment.console.dropTypedAhead()
            do {
                let reply = try await input.use(in: environment, step)
                store?.remove()
                return reply
            } catch let error as LicenceError where isTyped && Self.isAboutTheCode(error.code) {
                refuse(error)
            } catch {
                if isTyped { sayItIsKept() }
                throw error
            }
        }
    }

    private func sayItIsKept() {
        guard !kept.isEmpty, store != nil, !hasSaidItIsNotKept else { return }
        note("What was typed is kept; the same command goes on with it.")
    }

    // MARK: - Reading

    /// The code, once it is whole, and whether it was typed.
    private mutating func read() async throws -> (CodeInput, isTyped: Bool) {
        if !hasIntroduced { introduce() }
        do {
            while true {
                if !isWaiting, let input = try whole() { return (input, true) }
                let line = try nextLine()
                isLeftOpen = false
                if isWaiting, try goesOn(line) { continue }
                if let input = try await take(line) { return (input, false) }
            }
        } catch let error as LicenceError where error.code == .cancelled {
            sayItIsKept()
            throw error
        }
    }

    private mutating func introduce() {
        hasIntroduced = true
        note(
            "The \(kind.name): type its lines, in any order; small or capital letters, and ? for a character that can't be "
                + "read. Or paste it whole, or type the name of a file or picture with it in. help says more.")
        if let failure { notKept(failure) }
        guard !kept.isEmpty else { return }
        isWaiting = kept.typed.missing.isEmpty && kept.typed.conflicts.isEmpty
        note(
            "Kept from before: \(kept.typed.progress). "
                + (isWaiting
                    ? "Enter goes on with \(kept.typed.entries.count == 1 ? "it" : "them"), list shows "
                        + "\(kept.typed.entries.count == 1 ? "it" : "them"), new begins anew, Ctrl-C leaves."
                    : "list shows what is there, new begins anew."))
    }

    /// Whether a line says that what was kept whole is to be gone on with.
    ///
    /// - Throws: `cancelled` for no.
    private mutating func goesOn(_ line: String) throws -> Bool {
        switch line.lowercased() {
        case "", "yes", "y": isWaiting = false
        case "no", "n": throw LicenceError(.cancelled)
        default: return false
        }
        return true
    }

    /// The next line that is typed, cleared of what surrounds it.
    private mutating func nextLine() throws -> String {
        // What was pasted stands there already; questions between its lines would only be in the way.
        if !environment.console.hasInputWaiting { environment.note(prompt) }
        guard let line = try environment.console.readLine() else {
            environment.note("\n")
            throw LicenceError(.cancelled)
        }
        let text = Question.trimmed(PlainOutput.cleaned(line))
        // In the middle of what was pasted it asks for nothing.
        if Question.leaving.contains(text.lowercased()), !environment.console.hasInputWaiting {
            throw LicenceError(.cancelled)
        }
        return text
    }

    private var prompt: String {
        if isWaiting { return "Go on with it (Enter: yes): " }
        guard let line = asked else { return "Line: " }
        return kept.begun.isEmpty ? "Line \(line): " : "Line \(line), the rest of it: "
    }

    /// The line to ask for.
    var asked: Int? {
        let typed = kept.typed
        if let first = typed.missing.first { return first }
        if let conflict = typed.conflicts.first { return conflict }
        guard case .failure(.checkFailed(let suspects)) = typed.result else { return nil }
        return suspects.first
    }

    /// Takes one line of text: a word of command, the name of a file, or a line of the code or part of one.
    ///
    /// - Returns: the code, where it was in a file.
    private mutating func take(_ text: String) async throws -> CodeInput? {
        guard !text.isEmpty else { return nil }
        if try command(text) { return nil }
        pasted = pasted.suffix(Self.mostPasted - 1) + [text]
        let before = kept
        var verdict = kept.typed.enter(text, asked: asked)
        if case .unreadable = verdict {
            if FileAnswer.isFileName(text) { return try await file(FileAnswer.unquoted(text)) }
            if readPasted() { return nil }
            guard let joined = goOn(with: text) else { return nil }
            verdict = joined
        }
        if !Self.isUnfinished(verdict) { kept.begun = "" }
        try await say(verdict)
        if kept != before { (isRefused, isWaiting) = (false, false) }
        keep()
        return nil
    }

    /// Takes `text` as the rest of the line that was begun, or as the beginning of one.
    ///
    /// - Returns: what the whole line came to; nil where there is none yet, which was said.
    private mutating func goOn(with text: String) -> TypedCode.Verdict? {
        if PrintedHeading.contains(text) { return nil }
        let joined = kept.begun.isEmpty ? text : "\(kept.begun) \(text)"
        if !kept.begun.isEmpty {
            let verdict = kept.typed.enter(joined, asked: asked)
            if !Self.isUnfinished(verdict) { return verdict }
        }
        if LineReader.mayGoOn(joined) {
            kept.begun = joined
            keep()
            note("So far: \(joined)")
            return nil
        }
        // Nothing that follows could make a line of it any more.
        if joined.utf8.count > LineReader.maximumLength { kept.begun = "" }
        return kept.typed.enter(text, asked: asked)
    }

    /// Whether what was typed has not the length of a line, so that it says nothing about the line that was begun.
    private static func isUnfinished(_ verdict: TypedCode.Verdict) -> Bool {
        switch verdict {
        case .unreadable(.length), .unreadable(.empty): true
        default: false
        }
    }

    /// Looks for the code in all that was typed: what was pasted may have its lines broken anew.
    private mutating func readPasted() -> Bool {
        guard pasted.count > 1 else { return false }
        let reading = CodeReader.reading(Array(pasted.joined(separator: "\n").utf8), expecting: kind)
        guard case .success = reading.result else { return false }
        for line in reading.lines {
            // Its parts may have been taken, and shown, as they were pasted.
            if case .taken = kept.typed.take(line), !line.repairs.isEmpty { show(line) }
        }
        kept.begun = ""
        (isRefused, isWaiting) = (false, false)
        keep()
        return true
    }

    // MARK: - Files

    /// The code in a file; nil where it is not whole, after taking what can be read of it.
    private mutating func file(_ path: String) async throws -> CodeInput? {
        let found: FoundText
        do throws(CommandError) {
            found = try FoundText([path], expecting: kind, in: environment)
        } catch {
            environment.note(ErrorReport(error).wrappedText)
            return nil
        }
        do throws(CodeError) {
            // What is plain text the daemon gets as it is, and reports what it put right.
            _ = try found.reading.result.get()
            return try CodeInput(found)
        } catch {
            if found.reading.lines.isEmpty || found.reading.stray != nil {
                let refusal = await WrongBox(daemon: daemon).refusal(error, of: found.reading.stray)
                environment.note(ErrorReport(refusal).wrappedText)
            } else {
                try await take(found.reading.lines, of: path, error)
            }
            return nil
        }
    }

    /// Takes the lines that were read in a file in which the code is not whole.
    ///
    /// - Parameter error: why it is not.
    private mutating func take(_ lines: [ReadLine], of path: String, _ error: CodeError) async throws {
        let before = kept
        var taken: [ReadLine] = []
        var others: [TypedCode.Verdict] = []
        for line in lines {
            switch kept.typed.take(line) {
            case .taken, .corrected: taken.append(line)
            case .again: break
            case .refused(let error):
                kept = before
                environment.note(ErrorReport(LicenceError(error)).wrappedText)
                return
            case let other: others.append(other)
            }
        }
        if kept != before { (isRefused, isWaiting) = (false, false) }
        keep()
        // Which lines are missing is a matter of all that was taken by now; what is wrong with the whole is said of it.
        let missing = kept.typed.missing
        if case .missing = error {
        } else if !missing.isEmpty {
            environment.note(ErrorReport(LicenceError(error)).wrappedText)
        }
        for line in taken where !line.repairs.isEmpty {
            note("Line \(line.line.number) of it is taken as:")
            show(line)
        }
        let count = taken.count == 1 ? "1 line" : "\(taken.count) lines"
        let rest = missing.count == 1 ? "it" : "them"
        note(
            "Taken from it: \(count)"
                + (missing.isEmpty
                    ? "."
                    : "; \(CodeError.missing(lines: missing).message). Type \(rest), or name the file that has \(rest).")
        )
        for verdict in others { try await say(verdict) }
    }

    // MARK: - Keeping

    /// Puts all that was taken into the file.
    mutating func keep() {
        guard let store else {
            notKept(.failed("neither XDG_STATE_HOME nor HOME says where"))
            return
        }
        do throws(EntryStore.Failure) {
            if kept.isEmpty { store.remove() } else { try store.save(kept.text) }
            hasSaidItIsNotKept = false
        } catch {
            notKept(error)
        }
    }

    /// Says once that an interruption would lose what was typed.
    private mutating func notKept(_ failure: EntryStore.Failure) {
        guard !hasSaidItIsNotKept else { return }
        hasSaidItIsNotKept = true
        switch failure {
        case .inUse:
            note(
                "\(kind.nameWithArticle.capitalisedFirst) is being typed in another terminal, too, and is kept there. What "
                    + "is typed here can't be kept beside it: stay until the code is whole, or go on there.")
        case .failed(let reason):
            note("What is typed here can't be kept (\(reason)): stay until the code is whole.")
        }
    }

    /// Begins anew: whatever was typed is gone.
    mutating func forget() {
        kept = KeptEntry(expecting: kind)
        (pasted, others, isRefused, isWaiting) = ([], [], false, false)
        store?.remove()
    }

    /// Writes a paragraph for the person.
    func note(_ text: String) { environment.note(paragraph: text) }
}

extension String {
    /// The same as the beginning of a sentence.
    fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
