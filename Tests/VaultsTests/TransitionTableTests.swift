import Foundation
import Licensing
import Testing
import Vaults

/// The model of the transfer and the code agree: the table of every state that a vault can get into, and of what
/// everything it can be asked comes to there, is made of the rules as they are and compared with the one that the model
/// in `Tests/Model` wrote.
@Suite struct TransitionTableTests {
    @Test func theRulesDoWhatTheModelSays() throws {
        let model = try Self.modelLines()
        let table = try TransitionTable()
        let rules = table.lines
        for (index, (expected, found)) in zip(model, rules).enumerated() {
            guard expected != found else { continue }
            let state = model[...index].last { $0.hasPrefix("[") } ?? ""
            Issue.record("in the state \(state)\n  the model says: \(expected)\n  the rules say:  \(found)")
            return
        }
        #expect(model.count == rules.count, "one of them goes on where the other one ends")
        #expect(table.stateCount == 233)
        print("shown: \(table.stateCount) states, \(table.cellCount) cells")
    }

    /// The lines of `Tests/Model/transitions.txt`, without its remarks.
    private static func modelLines() throws -> [String] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Model/transitions.txt")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("#") }
    }
}

/// The transition table of the rules; see `Tests/Model/table.py`, which has the same order of states and events.
private struct TransitionTable {
    /// A line for each state, in front of the lines of what it does.
    private(set) var lines: [String] = []
    /// How many states there are, and how many things in all that were asked in them.
    var stateCount: Int { states.count }
    private(set) var cellCount = 0
    private var numbers: [String: Int] = [:]
    private var states: [TransitionVault] = []

    init() throws {
        for isHolding in [true, false] { _ = number(of: try TransitionVault(isHolding: isHolding)) }
        var next = 0
        while next < states.count {
            try write(states[next], next)
            next += 1
        }
    }

    private mutating func write(_ vault: TransitionVault, _ number: Int) throws {
        var outcomes: [String] = []
        var events: [String: [String]] = [:]
        var shownWhenLocked: [String] = []
        for event in vault.events {
            cellCount += 1
            let step = try vault.step(event)
            let outcome = try self.outcome(of: step, at: vault)
            if events[outcome] == nil { outcomes.append(outcome) }
            events[outcome, default: []].append(event)
            if vault.answersWhenLocked(step) { shownWhenLocked.append(event) }
        }
        lines.append("[\(number)] \(vault.words)")
        lines += outcomes.map { "\($0): \(events[$0, default: []].joined(separator: ", "))" }
        if !shownWhenLocked.isEmpty { lines.append("LOCKED shows: \(shownWhenLocked.joined(separator: ", "))") }
        let forgettable = vault.forgettable
        if !forgettable.isEmpty { lines.append("forgettable: \(forgettable.joined(separator: ", "))") }
    }

    private mutating func outcome(of step: TransferStep, at vault: TransitionVault) throws -> String {
        let plan: TransferPlan
        do throws(LicenceError) {
            plan = try vault.plan(step)
        } catch {
            return "refused \(error.code.rawValue)"
        }
        let answer: TransferAnswer
        switch plan.outcome {
        case .success(let found): answer = found
        case .failure(let error):
            let refusal = "refused \(error.code.rawValue)"
            if plan.changes.isEmpty { return refusal }
            guard case .countWrongRequest? = plan.changes.first, plan.changes.count == 1 else {
                return "\(refusal), and \(plan.changes.count) changes"
            }
            return "\(refusal), counted"
        }
        guard !plan.changes.isEmpty else {
            let code = answer.code.map { " \(vault.name($0))" } ?? ""
            return (answer.isRepeat ? "again" : "again, as if it were new") + code
        }
        if plan.givesUpSomething, vault.isWithholding { return "the store refuses anchorKept" }
        let after = try vault.after(plan)
        let state = after.isBeyondTheTable ? "beyond" : "[\(number(of: after))]"
        let code = answer.code.map { " \(after.name($0))" } ?? ""
        var came = "-> \(state)\(code)" + (answer.isRepeat ? ", as if it were old" : "")
        if plan.givesUpSomething {
            came += ", anchor anew; withheld [\(number(of: try vault.after(plan, isWithheld: true)))]"
        }
        return came
    }

    private mutating func number(of vault: TransitionVault) -> Int {
        let words = vault.words
        if let number = numbers[words] { return number }
        numbers[words] = states.count
        states.append(vault)
        return states.count - 1
    }
}
