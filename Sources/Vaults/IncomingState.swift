import Licensing

/// Where a transfer stands at its target. See ``OutgoingState``.
package enum IncomingState: UInt8, Sendable, Hashable, CaseIterable {
    /// A request code was made; its secret waits for the activation code, and its room is reserved.
    case open = 1
    /// The key is held here.
    case active = 2
    /// This vault has made itself unable to activate, and shows the return code as often as asked for.
    case declined = 3

    /// What can happen to a transfer at its target.
    package enum Event: Sendable, Hashable, CaseIterable {
        /// The same start code is loaded again.
        case requestAgain
        /// The activation code is loaded.
        case activate
        /// The person gives the transfer up.
        case decline
        /// The person asks for the receipt code.
        case receipt
    }

    /// What `event` does in this state.
    package func after(_ event: Event) -> Verdict<IncomingState> {
        switch (self, event) {
        case (.open, .requestAgain): .stands
        case (.open, .activate): .moves(to: .active)
        case (.open, .decline): .moves(to: .declined)
        case (.open, .receipt): .refused(.receiptNotYet)

        case (.active, .requestAgain): .refused(.alreadyActive)
        case (.active, .activate), (.active, .receipt): .stands
        case (.active, .decline): .refused(.notOpen)

        case (.declined, .requestAgain), (.declined, .activate): .refused(.requestDeclined)
        case (.declined, .decline): .stands
        case (.declined, .receipt): .refused(.receiptNotYet)
        }
    }

    /// The word for it in lists.
    package var name: String {
        switch self {
        case .open: "OPEN"
        case .active: "ACTIVE"
        case .declined: "DECLINED"
        }
    }

    /// Whether the record may be forgotten to make room for another. A declined one never: its return code may be all
    /// that brings the key back.
    package var isFinished: Bool { self == .active }
}
