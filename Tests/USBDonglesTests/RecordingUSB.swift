import Dispatch
import DongleProtocol
import Glibc
import Synchronization

@testable import USBDongles

/// A stand-in for libusb with devices that a test plugs in and pulls out. It writes down every call, and every rule of
/// libusb that was broken.
final class RecordingUSB: LibUSBCalls {
    /// What a device does with a transfer.
    enum Reaction: Sendable {
        /// It ends at once: all of it was sent, or these bytes came.
        case completes([UInt8] = [])
        /// Only as many bytes were sent.
        case takes(Int)
        /// It ends at once, otherwise than well.
        case ends(USBTransferEnd.Status)
        /// It stays in flight.
        case stays
        /// It is not taken.
        case refused(LibUSBError)
    }

    /// A device.
    struct Device: Sendable {
        var facts: USBDeviceFacts
        var interfaces = [USBInterfaceDescriptor.dongle]
        var languages: [UInt8] = [4, 3, 9, 4]
        var serial: [UInt8]
        /// What opening fails with, one after the other; then it succeeds.
        var openErrors: [LibUSBError] = []
        var interfacesErrors: [LibUSBError] = []
        var descriptorErrors: [LibUSBError] = []
        var claimErrors: [LibUSBError] = []
        var selectErrors: [LibUSBError] = []
        var clearErrors: [LibUSBError] = []
        /// What asking whether it is there fails with.
        var thereError: LibUSBError?
        /// What becomes of the transfers, one after the other; then one to the device ends, and one from it stays.
        var reactions: [Reaction] = []
        /// How a transfer ends that was cancelled: it may have come to its end just before.
        var cancelledStatus = USBTransferEnd.Status.cancelled
        /// Whether a transfer can't be cancelled.
        var isDeaf = false
        /// Waited for before a descriptor is read.
        var gate: Gate?
    }

    fileprivate struct Flight {
        let number: UInt
        let count: Int
        let isInput: Bool
        let ended: @Sendable (USBTransferEnd) -> Void
    }

    struct State {
        /// Every call but the waiting for events, with the number of the device.
        var calls: [String] = []
        /// Every rule that was broken.
        var violations: [String] = []
        /// How many transfers are in flight.
        var flying: Int { flights.count }

