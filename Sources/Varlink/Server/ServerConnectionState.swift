import NIOCore

/// What one connection of a server does next. A pure value: ``ServerConnection`` tells it what happened and carries out
/// what it says.
///
/// One call is carried out at a time, so replies come in the order of the calls. While one is under way, the next
/// message is read until it is whole, and nothing after it: what a peer sends ahead waits in the socket.
struct ServerConnectionState {
    /// What to do next.
    enum Step: Equatable {
        /// Nothing, until something happens.
        case wait
        /// Carry out this message; then say ``callStarted(isStream:)`` or ask again.
        case begin([UInt8])
        /// Answer with an error, then close: the message is at fault.
        case refuse(MessageFault)
        /// Close once everything written is with the peer.
        case close(VarlinkServerEvent.End)
    }

    /// The call under way.
    enum Call: Equatable {
        case single
        case stream
    }

    private var framer: MessageFramer
    private(set) var call: Call?
    private var isWritable = true
    private var inputEnded = false
    /// Why no further call is begun.
    private var end: VarlinkServerEvent.End?
    private var isClosing = false

    /// The state of a connection that was just accepted.
    init(limits: Limits) {
        framer = MessageFramer(limit: limits.callBytes)
    }

    /// Bytes came. They count for nothing once the connection is on its way out.
    mutating func received(_ bytes: inout ByteBuffer) {
        guard end == nil else { return }
        framer.append(&bytes)
    }

    /// The peer will send nothing more. What it asked for is still answered, but a stream has no end to wait for.
    ///
    /// - Returns: whether the call under way is to be cancelled.
    mutating func inputDidEnd() -> Bool {
        inputEnded = true
        guard call == .stream else { return false }
        end = end ?? .closedByPeer
        return true
    }

    /// There is room for replies, or there is none.
    mutating func writability(_ isWritable: Bool) {
        self.isWritable = isWritable
    }

    /// The message of the last ``Step/begin(_:)`` is a call, and is under way.
    mutating func callStarted(isStream: Bool) {
        call = isStream ? .stream : .single
    }

    /// The call under way has been answered.
    mutating func callFinished() {
        call = nil
    }

    /// No further call is begun.
    ///
    /// - Returns: whether the call under way is to be cancelled: a stream would not end by itself.
    mutating func stop() -> Bool {
        end = end ?? .stopped
        framer.discard()
        return call == .stream
    }

    /// The next step. Ask after each event, and again after ``Step/begin(_:)``.
    mutating func next() -> Step {
        guard !isClosing, call == nil else { return .wait }
        if let end { return closing(.close(end)) }
        // A peer that doesn't read its replies gets no further call carried out.
        guard isWritable else { return .wait }
        do throws(MessageFault) {
            if let message = try framer.next() { return .begin(message) }
        } catch {
            return refuse(error)
        }
        return inputEnded ? closing(.close(.closedByPeer)) : .wait
    }

    /// The message of the last ``Step/begin(_:)`` is at fault.
    mutating func refuse(_ fault: MessageFault) -> Step {
        end = .fault(fault)
        framer.discard()
        return closing(.refuse(fault))
    }

    /// Whether more is to be read.
    var wantsInput: Bool {
        end == nil && !inputEnded && !framer.hasMessage && !framer.isTooLong
    }

    /// Whether a message was begun and its end has not come: what ``Limits/messageTime`` is for.
    var isMessageBegun: Bool { end == nil && framer.hasBegun }

    private mutating func closing(_ step: Step) -> Step {
        isClosing = true
        return step
    }
}
