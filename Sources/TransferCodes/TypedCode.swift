/// A code while somebody types it: lines in any order, each judged at once.
///
/// Nothing that was taken is lost: a line that is typed again and differs stands beside the first one until somebody
/// decides, unless it is plainly the better one. What was typed can be saved as text and gone on with later.
package struct TypedCode: Sendable, Hashable {
    /// The kind of the code: the one that was asked for, or that of the first line; `nil` while neither tells.
    package private(set) var kind: CodeKind?
    private let expected: CodeKind?
    private var held: [Int: Entry] = [:]
    private var rivals: [Int: [Entry]] = [:]

    /// How many readings of one line are kept beside each other until somebody decides: more than two people who argue
    /// about a fax come to, and few enough for what is kept of the longest code to have an end.
    package static let mostCandidates = 8

    /// A line as it is kept, with what had to be put right.
    package typealias Entry = ReadLine

    /// What came of one entry.
    package enum Verdict: Sendable, Hashable {
        /// A line that was not there yet, as printed or put right.
        case taken(Entry)
        /// The line was there already with the same contents. What had been put right in it is confirmed if it was typed
        /// as printed now.
        case again(Entry)
        /// The line was there, put right to be something else; typed as printed now, it takes that one's place.
        case corrected(Entry, former: Entry)
        /// The line is there with other contents, and none of the two is plainly the better one. Both are kept until
        /// ``TypedCode/decide(_:)``; the first one counts meanwhile for nothing.
        case conflict(Entry, held: Entry)
        /// A line of another kind; it is not kept.
        case otherKind(Entry, expected: CodeKind)
        /// A line with a number that this code does not have; it is not kept.
        case beyond(Entry, count: Int)
        /// The line was typed in as many ways as are kept beside each other, and this is one more; it is not kept.
        case crowded(Entry, count: Int)
        /// A line that is right, and says that this code can't be loaded: another version, flags, a length that no
        /// certificate has. It is not kept.
        case refused(CodeError)
        /// No line.
        case unreadable(LineFault)
    }

    /// A code of which nothing was typed yet.
    ///
    /// - Parameter expected: what is to be loaded; either form of start code stands for both. `nil`: any.
    package init(expecting expected: CodeKind? = nil) {
        self.expected = expected
        kind = Self.isStart(expected) ? nil : expected
    }

    private static func isStart(_ kind: CodeKind?) -> Bool { kind == .start || kind == .shortStart }

    /// The kinds that an entry may be of.
    private var wanted: [CodeKind] {
        if let kind { return [kind] }
        return Self.isStart(expected) ? [.start, .shortStart] : CodeKind.allCases
    }

    // MARK: Typing

    /// Takes one typed line.
    ///
    /// - Parameters:
    ///   - typed: one line in any form that ``LineReader`` takes, with or without its number.
    ///   - asked: the number that was asked for, which helps to put a damaged line right; any other line is taken as well.
    ///     0 where none was: a line without its number then has to have less wrong with it.
    package mutating func enter(_ typed: String, asked: Int? = nil) -> Verdict {
        let verdict = LineReader.check(typed, kinds: wanted, line: asked ?? onlyMissing)
        switch verdict {
        case .unreadable(let fault): return .unreadable(fault)
        case .wrongKind(let line, let repairs):
            return .otherKind(Entry(line: line, repairs: repairs), expected: kind ?? expected ?? line.kind)
        case .exact(let line): return hold(Entry(line: line, repairs: []))
        case .repaired(let line, let repairs), .wrongLine(let line, let repairs):
            return hold(Entry(line: line, repairs: repairs))
        }
    }

    /// The number that is left, once it is only one.
    private var onlyMissing: Int? {
        let missing = missing
        return kind != nil && missing.count == 1 ? missing.first : nil
    }

    /// Takes a line that was read already, as ``CodeReader/reading(_:expecting:)`` finds them in a file: with all that
    /// was put right in it, so that it is a suspect here as well.
    package mutating func take(_ entry: Entry) -> Verdict {
        guard wanted.contains(entry.line.kind) else {
            return .otherKind(entry, expected: kind ?? expected ?? entry.line.kind)
        }
        return hold(entry)
    }

    private mutating func hold(_ entry: Entry) -> Verdict {
        let number = entry.line.number
        do throws(CodeError) {
            try Self.requireReadable(entry.line)
        } catch {
            return .refused(error)
        }
        if let count = lineCount, number > count { return .beyond(entry, count: count) }
        kind = entry.line.kind
        guard let former = held[number] else {
            held[number] = entry
            return .taken(entry)
        }
        if former.line == entry.line {
            if entry.repairs.count < former.repairs.count { held[number] = entry }
            return .again(held[number] ?? entry)
        }
        if entry.repairs.isEmpty, !former.repairs.isEmpty, rivals[number] == nil {
            held[number] = entry
            return .corrected(entry, former: former)
        }
        if !(rivals[number, default: []].contains { $0.line == entry.line }) {
            let count = candidates(for: number).count
            guard count < Self.mostCandidates else { return .crowded(entry, count: count) }
            rivals[number, default: []].append(entry)
        }
        return .conflict(entry, held: former)
    }

    /// What a single line tells of its code's header and length.
    private static func requireReadable(_ line: CodeLine) throws(CodeError) {
        if line.number == 1 { _ = try CodeHeader(firstSymbols: line.data) }
        _ = try CodeReader.lineCount(of: [line])
    }

    /// Ends a conflict: of the lines with this number, only this one stays.
    ///
    /// - Returns: whether it is one of them.
    @discardableResult
    package mutating func decide(_ line: CodeLine) -> Bool {
        let candidates = candidates(for: line.number)
        guard let chosen = candidates.first(where: { $0.line == line }) else { return false }
        held[line.number] = chosen
        rivals[line.number] = nil
        return true
    }

    /// Takes a line out again, with all that was typed for it.
    package mutating func remove(line number: Int) {
        held[number] = nil
        rivals[number] = nil
        if held.isEmpty { kind = Self.isStart(expected) ? nil : expected }
    }

    // MARK: Going on with what was saved

    /// The word for what was asked for.
    var expectedName: String { expected.map { String($0.letter) } ?? "any" }

    /// What a word of ``expectedName`` stands for; `nil` where it is none.
    static func expected(named name: Substring) -> CodeKind?? {
        if name == "any" { return .some(nil) }
        return CodeKind.allCases.first { String($0.letter) == name }.map { .some($0) }
    }

    /// Puts a saved line back in its place, just as it was; whether it can stand there.
    mutating func restore(_ entry: Entry, isRival: Bool) -> Bool {
        let number = entry.line.number
        guard wanted.contains(entry.line.kind), (try? Self.requireReadable(entry.line)) != nil,
            !candidates(for: number).contains(where: { $0.line == entry.line }), (held[number] != nil) == isRival,
            candidates(for: number).count < Self.mostCandidates
        else { return false }
        kind = entry.line.kind
        if isRival { rivals[number, default: []].append(entry) } else { held[number] = entry }
        return true
    }

    // MARK: Where it stands

    /// The lines that are there, by number; of those with a conflict the first one typed.
    package var entries: [Entry] { held.keys.sorted().compactMap { held[$0] } }

    /// Everything that was typed for a line; more than one where there is a conflict.
    package func candidates(for number: Int) -> [Entry] {
        (held[number].map { [$0] } ?? []) + (rivals[number] ?? [])
    }

    /// The lines with a conflict.
    package var conflicts: [Int] { rivals.keys.sorted() }

    /// How many lines the code has; of a start code only known once its second line is there.
    package var lineCount: Int? {
        guard let kind else { return nil }
        if let count = kind.lineCount { return count }
        guard let second = held[2] else { return nil }
        return (try? CodeReader.lineCount(of: [second.line])) ?? nil
    }

    /// The lines that are not there yet, as far as it is known which the code has: of a start code 1 and 2 at first, and 1
    /// while not even the kind is known.
    package var missing: [Int] {
        guard kind != nil else { return [1] }
        return (1...(lineCount ?? max(2, held.keys.max() ?? 0))).filter { held[$0] == nil }
    }

    /// The code, once it is whole, or why there is none yet.
    ///
    /// The errors are those of ``CodeReader/assemble(_:repaired:)``; after `checkFailed` its suspects are the lines to type
    /// again, or, if none was put right, any.
    package var result: Result<ReadCode, CodeError> {
        if let conflict = conflicts.first { return .failure(.conflictingLines(line: conflict)) }
        let entries = entries
        let repairs = entries.flatMap(\.repairs)
        do throws(CodeError) {
            let code = try CodeReader.assemble(entries.map(\.line), repaired: repairs.suspects)
            return .success(ReadCode(code: code, repairs: repairs))
        } catch {
            return .failure(error)
        }
    }
}
