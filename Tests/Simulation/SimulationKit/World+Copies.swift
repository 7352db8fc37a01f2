import Vaults

/// What backup programs do with stores.
extension World {
    /// A store is backed up, or a backup is written back or copied elsewhere.
    ///
    /// - Returns: whether there is such a backup, and a disk.
    func copy(_ action: Action, at place: Place) throws -> Bool {
        switch action.deed {
        case .backUp:
            guard place.medium.isDisk else { return false }
            try place.restart { try self.backUp(action, at: place) }
            note("backup \(action.number)")
        case .restore(let tape):
            guard tapes[tape] == action.place else { return false }
            let change = { try self.restore(tape, at: place) }
            if case .disk(let fault) = action.mishap {
                try place.restart(under: fault, before: change) { try self.copy(afterMishapOf: action, at: place) }
            } else {
                try place.restart(change)
            }
            report.count(place.view.isLocked ? "restored-locked" : "restored-open")
            note(place.view.isLocked ? "LOCKED" : "opens")
        case .clone(let tape):
            guard let origin = tapes[tape] else { return false }
            let index = places.count
            let medium = try places[origin].medium.clone(tape, at: index)
            let copy = try Place(medium, isDongle: places[origin].isDongle, isCopy: true)
            places.append(copy)
            report.count(copy.view.isLocked ? "cloned-locked" : "cloned-open")
            note("place \(index) " + (copy.view.isLocked ? "is LOCKED" : "opens"))
        default: return false
        }
        return true
    }

    /// What is done with a store's files when a mishap has ended its process.
    func copy(afterMishapOf action: Action, at place: Place) throws {
        guard let copying = action.copying, place.medium.isDisk else { return }
        if copying.isBackUp {
            try backUp(action, at: place)
            report.count("copied-at-crash")
        }
        guard let tape = copying.restored, tapes[tape] == action.place else { return }
        try restore(tape, at: place)
        report.count("restored-at-crash")
    }

    private func backUp(_ action: Action, at place: Place) throws {
        try place.medium.backUp(as: action.number)
        tapes[action.number] = action.place
    }

    private func restore(_ tape: Int, at place: Place) throws {
        try place.restore(tape)
        restorations += 1
    }
}
