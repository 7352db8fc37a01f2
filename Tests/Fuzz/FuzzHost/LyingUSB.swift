import DongleProtocol
import Dongles
import FuzzKit

@testable import USBDongles

/// libusb with one device on it: a dongle that lies, whose descriptors lie, and whose packets come as the choices of an
/// input say.
///
/// Every transfer ends before its submission returns, so that nothing waits. What the host asks of libusb is held to
/// libusb's rules and to its own bounds.
///
/// Safe because libFuzzer runs one input after the other on one thread.
final class LyingUSB: LibUSBCalls, @unchecked Sendable {
    static let device = USBDevice(identifier: 1)
    static let facts = USBDeviceFacts(identity: .standard, serialIndex: 3, bus: 1, address: 4)
    private static let handle = USBHandle(identifier: 1)

    /// Whether its descriptors say something else than those of a dongle.
    var liesInDescriptors = false
    /// The reply that came in the last exchange, where it was a frame that answers the request; nil where no host may take
    /// it for one.
    var lastReply: Frame? { dongle.answer(in: delivered) }

    private let dongle: LyingDongle
    private let choices: Choices
    private var isOpen = false
    private var claimed: UInt8?
    private var interfaces: [USBInterfaceDescriptor] = []
    /// The transfers that were made and not freed, with the room in each.
    private var transfers: [USBTransfer: Int] = [:]
    private var lastTransfer: UInt = 0
    /// What the device has put out and the host not fetched, and how it is to come.
    private var outgoing: ArraySlice<UInt8> = []
    private var delivery = Delivery.whole
    private var failure: TransportError?
    /// What came since the last request, and in how many transfers.
    private var delivered: [UInt8] = []
    private var reads = 0

    /// How a reply comes over the cable.
    private enum Delivery {
        /// In full packets and a last one.
        case whole
        /// In packets of any size, empty ones too.
        case pieces
        /// In packets of any size, until a transfer ends as something else than well.
        case broken
        /// In packets as `whole`, with more bytes behind them.
        case surplus
    }

    init(_ dongle: LyingDongle, _ choices: Choices) {
        (self.dongle, self.choices) = (dongle, choices)
    }

    // MARK: - What has to hold

    /// The interface that was claimed has the endpoints that are going to be used.
    func requireClaimed(_ opened: USBOpening.Result) {
        let pipes = opened.pipes
        require(isOpen && claimed == pipes.interface, "opened without a claim")
        require(pipes.input & 0x80 != 0 && pipes.output & 0x80 == 0, "endpoints in the wrong direction")
        require((1...1024).contains(pipes.inputPacketSize), "packets of \(pipes.inputPacketSize) bytes")
        let known = interfaces.filter { $0.number == pipes.interface && $0.setting == 0 }.flatMap(\.endpoints)
        require(
            known.contains { $0.address == pipes.input && Int($0.maximumPacketSize) == pipes.inputPacketSize }
                && known.contains { $0.address == pipes.output },
            "endpoints that no descriptor names")
    }

    /// Everything was given back.
    func requireNothingLeft() {
        require(!isOpen, "a handle was left open")
        require(transfers.isEmpty, "\(transfers.count) transfers were not freed")
    }

    // MARK: - The context, of which nothing is asked here

    func begin(listening: Bool) throws(LibUSBError) {}
    func end() {}
    func registerHotplug(_ tell: @escaping @Sendable () -> Void) throws(LibUSBError) {}
    func deregisterHotplug() {}
    func handleEvents() throws(LibUSBError) {}
    func interruptEvents() {}
    func devices() throws(LibUSBError) -> [USBDevice: USBDeviceFacts] { [Self.device: Self.facts] }

    // MARK: - An open device

    func open(_ device: USBDevice) throws(LibUSBError) -> USBHandle {
        require(!isOpen, "opened twice")
        try refuseIfAsked()
        isOpen = true
        return Self.handle
    }

    func close(_ handle: USBHandle) {
        require(isOpen && transfers.isEmpty, "closed while it was in use, or twice")
        (isOpen, claimed) = (false, nil)
    }

