import Licensing
import TestKit
import TransferCodes
import Vaults

/// A run of actions that chance alone would bring about once in thousands of worlds: a key is offered and asked for, one side
/// is copied, something is given up and perhaps cut off in the middle and copied again, and the copies are written back in
/// turn. The ways are the shortest that the model of the transfer (`Tests/Model`) finds to a second key where a step of the
/// anchor's procedure is missing; places, keys, accidents and what happens in between are left to chance.
struct Story {
    private let key: Int
    private var turns: ArraySlice<Turn>
    /// The action that began it.
    private var begin: Int?
    private var source = 0
    private var target = 0

    /// What happens next in it.
    private enum Turn {
        case offer, request, release, activate, decline, reclaim, show
        /// A release that is cut off; its files are copied, and the first copy of the source is written over them.
        case cutOff
        case backUp(Side)
        /// The first backup of a side, or the last.
        case restoreFirst(Side)
        case restoreLast(Side)
    }

    private enum Side { case source, target }

    init(_ chance: inout Chance, key: Int) {
        self.key = key
        let ways: [[Turn]] = [
            // Back to what opens with the old anchor alone, and then to what was before it.
            [
                .offer, .request, .backUp(.source), .cutOff, .restoreLast(.source), .show, .restoreFirst(.source),
                .activate,
            ],
            // Another release after a copy in the middle of one, and then back to that copy.
            [
                .offer, .request, .request, .backUp(.source), .cutOff, .release, .restoreLast(.source), .show,
                .activate, .activate, .activate,
            ],
            // A target that was copied while its request was open.
            [
                .offer, .request, .backUp(.target), .decline, .release, .restoreFirst(.target), .activate, .reclaim,
            ],
        ]
        turns = ways[chance.below(ways.count)][...]
    }

    /// The next action; nil where the story has ended, or what it needs is not there.
    mutating func next(_ number: Int, in world: World, _ chance: inout Chance) -> Action? {
        guard let turn = turns.popFirst() else { return nil }
        if case .offer = turn {
            guard let holder = world.holders(of: world.keys[key].number).first else { return nil }
            (begin, source) = (number, holder)
            return Action(number: number, place: source, deed: .offer(key: key, anew: false))
        }
        guard let begin else { return nil }
        func place(_ side: Side) -> Int { side == .source ? source : target }
        func codes(_ kind: CodeKind) -> [Int] {
            world.showing.filter { code in
                guard code >= begin, let shown = world.shown[code] else { return false }
                return shown.code.kind == kind && shown.certificate == world.keys[key].certificate
            }
        }
        func act(_ place: Int, _ deed: Deed) -> Action { Action(number: number, place: place, deed: deed) }
        switch turn {
        case .offer: return nil
        case .request:
            guard let start = codes(.start).last, let transfer = world.shown[start]?.transfer else { return nil }
            let others = (0..<World.stores + World.dongles).filter { index in
                index != source && !world.places[index].view.transfers.contains { $0.identifier == transfer }
            }
            guard let other = chance.pick(others) else { return nil }
            target = other
            return act(target, .load(code: start, .whole))
        case .release: return chance.pick(codes(.request)).map { act(source, .load(code: $0, .whole)) }
        case .cutOff:
            guard let request = codes(.request).first, let tape = tapes(of: source, in: world).first else { return nil }
            var action = act(source, .load(code: request, .whole))
            // A release makes some sixty calls; its commit is at about the fiftieth.
            action.mishap = .disk(
                DiskFault(chance.one(in: 2) ? .kill : .powerCut, call: 48 + chance.below(16), seed: chance.next()))
            action.copying = .exchange(tape: tape)
            return action
        case .activate:
            guard let code = chance.pick(codes(.activation)), let shown = world.shown[code] else { return nil }
            let goal = world.places.firstIndex { place in
                place.view.transfers.contains { $0.identifier == shown.transfer && $0.fingerprint == shown.fingerprint }
                    && place !== world.places[shown.place]
            }
            return goal.map { act($0, .load(code: code, .whole)) }
        case .decline: return transfer(in: world).map { act(target, .decline(transfer: $0)) }
        case .show: return transfer(in: world).map { act(source, .show(transfer: $0)) }
        case .reclaim: return codes(.returning).last.map { act(source, .load(code: $0, .whole)) }
        case .backUp(let side): return act(place(side), .backUp)
        case .restoreFirst(let side):
            return tapes(of: place(side), in: world).first.map { act(place(side), .restore(tape: $0)) }
        case .restoreLast(let side):
            return tapes(of: place(side), in: world).last.map { act(place(side), .restore(tape: $0)) }
        }
    }

    /// The backups of a place since the story began.
    private func tapes(of place: Int, in world: World) -> [Int] {
        world.tapes.filter { $0.value == place && $0.key >= begin ?? 0 }.keys.sorted()
    }

    /// The name of the newest offer of the key at the source.
    private func transfer(in world: World) -> Int? {
        let number = world.keys[key].number
        return world.places[source].view.transfers.last {
            guard case .source = $0.standing else { return false }
            return $0.certificate.number == number && $0.standing != .source(.withdrawn)
        }.flatMap { world.namings[$0.identifier] }
    }
}
