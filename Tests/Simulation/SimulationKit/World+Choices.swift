import Licensing
import TestKit
import TransferCodes
import Vaults

/// What happens next, by chance.
extension World {
    /// The next action: most often somebody loads a code that was shown, more often a recent one, and more often where it
    /// belongs than where it does not.
    func choose(_ number: Int, _ chance: inout Chance) -> Action {
        var (place, deed) = chooseDeed(&chance)
        if course == .backups {
            if number == 1 || chance.one(in: 60) { story = Story(&chance, key: chance.below(keys.count)) }
            if !chance.one(in: 8), let next = story?.next(number, in: self, &chance) { return next }
            if chance.one(in: 6) { (place, deed) = chooseCopying(&chance) ?? (place, deed) }
        }
        var action = Action(number: number, place: place, deed: deed)
        action.mishap = chooseMishap(at: places[place], &chance)
        if course == .backups, action.mishap?.endsProcess == true, chance.one(in: 2) {
            action.copying = chooseCopying(at: place, &chance)
        }
        if course == .transfers, places[place].medium is any AnchoredMedium, action.mishap == nil {
            if places[place].kept != nil, chance.one(in: 4) {
                action.deed = .keptAnchor(chance.pick(AnchorFate.allCases) ?? .deleted)
            }
            action.keepsAnchor = chance.one(in: 8)
        }
        action.isLost = chance.one(in: 8)
        return action
    }

    private func chooseDeed(_ chance: inout Chance) -> (Int, Deed) {
        let place = chance.below(places.count)
        let key = chance.below(keys.count)
        let holder = holders(of: keys[key].number).first
        // Most deeds on a transfer are done where it is known.
        let known = chance.pick(places[place].view.transfers).flatMap { namings[$0.identifier] }
        let any = chance.one(in: 8) ? chance.pick(transfers.keys.sorted()) : known
        switch chance.below(24) {
        case 0...2: return (chance.one(in: 6) ? place : holder ?? place, .offer(key: key, anew: false))
        case 3: return (chance.one(in: 6) ? place : holder ?? place, .offer(key: key, anew: true))
        case 4, 5: if let any { return (place, .decline(transfer: any)) }
        case 6: if let any, chance.one(in: 2) { return (place, .cancel(transfer: any)) }
        case 7: if let any { return (place, .receipt(transfer: any)) }
        case 8: if let any { return (place, .show(transfer: any)) }
        case 9: if let any { return (place, .close(transfer: any)) }
        case 10: return (chance.one(in: 4) ? place : holder ?? place, .prove(key: key))
        case 11: return (place, chance.one(in: 2) ? .list : .restart)
        default: break
        }
        return chooseLoad(&chance) ?? (holder ?? place, .offer(key: key, anew: false))
    }

    private func chooseLoad(_ chance: inout Chance) -> (Int, Deed)? {
        let recent = chance.one(in: 4) ? showing[...] : showing.suffix(5)
        guard let number = chance.pick(recent), let shown = shown[number] else { return nil }
        let anywhere = chance.below(places.count)
        var place = anywhere
        if !chance.one(in: 8) {
            let isKnown = places.indices.filter { index in
                index != shown.place && places[index].view.transfers.contains { $0.identifier == shown.transfer }
            }
            place = chance.pick(isKnown) ?? anywhere
            if shown.code.kind == .start, place == shown.place { place = (place + 1) % places.count }
        }
        return (place, .load(code: number, chooseCarriage(of: shown, &chance)))
    }

    private func chooseCarriage(of shown: Shown, _ chance: inout Chance) -> Carriage {
        switch chance.below(40) {
        case 0: return .typed(mistakes: chance.below(5), seed: chance.next())
        case 1: return .flipped(bit: chance.below(512))
        case 2:
            let kinds: Set<CodeKind> =
                shown.code.kind == .activation || shown.code.kind == .returning
                ? [.activation, .returning] : [shown.code.kind]
            let others = showing.suffix(30).filter { number in
                self.shown[number].map { kinds.contains($0.code.kind) && $0.code != shown.code } ?? false
            }
            return chance.pick(others).map { .crossed(with: $0) } ?? .whole
        default: return .whole
        }
    }

    private func chooseMishap(at place: Place, _ chance: inout Chance) -> Mishap? {
        guard chance.one(in: place.medium.isDisk ? 4 : 10) else { return nil }
        if place.isDongle, chance.one(in: 2) {
            return .cable(chance.pick(CableTrouble.allCases) ?? .silent, exchange: UInt32(1 + chance.below(3)))
        }
        guard place.medium.isDisk, !chance.one(in: 8) else { return chance.one(in: 3) ? .crashBefore : .crashAfter }
        let kind: DiskFault.Kind =
            switch chance.below(10) {
            case 0...5: .powerCut
            case 6, 7: .kill
            default: chance.pick([.inputOutputError, .noSpace, .shortWrite]) ?? .noSpace
            }
        // A release makes some sixty such calls, anything else about half of that.
        return .disk(
            DiskFault(
                kind, call: 1 + chance.below(chance.one(in: 2) ? 30 : 70),
                again: chance.one(in: 3) ? 1 + chance.below(30) : nil, seed: chance.next()))
    }

    private func chooseCopying(_ chance: inout Chance) -> (Int, Deed)? {
        if tapes.isEmpty || chance.one(in: 2) { return (chance.below(Self.stores + Self.dongles), .backUp) }
        guard let tape = chance.pick(tapes.keys.sorted()), let place = tapes[tape] else { return nil }
        if places.count < 9, chance.one(in: 4) { return (place, .clone(tape: tape)) }
        return (place, .restore(tape: tape))
    }

    private func chooseCopying(at place: Int, _ chance: inout Chance) -> Copying {
        guard !chance.one(in: 3), let tape = chooseTape(of: place, &chance) else { return .backUp }
        return chance.one(in: 3) ? .restore(tape: tape) : .exchange(tape: tape)
    }

    /// A backup of a place, most often one of the last three.
    private func chooseTape(of place: Int, _ chance: inout Chance) -> Int? {
        let all = tapes.filter { $0.value == place }.keys.sorted()
        return chance.pick(chance.one(in: 4) ? all[...] : all.suffix(3))
    }
}