    func interfaces(of handle: USBHandle) throws(LibUSBError) -> [USBInterfaceDescriptor] {
        try refuseIfAsked()
        interfaces = liesInDescriptors ? (0..<choices.below(4)).map { _ in interface() } : []
        if interfaces.isEmpty { interfaces = [Self.honest] }
        return interfaces
    }

    func descriptor(_ handle: USBHandle, type: UInt8, index: UInt8, language: UInt16) throws(LibUSBError) -> [UInt8] {
        require(type == 3 && (index == 0 || index == Self.facts.serialIndex), "asked for text \(index)")
        try refuseIfAsked()
        let honest: [UInt8] =
            index == 0 ? [4, 3, 9, 4] : [10, 3] + Array("4711".utf8).flatMap { [$0, 0] }
        guard liesInDescriptors else { return honest }
        switch choices.below(4) {
        case 0: return honest
        case 1: return Array(choices.run(upTo: 255))
        case 2:
            // A text of any characters, with the length that it has.
            let units = choices.run(upTo: 126)
            return [UInt8(units.count * 2 + 2), 3] + units.flatMap { [$0, choices.flag() ? 0 : choices.byte()] }
        default:
            var text = honest
            text[choices.below(text.count)] = choices.byte()
            return text
        }
    }

    func claim(_ handle: USBHandle, interface: UInt8) throws(LibUSBError) {
        require(claimed == nil, "claimed twice")
        try refuseIfAsked()
        claimed = interface
    }

    func release(_ handle: USBHandle, interface: UInt8) {
        require(claimed == interface, "released what was not claimed")
        claimed = nil
    }

    func selectFirstSetting(_ handle: USBHandle, interface: UInt8) throws(LibUSBError) { try refuseIfAsked() }
    func clearHalt(_ handle: USBHandle, endpoint: UInt8) throws(LibUSBError) { try refuseIfAsked() }
    func askWhetherThere(_ handle: USBHandle, interface: UInt8) throws(LibUSBError) {}

    private func refuseIfAsked() throws(LibUSBError) {
        guard liesInDescriptors, choices.byte() & 0x0F == 0x0F else { return }
        throw LibUSBError(choices.pick(LibUSBError.Code.allCases))
    }

    // MARK: - Descriptors

    private static let honest = USBInterfaceDescriptor(
        number: 0, setting: 0, classCode: USBInterface.classCode, subclass: USBInterface.subclass,
        protocolCode: USBInterface.protocolCode,
        endpoints: [
            USBEndpointDescriptor(address: 0x01, attributes: 2, maximumPacketSize: 64),
            USBEndpointDescriptor(address: 0x82, attributes: 2, maximumPacketSize: 64),
        ])

    private func interface() -> USBInterfaceDescriptor {
        var (interface, fields) = (Self.honest, choices.byte())
        if fields & 1 != 0 { interface.number = choices.byte() }
        if fields & 2 != 0 { interface.setting = choices.byte() }
        if fields & 4 != 0 { interface.classCode = choices.byte() }
        if fields & 8 != 0 { interface.subclass = choices.byte() }
        if fields & 16 != 0 { interface.protocolCode = choices.byte() }
        if fields & 32 != 0 { interface.endpoints.append(endpoint()) }
        if fields & 64 != 0 { interface.endpoints = (0..<choices.below(5)).map { _ in endpoint() } }
        if fields & 128 != 0 {
            let size: UInt16 = choices.pick([8, 1, 512, 1024, 63, 1025, 0, choices.integer()])
            for index in interface.endpoints.indices { interface.endpoints[index].maximumPacketSize = size }
        }
        return interface
    }

    private func endpoint() -> USBEndpointDescriptor {
        USBEndpointDescriptor(
            address: choices.byte(), attributes: choices.pick([2, 3, choices.byte()]),
            maximumPacketSize: choices.pick([64, choices.integer()]))
    }

    // MARK: - Transfers