        fileprivate var devices: [UInt: Device] = [:]
        fileprivate var present: [UInt] = []
        fileprivate var counted: Set<UInt> = []
        fileprivate var handles: Set<UInt> = []
        fileprivate var claimed: Set<UInt> = []
        fileprivate var transfers: Set<UInt> = []
        fileprivate var owners: [UInt: UInt] = [:]
        fileprivate var flights: [UInt: Flight] = [:]
        fileprivate var lastTransfer: UInt = 0
        fileprivate var isBegun = false
        fileprivate var tell: (@Sendable () -> Void)?
        fileprivate var events: [@Sendable () -> Void] = []
        fileprivate var threads = 0
        fileprivate var callbackThread: pthread_t?
        fileprivate var waiters:
            [(condition: @Sendable (State) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }

    /// What beginning fails with, by whether it was to listen.
    let beginErrors: [Bool: LibUSBError]
    /// Done once, while the devices are counted for the first time.
    private let duringFirstCount = Mutex<(@Sendable (RecordingUSB) -> Void)?>(nil)
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    init(beginErrors: [Bool: LibUSBError] = [:], duringFirstCount: (@Sendable (RecordingUSB) -> Void)? = nil) {
        self.beginErrors = beginErrors
        self.duringFirstCount.withLock { $0 = duringFirstCount }
    }

    // MARK: what a test does and asks

    /// Plugs a device in, and tells of it unless that is to be missed.
    func plug(_ number: UInt, _ device: Device, telling: Bool = true) {
        change { state in
            state.devices[number] = device
            state.present.append(number)
        }
        if telling { tell() }
    }

    /// Pulls a device out; a transfer in flight ends as `status`, nil: not at all.
    func unplug(_ number: UInt, ending status: USBTransferEnd.Status? = .noDevice, telling: Bool = true) {
        change { state in
            state.present.removeAll { $0 == number }
            let flights = state.flights.filter { $0.value.number == number }
            if let status { for transfer in flights.keys { self.land(transfer, status, [], &state) } }
        }
        if telling { tell() }
    }

    /// Changes a device.
    func change(_ number: UInt, _ body: (inout Device) -> Void) {
        change { state in
            guard var device = state.devices[number] else { return }
            body(&device)
            state.devices[number] = device
        }
    }

    /// Tells that something came or went.
    func tell() {
        change { state in
            if let tell = state.tell { state.events.append(tell) }
        }
        wake.signal()
    }

    /// Every call so far.
    var calls: [String] { state.withLock { $0.calls } }
    /// Every rule that was broken so far.
    var violations: [String] { state.withLock { $0.violations } }

    /// Waits until `condition` holds.
    func until(_ condition: @escaping @Sendable (State) -> Bool) async {
        await withCheckedContinuation { continuation in
            change { $0.waiters.append((condition, continuation)) }
        }
    }

    // MARK: the context

    func begin(listening: Bool) throws(LibUSBError) {
        if let error = beginErrors[listening] { throw error }
        call(listening ? "begin listening" : "begin") { state in
            if state.isBegun { state.violations.append("begun twice") }
            state.isBegun = true
        }
    }

    func end() {
        call("end") { state in
            if !state.isBegun { state.violations.append("ended without having begun") }
            if state.threads > 0 { state.violations.append("ended while a thread waited for events") }
            if !state.handles.isEmpty { state.violations.append("ended with handles \(state.handles)") }
            if !state.transfers.isEmpty { state.violations.append("ended with transfers \(state.transfers)") }
            state.isBegun = false
            state.tell = nil
        }
    }

    func registerHotplug(_ tell: @escaping @Sendable () -> Void) throws(LibUSBError) {
        call("register") { $0.tell = tell }
    }

    func deregisterHotplug() { call("deregister") { _ in } }

    func handleEvents() throws(LibUSBError) {
        change { $0.threads += 1 }
        wake.wait()
        let events = change { state in
            defer { state.events = [] }
            state.callbackThread = pthread_self()
            return state.events
        }
        for event in events { event() }
        change { state in
            state.callbackThread = nil
            state.threads -= 1
        }
    }

    func interruptEvents() {
        call("interrupt") { _ in }
        wake.signal()
    }

    // MARK: devices

    func devices() throws(LibUSBError) -> [USBDevice: USBDeviceFacts] {
        let during = duringFirstCount.withLock { during in
            defer { during = nil }
            return during
        }
        let present = call("devices") { state -> [USBDevice: USBDeviceFacts] in
            state.counted.formUnion(state.present)
            let devices = state.present.compactMap { number in
                state.devices[number].map { (USBDevice(identifier: number), $0.facts) }
            }
            return Dictionary(uniqueKeysWithValues: devices)
        }
        during?(self)
        return present
    }

    // MARK: an open device

    func open(_ device: USBDevice) throws(LibUSBError) -> USBHandle {
        let number = device.identifier
        let error = call("open \(number)") { state -> LibUSBError? in
            if !state.counted.contains(number) { state.violations.append("opened \(number) before it was counted") }
            if state.handles.contains(number) { state.violations.append("opened \(number) twice") }
            if let error = Self.next(\.openErrors, number, &state) { return error }
            guard state.present.contains(number) else { return LibUSBError(.noDevice) }
            state.handles.insert(number)
            return nil
        }
        if let error { throw error }
        return USBHandle(identifier: number)
    }

    func close(_ handle: USBHandle) {
        let number = handle.identifier
        call("close \(number)") { state in
            if state.handles.remove(number) == nil { state.violations.append("closed \(number) twice") }
            if state.claimed.contains(number) { state.violations.append("closed \(number) while it was claimed") }
            if state.flights.values.contains(where: { $0.number == number }) {
                state.violations.append("closed \(number) with a transfer in flight")
            }
        }
    }

    func interfaces(of handle: USBHandle) throws(LibUSBError) -> [USBInterfaceDescriptor] {
        let (error, interfaces) = asking("interfaces", handle) { number, state in
            (Self.next(\.interfacesErrors, number, &state), state.devices[number]?.interfaces ?? [])
        }
        if let error { throw error }
        return interfaces
    }

    func descriptor(_ handle: USBHandle, type: UInt8, index: UInt8, language: UInt16) throws(LibUSBError) -> [UInt8] {
        let gate = change { $0.devices[handle.identifier]?.gate }
        gate?.pass()
        let (error, bytes) = asking("text \(index) of", handle) { number, state in
            (
                Self.next(\.descriptorErrors, number, &state),
                (index == 0 ? state.devices[number]?.languages : state.devices[number]?.serial) ?? []
            )
        }
        if let error { throw error }
        return bytes
    }

    func claim(_ handle: USBHandle, interface: UInt8) throws(LibUSBError) {
        let error = asking("claim", handle) { number, state -> LibUSBError? in
            if let error = Self.next(\.claimErrors, number, &state) { return error }
            if !state.claimed.insert(number).inserted { state.violations.append("claimed \(number) twice") }
            return nil
        }
        if let error { throw error }
    }

    func release(_ handle: USBHandle, interface: UInt8) {
        asking("release", handle) { number, state in
            if state.claimed.remove(number) == nil { state.violations.append("released \(number) twice") }
            if state.flights.values.contains(where: { $0.number == number }) {
                state.violations.append("released \(number) with a transfer in flight")
            }
        }
    }

    func selectFirstSetting(_ handle: USBHandle, interface: UInt8) throws(LibUSBError) {
        let error = asking("select", handle) { number, state -> LibUSBError? in
            Self.mustBeClaimed(number, &state)
            return Self.next(\.selectErrors, number, &state)
        }
        if let error { throw error }
    }

    func clearHalt(_ handle: USBHandle, endpoint: UInt8) throws(LibUSBError) {
        let error = asking("clear \(String(endpoint, radix: 16)) of", handle) { number, state -> LibUSBError? in
            Self.mustBeClaimed(number, &state)
            return Self.next(\.clearErrors, number, &state)
        }
        if let error { throw error }
    }

    func askWhetherThere(_ handle: USBHandle, interface: UInt8) throws(LibUSBError) {
        let error = asking("ask", handle) { number, state in state.devices[number]?.thereError }
        if let error { throw error }
    }

    // MARK: transfers

    func makeTransfer(capacity: Int) throws(LibUSBError) -> USBTransfer {
        change { state in
            state.lastTransfer += 1
            state.transfers.insert(state.lastTransfer)
            return USBTransfer(identifier: state.lastTransfer)
        }
    }

    func submit(
        _ transfer: USBTransfer, on handle: USBHandle, endpoint: UInt8, _ load: USBLoad,
        ended: @escaping @Sendable (USBTransferEnd) -> Void
    ) throws(LibUSBError) {
        let identifier = transfer.identifier
        let (count, isInput) =
            switch load {
            case .send(let bytes): (bytes.count, false)
            case .receive(let count): (count, true)
            }
        let error = asking("\(isInput ? "receive" : "send") \(count) \(isInput ? "from" : "to")", handle) {
            number, state -> LibUSBError? in
            Self.mustBeClaimed(number, &state)
            if !state.transfers.contains(identifier) { state.violations.append("sent a freed transfer") }
            if state.flights[identifier] != nil { state.violations.append("sent a transfer twice") }
            if isInput != (endpoint & 0x80 != 0) { state.violations.append("sent a transfer to the wrong endpoint") }
            guard state.present.contains(number) else { return LibUSBError(.noDevice) }
            let reaction: Reaction
            if state.devices[number]?.reactions.isEmpty == false {
                reaction = state.devices[number]?.reactions.removeFirst() ?? .stays
            } else {
                reaction = isInput ? .stays : .completes()
            }
            if case .refused(let error) = reaction { return error }
            state.owners[identifier] = number
            state.flights[identifier] = Flight(number: number, count: count, isInput: isInput, ended: ended)
            switch reaction {
            case .completes(let bytes):
                self.land(identifier, .completed, bytes, count: isInput ? bytes.count : count, &state)
            case .takes(let taken): self.land(identifier, .completed, [], count: taken, &state)
            case .ends(let status): self.land(identifier, status, [], &state)
            case .stays, .refused: break
            }
            return nil
        }
        if let error { throw error }
    }

    func cancel(_ transfer: USBTransfer) {
        let identifier = transfer.identifier
        change { state in
            if !state.transfers.contains(identifier) { state.violations.append("cancelled a freed transfer") }
            guard let flight = state.flights[identifier] else { return }
            state.calls.append("cancel \(flight.number)")
            guard let device = state.devices[flight.number], !device.isDeaf else { return }
            self.land(identifier, device.cancelledStatus, [], &state)
        }
    }

    func free(_ transfer: USBTransfer) {
        let identifier = transfer.identifier
        change { state in
            if state.transfers.remove(identifier) == nil { state.violations.append("freed a transfer twice") }
            if state.flights[identifier] != nil { state.violations.append("freed a transfer in flight") }
            if let number = state.owners.removeValue(forKey: identifier) { state.calls.append("free \(number)") }
        }
    }

    // MARK: helpers

    /// Has a transfer end, in the thread that handles events. It is in flight until it is told there.
    private func land(
        _ transfer: UInt, _ status: USBTransferEnd.Status, _ bytes: [UInt8], count: Int = 0, _ state: inout State
    ) {
        state.events.append { [unowned self] in
            let flight = self.change { $0.flights.removeValue(forKey: transfer) }
            flight?.ended(USBTransferEnd(status: status, count: count, received: bytes))
        }
        wake.signal()
    }

    /// Changes the state, and wakes whoever waits for it to be so.
    @discardableResult private func change<Answer: Sendable>(_ body: (inout State) -> Answer) -> Answer {
        let (answer, ready) = state.withLock { state in
            let answer = body(&state)
            let ready = state.waiters.filter { $0.condition(state) }.map(\.continuation)
            if !ready.isEmpty {
                let rest = state.waiters.filter { !$0.condition(state) }
                state.waiters = rest
            }
            return (answer, ready)
        }
        for continuation in ready { continuation.resume() }
        return answer
    }

    /// The same, with the call written down.
    @discardableResult private func call<Answer: Sendable>(
        _ name: String, _ body: (inout State) -> Answer
    ) -> Answer {
        change { state in
            state.calls.append(name)
            Self.watch(name, &state)
            return body(&state)
        }
    }

    /// The same for a call on a handle.
    @discardableResult private func asking<Answer: Sendable>(
        _ name: String, _ handle: USBHandle, _ body: (UInt, inout State) -> Answer
    ) -> Answer {
        call("\(name) \(handle.identifier)") { state in
            if !state.handles.contains(handle.identifier) { state.violations.append("\(name) on a closed handle") }
            return body(handle.identifier, &state)
        }
    }

    /// Nothing may be called by who is called back.
    private static func watch(_ name: String, _ state: inout State) {
        if state.callbackThread == pthread_self() { state.violations.append("\(name) within a callback") }
        if !state.isBegun, !name.hasPrefix("begin") { state.violations.append("\(name) without a context") }
    }

    private static func mustBeClaimed(_ number: UInt, _ state: inout State) {
        if !state.claimed.contains(number) { state.violations.append("used \(number) without a claim") }
    }

    private static func next(
        _ errors: WritableKeyPath<Device, [LibUSBError]>, _ number: UInt, _ state: inout State
    ) -> LibUSBError? {
        guard var device = state.devices[number], !device[keyPath: errors].isEmpty else { return nil }
        defer { state.devices[number] = device }
        return device[keyPath: errors].removeFirst()
    }
}

/// A door that a test holds shut.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func pass() {
        semaphore.wait()
        semaphore.signal()
    }

    func open() { semaphore.signal() }
}

extension USBInterfaceDescriptor {
    /// What a dongle's interface looks like.
    static let dongle = USBInterfaceDescriptor(
        number: 0, setting: 0, classCode: USBInterface.classCode, subclass: USBInterface.subclass,
        protocolCode: USBInterface.protocolCode,
        endpoints: [
            USBEndpointDescriptor(address: 0x01, attributes: 2, maximumPacketSize: 64),
            USBEndpointDescriptor(address: 0x82, attributes: 2, maximumPacketSize: 64),
        ])
}

extension RecordingUSB.Device {
    /// A dongle of that serial number at that address of bus 1.
    init(_ serial: String, at address: UInt8 = 4, identity: USBIdentity = .standard) {
        let units = serial.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        self.init(
            facts: USBDeviceFacts(identity: identity, serialIndex: 3, bus: 1, address: address),
            serial: [UInt8(truncatingIfNeeded: units.count + 2), 3] + units)
    }
}
