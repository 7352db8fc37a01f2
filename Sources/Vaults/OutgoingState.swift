package import Licensing

/// Where a transfer stands at its source.
///
/// Together with ``IncomingState`` this is the table that the model of the transfer checks. Change both together.
package enum OutgoingState: UInt8, Sendable, Hashable, CaseIterable {
    /// A start code was made; the key is here and usable.
    case offered = 1
    /// The offer was cancelled or replaced. Its secret is remembered and answers nothing any more.
    case withdrawn = 2
    /// The seed is erased and the activation code is kept, to be shown as often as asked for.
    case released = 3
    /// The key is known to have arrived, or the source gave up its claim. The activation code is gone.
    case settled = 4
    /// The target declined and the key is held here again.
    case returned = 5

    /// What can happen to a transfer at its source.
    package enum Event: Sendable, Hashable, CaseIterable {
        /// The person takes the offer back.
        case cancel
        /// The person asks for a fresh start code of the same key.
        case supersede
        /// A request code that answers this offer is loaded; once released, the same request again.
        case release
        /// The receipt code is loaded, or an administrator closes the transfer without it.
        case settle
        /// The return code is loaded.
        case reclaim
        /// The key arrives here again with another transfer, which proves that this one was finished.
        case comeBack
    }

    /// What `event` does in this state.
    package func after(_ event: Event) -> Verdict<OutgoingState> {
        switch (self, event) {
        case (.offered, .cancel), (.offered, .supersede): .moves(to: .withdrawn)
        case (.offered, .release): .moves(to: .released)
        case (.offered, .settle): .refused(.notReleased)
        case (.offered, .reclaim): .refused(.nothingToTakeBack)
        case (.offered, .comeBack): .stands

        case (.withdrawn, .cancel), (.withdrawn, .supersede), (.withdrawn, .comeBack): .stands
        case (.withdrawn, .release): .refused(.requestForOlderStartCode)
        case (.withdrawn, .settle): .refused(.notReleased)
        case (.withdrawn, .reclaim): .refused(.nothingToTakeBack)

        case (.released, .cancel): .refused(.notOffered)
        case (.released, .supersede): .refused(.keyReleased)
        case (.released, .release): .stands
        case (.released, .settle), (.released, .comeBack): .moves(to: .settled)
        case (.released, .reclaim): .moves(to: .returned)

        case (.settled, .cancel), (.settled, .release), (.settled, .reclaim): .refused(.transferClosed)
        case (.settled, .supersede), (.settled, .settle), (.settled, .comeBack): .stands

        case (.returned, .cancel), (.returned, .settle): .refused(.transferClosed)
        case (.returned, .release): .refused(.keyTakenBack)
        case (.returned, .supersede), (.returned, .comeBack), (.returned, .reclaim): .stands
        }
    }

    /// The word for it in lists, in capitals as the specification writes states.
    package var name: String {
        switch self {
        case .offered: "OFFERED"
        case .withdrawn: "WITHDRAWN"
        case .released: "RELEASED"
        case .settled: "SETTLED"
        case .returned: "RETURNED"
        }
    }

    /// Whether the record may be forgotten to make room for another.
    package var isFinished: Bool { self == .withdrawn || self == .settled || self == .returned }
}

/// What an event does to a transfer.
package enum Verdict<State: Sendable & Hashable>: Sendable, Hashable {
    /// The transfer goes on to another state.
    case moves(to: State)
    /// It was so already: the same answer again, and nothing changes.
    case stands
    /// It is refused by this name, and nothing changes.
    case refused(LicenceError.Code)
}
