/// How a long run that breaks a rule is cut down to a short one.
extension Simulation {
    /// Leaves out actions, in ever smaller groups, and then everything else that is not needed, as long as something is
    /// still wrong.
    ///
    /// - Returns: the actions that are left, and what is wrong with them.
    func shrink(_ actions: [Action], _ fault: Fault, _ seed: UInt64) throws -> (actions: [Action], what: String) {
        var (shortest, what) = (actions, fault.description)
        func isStillWrong(_ candidate: [Action]) throws -> Bool {
            guard let found = try replay(candidate, seed).fault else { return false }
            (shortest, what) = (candidate, found.description)
            return true
        }
        // The first action that breaks a rule may be before the last one.
        var size = max(1, shortest.count / 2)
        while true {
            var start = 0
            var isShorter = false
            while start < shortest.count {
                let candidate = Array(shortest[..<start] + shortest[min(start + size, shortest.count)...])
                if try isStillWrong(candidate) { isShorter = true } else { start += size }
            }
            if size > 1 { size /= 2 } else if !isShorter { break }
        }
        for index in shortest.indices {
            for simpler in shortest[index].simpler {
                var candidate = shortest
                candidate[index] = simpler
                if try isStillWrong(candidate) { break }
            }
        }
        return (shortest, what)
    }
}

extension Action {
    /// The same action with less around it, the simplest first.
    fileprivate var simpler: [Action] {
        var all: [Action] = []
        func add(_ change: (inout Action) -> Void) {
            var changed = self
            change(&changed)
            if changed != self { all.append(changed) }
        }
        func makeWhole(_ action: inout Action) {
            if case .load(let code, _) = action.deed { action.deed = .load(code: code, .whole) }
        }
        add { action in
            action.mishap = nil
            action.copying = nil
            action.isLost = false
            action.keepsAnchor = false
            makeWhole(&action)
        }
        add { $0.mishap = nil }
        add { if $0.mishap != nil { $0.mishap = .crashAfter } }
        add { action in
            guard case .disk(var fault) = action.mishap else { return }
            fault.again = nil
            action.mishap = .disk(fault)
        }
        add { $0.copying = nil }
        add { action in action.copying = action.copying?.restored.map { .restore(tape: $0) } }
        add { if $0.copying != nil { $0.copying = .backUp } }
        add { $0.isLost = false }
        add { $0.keepsAnchor = false }
        add { makeWhole(&$0) }
        return all
    }
}
