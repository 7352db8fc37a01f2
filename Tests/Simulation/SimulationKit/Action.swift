/// One thing that happens in a simulated world. It stands by itself: what it refers to, it names by the number of an
/// earlier action, and where that one is missing or came to nothing, this one does nothing. So a run can be cut down to
/// the few actions that matter.
package struct Action: Sendable, Hashable {
    /// Its number in the run, counted from 1; it keeps it when others are left out.
    package let number: Int
    /// The place that it happens at.
    package let place: Int
    /// What is done.
    package var deed: Deed
    /// What goes wrong meanwhile.
    package var mishap: Mishap?
    /// What is done with the store's files where the mishap ended its process, before the next one starts.
    package var copying: Copying?
    /// Whether somebody moves the store's anchor aside before, and brings it back at once unless it was replaced meanwhile.
    package var keepsAnchor = false
    /// Whether the code that it shows is lost before anybody can carry it on.
    package var isLost = false
}

/// What is done at a place. Transfers and codes are named by the action that first named or showed them.
package enum Deed: Sendable, Hashable {
    case offer(key: Int, anew: Bool)
    /// Loads a code that some action showed, wherever that was.
    case load(code: Int, Carriage)
    case decline(transfer: Int)
    case cancel(transfer: Int)
    /// Closes the books without a receipt; done only where the key has arrived.
    case close(transfer: Int)
    case receipt(transfer: Int)
    case show(transfer: Int)
    /// Has a key prove that it is there.
    case prove(key: Int)
    /// Reads the lists from the outside.
    case list
    /// The process ends and is started again; a dongle is pulled out and plugged in.
    case restart
    /// Copies a store's files aside, as a backup program does.
    case backUp
    /// Writes the files of an earlier backup over those of the store.
    case restore(tape: Int)
    /// Writes the files of an earlier backup to a place of their own.
    case clone(tape: Int)
    /// Something becomes of an anchor that somebody moved aside, and that was replaced since.
    case keptAnchor(AnchorFate)
}

/// What becomes of an anchor that somebody kept.
package enum AnchorFate: String, Sendable, Hashable, CaseIterable {
    /// It is deleted where it was kept. The process that saw it go notices; another one can't know.
    case deleted
    /// It is put back under its name, where the next start finds and destroys it.
    case broughtBack = "brought-back"
    /// An administrator vouches that it is gone; done only once it was deleted.
    case vouchedFor = "vouched-for"
}

/// How a code gets from where it is shown to where it is loaded.
package enum Carriage: Sendable, Hashable {
    /// As it is.
    case whole
    /// As text, with this many mistakes, which follow from the seed.
    case typed(mistakes: Int, seed: UInt64)
    /// With one bit of its contents another, as if its check groups had not noticed.
    case flipped(bit: Int)
    /// With the second half of another code of its kind.
    case crossed(with: Int)
}

/// What goes wrong during an action.
package enum Mishap: Sendable, Hashable {
    /// The process ends before it does anything.
    case crashBefore
    /// The process ends when the change is durable, before it answers.
    case crashAfter
    /// The disk fails, or the power, within the commit.
    case disk(DiskFault)
    /// The cable to a dongle.
    case cable(CableTrouble, exchange: UInt32)
}

/// What a backup program does with the files of a store that no process has open. The backup it makes has the number of the
/// action.
package enum Copying: Sendable, Hashable {
    /// Copies them aside.
    case backUp
    /// Writes the files of an earlier backup over them.
    case restore(tape: Int)
    /// Copies them aside, then writes those of an earlier backup over them.
    case exchange(tape: Int)

    /// Whether a backup is made.
    var isBackUp: Bool {
        switch self {
        case .backUp, .exchange: true
        case .restore: false
        }
    }

    /// The backup that is written back; nil where none is.
    var restored: Int? {
        switch self {
        case .backUp: nil
        case .restore(let tape), .exchange(let tape): tape
        }
    }
}

/// What a cable does; the kinds of `CableFault`, and how a run names them.
package enum CableTrouble: String, Sendable, Hashable, CaseIterable {
    case pullBefore = "pull-before"
    case pullWithin = "pull-within"
    case pullAfter = "pull-after"
    case silent, short, garbage, full
    case wrongSequence = "wrong-sequence"
    case readOnly = "read-only"
}

/// What a disk does at one of the calls that make something durable.
package struct DiskFault: Sendable, Hashable {
    /// The kinds.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The power fails: of what was not synced, anything may be lost, torn or out of order.
        case powerCut = "power cut"
        /// The process is killed: what it wrote stays.
        case kill
        /// The call fails with EIO.
        case inputOutputError = "EIO"
        /// The call fails with ENOSPC.
        case noSpace = "ENOSPC"
        /// A write writes the first half only, and says so; the next one, of the other half, fails with ENOSPC.
        case shortWrite = "short write"

        /// Whether the process ends by it.
        package var endsProcess: Bool { self == .powerCut || self == .kill }
    }

    /// What happens.
    package var kind: Kind
    /// At which call, counted from 1; a short write at the first one from there on that writes.
    package var call: Int
    /// The call of the opening afterwards at which the power fails once more; nil: it does not.
    package var again: Int?
    /// What is left of what was not synced follows from it.
    package var seed: UInt64

    package init(_ kind: Kind, call: Int, again: Int? = nil, seed: UInt64) {
        (self.kind, self.call, self.again, self.seed) = (kind, call, again, seed)
    }
}
