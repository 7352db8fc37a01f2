import CMockUSB
import Dispatch
package import DongleProtocol
import Dongles
import Glibc
import Synchronization
package import Vaults

/// A licence dongle at the end of a mocked cable: the real device side of the protocol, over a real vault.
///
/// Here is what its USB controller does: it takes requests from the one endpoint, puts replies into the packets of the
/// other, and does wrong what it was asked to do wrong.
package final class MockDongle: @unchecked Sendable {
    /// What its descriptors say.
    package let identity: USBIdentity
    /// How fast it is.
    package let speed: MockSpeed
    /// The serial number that its descriptors tell, as text.
    package let announcedSerial: String
    let descriptors: [UInt8]

    // Safe because everything below is only touched while `lock` is held, the device and its vault too.
    private let lock = Mutex(())
    private let device: DongleDevice
    private let vault: any Vault
    private var faults: Set<MockFault>
    private var cut: MockCut?
    private var cable: MockCable?
    private var decoder = FrameDecoder()
    /// What the device has put out and no host fetched yet: one entry for each of its writes.
    private var outgoing: [[UInt8]] = []
    /// The transfers for replies that wait.
    private var waiting: [(transfer: MockTransfer, got: [UInt8], index: Int)] = []
    private var exchanges = 0
    private var bulkTransfers = 0
    private var isPacing = false
    private var counts = Counts()

    /// What has happened to it since it was made.
    package struct Counts: Sendable, Equatable {
        /// How often its interface was claimed, in vain or not.
        package var claims = 0
        /// How often it was given back.
        package var releases = 0
        /// How often a setting was set.
        package var settings = 0
        /// How often a host was told that it has no configuration.
        package var unconfigured = 0
        /// How many requests came, whole.
        package var requests = 0
        /// How many bulk transfers were submitted.
        package var transfers = 0
        /// How many of all kinds a host took back.
        package var discarded = 0
    }

    /// A dongle with what `vault` holds.
    ///
    /// - Parameter announcing: the serial number in its descriptors; nil: that of the vault.
    package init(
        _ vault: any Vault, announcing: String? = nil, identity: USBIdentity = .standard, speed: MockSpeed = .high,
        descriptors: [UInt8]? = nil, faults: Set<MockFault> = []
    ) throws {
        self.vault = vault
        device = try DongleDevice(vault)
        announcedSerial = announcing ?? device.serial.description
        self.identity = identity
        self.speed = speed
        self.descriptors = descriptors ?? MockDescriptors.dongle(identity, speed: speed)
        self.faults = faults
    }

    /// What has happened so far.
    package var history: Counts { lock.withLock { _ in counts } }

    /// Looks at the vault behind the dongle while no host does.
    package func withVault<Answer>(_ body: (any Vault) throws -> Answer) rethrows -> Answer {
        try lock.withLock { _ in try body(vault) }
    }

    /// Replaces what is wrong with it.
    package func set(_ faults: Set<MockFault>) { lock.withLock { _ in self.faults = faults } }

    /// Has the cable pulled at a bulk transfer to come.
    package func pull(_ cut: MockCut) {
        lock.withLock { _ in
            self.cut = cut
            bulkTransfers = 0
        }
    }

    /// How many bulk transfers were submitted since ``pull(_:)``, or since it was plugged in.
    package var transfers: Int { lock.withLock { _ in bulkTransfers } }

    // MARK: - What the bus tells

    func plugged(_ cable: MockCable) {
        lock.withLock { _ in
            self.cable = cable
            exchanges = 0
            bulkTransfers = 0
            forget()
        }
    }

    func unplugged(_ plug: MockBus.Plug) {
        lock.withLock { _ in
            guard cable?.plug == plug else { return }
            cable = nil
            cut = nil
            waiting = []
            forget()
        }
    }

    func asked(_ request: mock_request, _ value: UInt32) -> Int32 {
        lock.withLock { _ in
            switch request {
            case MOCK_CLAIM:
                counts.claims += 1
                return faults.contains(.busy) ? EBUSY : 0
            case MOCK_RELEASE:
                counts.releases += 1
                return 0
            case MOCK_SET_INTERFACE:
                counts.settings += 1
                guard !faults.contains(.settingStalls) else { return EPIPE }
                forget()
                return 0
            case MOCK_RESET:
                forget()
                return 0
            case MOCK_UNCONFIGURED:
                counts.unconfigured += 1
                return 0
            default: return 0
            }
        }
    }

    func submitted(_ transfer: MockTransfer) {
        lock.withLock { _ in
            guard let cable else { return }
            if transfer.isControl { return answer(transfer, on: cable) }
            counts.transfers += 1
            bulkTransfers += 1
            if transfer.endpoint & 0x80 == 0 {
                take(transfer, on: cable)
            } else {
                if isCut(bulkTransfers, .before) { return end(cable) }
                if isCut(bulkTransfers, .pending) { return cable.pullLater(cut?.ending ?? .noDevice) }
                waiting.append((transfer, [], bulkTransfers))
                pump()
            }
        }
    }

    func discarded(_ transfer: UInt64) {
        lock.withLock { _ in
            counts.discarded += 1
            waiting.removeAll { $0.transfer.number == transfer }
        }
    }

    // MARK: - Endpoint 0

    private func answer(_ transfer: MockTransfer, on cable: MockCable) {
        let setUp = transfer.bytes
        guard setUp.count >= 8, setUp[0] == 0x80, setUp[1] == 6, setUp[3] == 3 else {
            return cable.gave(transfer, [], status: -EPIPE)
        }
        let wanted = Int(setUp[6]) | Int(setUp[7]) << 8
        let text: [UInt8]
        switch setUp[2] {
        case 0: text = MockDescriptors.languages
        case 1: text = MockDescriptors.string("Example Automation")
        case 2: text = MockDescriptors.string("Licence dongle")
        case MockDescriptors.serialIndex where !faults.contains(.serialStalls):
            text = MockDescriptors.string(announcedSerial)
        default: return cable.gave(transfer, [], status: -EPIPE)
        }
        cable.gave(transfer, Array(text.prefix(wanted)))
    }

    // MARK: - Requests

    private func take(_ transfer: MockTransfer, on cable: MockCable) {
        let index = bulkTransfers
        if isCut(index, .before) { return end(cable) }
        if isCut(index, .pending) { return cable.pullLater(cut?.ending ?? .noDevice) }
        if isCut(index, .within) {
            let half = transfer.bytes.count / 2
            receive(transfer.bytes.prefix(half))
            cable.took(transfer, count: half, status: cut?.ending.status ?? -EPROTO)
            return end(cable)
        }
        if shows({ if case .stallsRequests = $0 { true } else { false } }, at: exchanges + 1) != nil {
            return cable.took(transfer, count: 0, status: -EPIPE)
        }
        receive(transfer.bytes[...])
        cable.took(transfer)
        if isCut(index, .after) { return end(cable) }
        pump()
    }

    private func receive(_ bytes: ArraySlice<UInt8>) {
        var bytes = bytes
        while true {
            do {
                guard let frame = try decoder.next(from: &bytes) else { return }
                exchanges += 1
                counts.requests += 1
                put(device.reply(to: frame))
            } catch {
                outgoing.append(device.unreadable)
                return
            }
        }
    }

    /// Puts a reply out, or what comes instead of it.
    private func put(_ reply: [UInt8]) {
        var reply = reply
        for fault in faults.sorted(by: { "\($0)" < "\($1)" }) {
            guard let first = fault.exchange, exchanges >= first else { continue }
            switch fault {
            case .silent, .empties: return
            case .short: reply = Array(reply.prefix(reply.count - 1))
            case .garbage: reply = [UInt8](repeating: 0xA5, count: 61)
            case .wrongSequence: reply = Self.anotherSequence(reply)
            case .surplus: reply += [0xA5, 0xA5, 0xA5]
            default: break
            }
        }
        outgoing.append(reply)
    }

    /// The same frame with another number and the right checksum.
    private static func anotherSequence(_ bytes: [UInt8]) -> [UInt8] {
        guard let frame = try? Frame(bytes: bytes) else { return bytes }
        let changed = try? Frame(
            version: frame.version, command: frame.command, direction: frame.direction,
            sequence: frame.sequence &+ 1, payload: frame.payload)
        return changed?.bytes ?? bytes
    }

    // MARK: - Replies

    /// Fills the transfers that wait with what there is, packet by packet.
    private func pump() {
        while let cable, let first = waiting.first {
            let exchange = max(exchanges, 1)
            if shows({ if case .stallsReplies = $0 { true } else { false } }, at: exchange) != nil {
                finish(first, status: -EPIPE, on: cable)
                continue
            }
            if shows({ if case .empties = $0 { true } else { false } }, at: exchange) != nil {
                finish(first, status: 0, on: cable)
                continue
            }
            guard let write = outgoing.first else { return }
            if shows({ if case .error = $0 { true } else { false } }, at: exchange) != nil {
                finish(first, status: -EPROTO, on: cable)
                continue
            }
            if case .slow(let pace, _) = shows({ if case .slow = $0 { true } else { false } }, at: exchange) {
                return packAfter(pace)
            }
            pack(write, on: cable)
        }
    }

    /// The next packet, once its time has come.
    private func packAfter(_ pace: Duration) {
        guard !isPacing else { return }
        isPacing = true
        let nanoseconds = Int(pace / .nanoseconds(1))
        DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) { [self] in
            lock.withLock { _ in
                isPacing = false
                if let cable, let write = outgoing.first, !waiting.isEmpty { pack(write, on: cable) }
                pump()
            }
        }
    }

    private func pack(_ write: [UInt8], on cable: MockCable) {
        var first = waiting[0]
        if isCut(first.index, .within) {
            first.got += write.prefix(max(1, min(first.transfer.length, write.count) / 2))
            finish(first, status: cut?.ending.status ?? -EPROTO, on: cable)
            return end(cable)
        }
        let packet = write.prefix(speed.packetSize)
        let room = first.transfer.length - first.got.count
        let babbles = shows({ if case .babbles = $0 { true } else { false } }, at: exchanges) != nil
        first.got += packet.prefix(room)
        if babbles || packet.count > room { return finish(first, status: -EOVERFLOW, on: cable) }
        outgoing[0] = Array(write.dropFirst(packet.count))
        if outgoing[0].isEmpty { outgoing.removeFirst() }
        waiting[0] = first
        // A packet that is not full ends the transfer; so does one that leaves no room for another.
        if packet.count < speed.packetSize || packet.count == room { finish(first, status: 0, on: cable) }
    }

    private func finish(
        _ waited: (transfer: MockTransfer, got: [UInt8], index: Int), status: Int32, on cable: MockCable
    ) {
        waiting.removeAll { $0.transfer.number == waited.transfer.number }
        cable.gave(waited.transfer, waited.got, status: status)
        if status == 0, isCut(waited.index, .after) { end(cable) }
    }

    // MARK: -

    private func isCut(_ index: Int, _ moment: MockCut.Moment) -> Bool {
        cut?.transfer == index && cut?.moment == moment
    }

    private func end(_ cable: MockCable) {
        let ending = cut?.ending ?? .noDevice
        self.cable = nil
        cut = nil
        waiting = []
        forget()
        cable.cut(ending)
    }

    /// What a conversation leaves in the device: a request that is half here, a reply that nobody fetched.
    private func forget() {
        decoder = FrameDecoder()
        outgoing = []
    }

    private func shows(_ isKind: (MockFault) -> Bool, at exchange: Int) -> MockFault? {
        faults.first { fault in isKind(fault) && fault.exchange.map { exchange >= $0 } ?? true }
    }
}
