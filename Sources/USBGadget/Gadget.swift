import CLinux
import Dispatch
import DongleProtocol
package import Dongles
import Glibc
import LinuxSystem
import Synchronization

/// Is a dongle at this machine's device port: makes the gadget, answers the host until it is told to stop, and takes the
/// gadget away.
///
/// A gadget runs once. The vault answers on the thread that called ``run(_:whenPluggedIn:)``; events are taken on a queue
/// of the gadget's own, so that the control pipe is answered while the vault is busy.
package final class Gadget: Sendable {
    /// How a gadget came to its end without anything being wrong.
    package enum Ending: Sendable, Hashable {
        /// ``Gadget/stop()`` was called.
        case stopped
        /// A fault that was asked for pulled the cable.
        case pulled
    }

    private struct State {
        var gadget = GadgetState()
        var events: Int32?
        var isPluggedIn = false
        var isStopped = false
    }

    private let folders: GadgetFolders
    private let name: GadgetName
    private let wantedController: String?
    private let state = Mutex(State())
    /// Signalled whenever the state may have changed; whoever waits looks at the state again.
    private let changes = DispatchSemaphore(value: 0)

    /// A gadget by this plan, at the device controller of this name; nil: at the only one that is free.
    package init(
        _ plan: GadgetPlan, name: GadgetName, controller: String?, places: GadgetPlan.Places = GadgetPlan.Places()
    ) {
        folders = GadgetFolders(plan: plan, places: places)
        self.name = name
        wantedController = controller
    }

    /// Plugs the dongle in and answers what hosts ask, until it is stopped. Blocks.
    ///
    /// - Parameters:
    ///   - cable: the device's end of the cable, with the device and the faults that were asked for.
    ///   - note: called with what went wrong in a conversation that ended otherwise than by the host or the cable.
    ///   - whenPluggedIn: called with the controller's name once a host could see the dongle.
    /// - Throws: ``GadgetError``.
    package func run(
        _ cable: CableEnd, note: (String) -> Void = { _ in }, whenPluggedIn: (String) -> Void = { _ in }
    ) throws(GadgetError) -> Ending {
        let controller = try folders.controller(wantedController)
        let lock = try folders.lock(name)
        defer { lock.release() }
        try folders.make()
        defer { try? folders.remove() }
        let files: FunctionFS
        do throws(SystemCallFailure) {
            files = try FunctionFS(mountedAt: folders.plan.mountPoint)
        } catch {
            throw GadgetError(error)
        }
        let watch = watch(files.events)
        defer { watch.end() }
        try folders.bind(to: controller)
        // Whoever stops the gadget pulls it out if it is in already; before, that is done here.
        let isStopped = state.withLock { state in
            state.isPluggedIn = true
            return state.isStopped
        }
        defer { folders.unbind() }
        guard !isStopped else { return .stopped }
        whenPluggedIn(controller)

        var conversation: UInt64 = 0
        while let next = waitForConversation(after: conversation) {
            conversation = next
            switch converse(&conversation, files, cable) {
            case .pull: return .pulled
            case .over(let number):
                if let words = Self.trouble(number) { note(words) }
            case .goOn: break
            }
        }
        guard state.withLock({ $0.isStopped }) else { throw .lost(controller) }
        return .stopped
    }

    /// Pulls the dongle out. From any thread and any number of times; before ``run(_:whenPluggedIn:)`` it makes that
    /// return at once.
    package func stop() {
        let isPluggedIn = state.withLock { state in
            state.isStopped = true
            return state.isPluggedIn
        }
        // Ends what waits for the host: every endpoint answers with an error from now on.
        if isPluggedIn { folders.unbind() }
        changes.signal()
    }

    // MARK: - Events

    /// Takes the events as they come, until the watch ends.
    private func watch(_ descriptor: Int32) -> Watch {
        state.withLock { $0.events = descriptor }
        let source = DispatchSource.makeReadSource(
            fileDescriptor: descriptor, queue: DispatchQueue(label: "almdongle.gadget.events"))
        source.setEventHandler { [weak self] in self?.takeEvents() }
        let ended = DispatchSemaphore(value: 0)
        source.setCancelHandler { ended.signal() }
        source.resume()
        return Watch(source: source, ended: ended) { [weak self] in self?.state.withLock { $0.events = nil } }
    }

    /// What takes events; it ends before their descriptor is closed.
    private struct Watch {
        let source: any DispatchSourceRead
        let ended: DispatchSemaphore
        let forget: () -> Void

        func end() {
            source.cancel()
            ended.wait()
            forget()
        }
    }

    /// Takes note of every event that is there, and answers those that want an answer.
    private func takeEvents() {
        let isNews = state.withLock { state in
            guard let descriptor = state.events else { return false }
            let before = state.gadget
            while case let events = FunctionFS.readEvents(descriptor), !events.isEmpty {
                for event in events {
                    if case .stall(let isToHost) = state.gadget.take(event) {
                        FunctionFS.stall(descriptor, isToHost: isToHost)
                    }
                }
            }
            return state.gadget != before
        }
        if isNews { changes.signal() }
    }

    // MARK: - Conversations

    /// Waits for a host to begin a conversation other than `last`; nil: there will be none.
    private func waitForConversation(after last: UInt64) -> UInt64? {
        while true {
            let next: UInt64?? = state.withLock { state in
                if state.isStopped || state.gadget.isUnbound { return .some(nil) }
                guard state.gadget.isEnabled, state.gadget.conversation != last else { return nil }
                return state.gadget.conversation
            }
            if let next { return next }
            changes.wait()
        }
    }

    /// The conversation that the endpoints are in now, with every event taken that has come.
    private func currentConversation() -> UInt64 {
        takeEvents()
        return state.withLock { $0.gadget.conversation }
    }

    private enum Course {
        case goOn
        /// With the number of the error that ended the conversation.
        case over(Int32)
        case pull
    }

    /// What went wrong, in words; nil where the host went away or begins anew, which it may at any time.
    static func trouble(_ number: Int32) -> String? {
        if [ESHUTDOWN, EAGAIN, ENODEV].contains(number) { return nil }
        return "the conversation with the host ended: \(ErrorNumber.words(number))"
    }

    /// Answers requests until the conversation is over. Where the host began another one without this side having to
    /// wait for it, `conversation` becomes that one's.
    private func converse(_ conversation: inout UInt64, _ files: borrowing FunctionFS, _ cable: CableEnd) -> Course {
        guard let size = files.packetSize() else { return .over(ENODEV) }
        guard var stream = RequestStream(packetSize: size) else { return .over(EMSGSIZE) }
        while true {
            let bytes: ArraySlice<UInt8>
            switch files.read(atMost: stream.readSize) {
            case .bytes(let read): bytes = read
            case .over(let number): return .over(number)
            }
            let current = currentConversation()
            if current != conversation {
                // The host set the interface while nothing here was waiting in the kernel, so that no call failed. What
                // came, came after that; what was half read before is dropped.
                conversation = current
                guard let fresh = RequestStream(packetSize: size) else { return .over(EMSGSIZE) }
                stream = fresh
            }
            for arrival in stream.take(bytes) {
                let course = answer(arrival, in: conversation, files, cable)
                guard case .goOn = course else { return course }
            }
        }
    }

    private func answer(
        _ arrival: RequestStream.Arrival, in conversation: UInt64, _ files: borrowing FunctionFS, _ cable: CableEnd
    ) -> Course {
        let delivery =
            switch arrival {
            case .request(let frame): cable.carry(frame.bytes)
            case .garbage: cable.unreadable
            }
        func send(_ bytes: ArraySlice<UInt8>) -> Course {
            // A host that began anew must not get the reply to what it asked before.
            guard currentConversation() == conversation else { return .over(ESHUTDOWN) }
            switch files.write(bytes) {
            case .bytes: return .goOn
            case .over(let number): return .over(number)
            }
        }
        switch delivery {
        case .nothing:
            return .goOn
        case .reply(let reply, slowly: false):
            return send(reply[...])
        case .reply(let reply, slowly: true):
            for place in reply.indices {
                let course = send(reply[place...place])
                guard case .goOn = course else { return course }
                usleep(Self.slowPause)
            }
            return .goOn
        case .pull(let beginning):
            _ = send(beginning[...])
            return .pull
        }
    }

    /// Between two bytes of a slow reply, in microseconds.
    private static let slowPause: UInt32 = 20_000
}