    func makeTransfer(capacity: Int) throws(LibUSBError) -> USBTransfer {
        require(transfers.isEmpty, "more than one transfer at a time")
        lastTransfer += 1
        let transfer = USBTransfer(identifier: lastTransfer)
        transfers[transfer] = capacity
        return transfer
    }

    func submit(
        _ transfer: USBTransfer, on handle: USBHandle, endpoint: UInt8, _ load: USBLoad,
        ended: @escaping @Sendable (USBTransferEnd) -> Void
    ) throws(LibUSBError) {
        guard let room = transfers[transfer] else { finding("a transfer that was freed was sent") }
        require(isOpen && claimed != nil, "a transfer without a claim")
        switch load {
        case .send(let bytes):
            require(endpoint & 0x80 == 0 && bytes.count <= room, "a request of \(bytes.count) bytes in \(room)")
            require(bytes.count <= Frame.maximumSize, "a request of \(bytes.count) bytes")
            take(bytes)
            ended(USBTransferEnd(status: .completed, count: bytes.count, received: []))
        case .receive(let count):
            require(endpoint & 0x80 != 0 && count <= room, "a read of \(count) bytes into \(room)")
            ended(packet(of: count, at: endpoint))
        }
    }

    func cancel(_ transfer: USBTransfer) { finding("a transfer that has ended was cancelled") }

    func free(_ transfer: USBTransfer) {
        require(transfers.removeValue(forKey: transfer) != nil, "a transfer was freed twice")
    }

    /// The dongle gets a request, and has something to say.
    private func take(_ bytes: [UInt8]) {
        (delivered, reads, failure) = ([], 0, nil)
        delivery = .whole
        do throws(TransportError) {
            outgoing += try dongle.reply(to: bytes)
            delivery =
                switch dongle.chosen & 0x60 {
                case 0x20: .pieces
                case 0x40: .broken
                case 0x60: .surplus
                default: .whole
                }
        } catch {
            failure = error
        }
        if delivery == .surplus { outgoing += choices.run(upTo: 80) }
    }

    /// What a read of `count` bytes gets.
    private func packet(of count: Int, at endpoint: UInt8) -> USBTransferEnd {
        requireBounded(count, at: endpoint)
        if let failure {
            switch failure {
            case .pulled: return Self.ends(.noDevice)
            case .silent: return Self.ends(.timedOut)
            default: return Self.ends(.error)
            }
        }
        var size = count
        if delivery == .pieces || delivery == .broken { size = count - choices.below(count + 1) }
        if delivery == .broken, choices.byte() & 3 == 3 {
            return Self.ends(choices.pick(USBTransferEnd.Status.allCases.filter { $0 != .completed }))
        }
        // A device that has nothing to say says nothing, unless it sends empty packets.
        guard !outgoing.isEmpty || delivery == .pieces else { return Self.ends(.timedOut) }
        let bytes = Array(outgoing.prefix(size))
        outgoing = outgoing.dropFirst(bytes.count)
        delivered += bytes
        return USBTransferEnd(status: .completed, count: bytes.count, received: bytes)
    }

    private static func ends(_ status: USBTransferEnd.Status) -> USBTransferEnd {
        USBTransferEnd(status: status, count: 0, received: [])
    }

    /// No read is longer than the longest frame, and none is asked for without end.
    private func requireBounded(_ count: Int, at endpoint: UInt8) {
        let sizes = interfaces.filter { $0.number == claimed && $0.setting == 0 }.flatMap(\.endpoints)
            .filter { $0.address == endpoint && $0.attributes & 3 == 2 }.map { Int($0.maximumPacketSize) }
        require(
            sizes.contains { $0 > 0 && count.isMultiple(of: $0) && count < Frame.maximumSize + $0 } && count > 0,
            "a read of \(count) bytes in packets of \(sizes)")
        reads += 1
        // Each brings a byte of the frame, or is one of the empty ones.
        require(reads <= Frame.maximumSize + 17, "\(reads) reads for one reply")
    }
}
