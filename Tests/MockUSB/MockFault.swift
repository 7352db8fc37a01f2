/// What is wrong with a mocked dongle, or with its cable.
package enum MockFault: Sendable, Hashable {
    // What the host finds when it opens it.

    /// Another program has claimed the interface.
    case busy
    /// The interface has no alternate setting to set: the request stalls.
    case settingStalls
    /// It gives no text for its serial number.
    case serialStalls

    // What happens to transfers, from the exchange of that number on; the greeting is exchange 1.

    /// The endpoint for requests is halted.
    case stallsRequests(from: Int)
    /// The endpoint for replies is halted.
    case stallsReplies(from: Int)
    /// It does what it is asked and does not reply.
    case silent(from: Int)
    /// The transfer with the reply ends before the reply does.
    case short(from: Int)
    /// Bytes come that are no frame.
    case garbage(from: Int)
    /// The reply bears the number of another request.
    case wrongSequence(from: Int)
    /// Bytes follow the reply in its last packet.
    case surplus(from: Int)
    /// More comes than was asked for: the host's controller ends the transfer.
    case babbles(from: Int)
    /// The transfer with the reply ends with an error of the cable, while the dongle stays where it is.
    case error(from: Int)
    /// Packets of no bytes come instead of a reply, without end.
    case empties(from: Int)
    /// Each packet of a reply takes its time.
    case slow(Duration, from: Int)

    /// From which exchange on it shows; nil where that is no matter of exchanges.
    var exchange: Int? {
        switch self {
        case .busy, .settingStalls, .serialStalls: nil
        case .stallsRequests(let first), .stallsReplies(let first), .silent(let first), .short(let first),
            .garbage(let first), .wrongSequence(let first), .surplus(let first), .babbles(let first),
            .error(let first), .empties(let first), .slow(_, let first):
            first
        }
    }
}

/// When the cable is pulled, seen from one bulk transfer.
package struct MockCut: Sendable, Hashable {
    /// Where in the transfer.
    package enum Moment: Sendable {
        /// It was just submitted, and nothing of it has happened.
        case before
        /// It was submitted, nothing of it has happened, and the host waits for it.
        case pending
        /// Half of its bytes are across.
        case within
        /// It is finished.
        case after
    }

    /// Which bulk transfer, counted from 1 since the cut was asked for.
    package let transfer: Int
    package let moment: Moment
    package let ending: MockBus.Ending

    package init(_ moment: Moment, transfer: Int, ending: MockBus.Ending) {
        self.transfer = transfer
        self.moment = moment
        self.ending = ending
    }
}
