import CMockUSB
import Dispatch
import DongleProtocol
import Foundation
import Glibc
import Synchronization

/// A USB bus that is not there, seen by libusb in this process and in those that it starts.
///
/// Below libusb and libudev everything is mocked: /sys, the nodes in /dev/bus/usb with their ioctls, and the kernel's
/// messages. There is one bus in a process, and it stays to the end.
package final class MockBus: Sendable {
    /// The bus of this process, which has to be a ``MockedRun``.
    package static func shared() throws -> MockBus {
        guard let bus else { throw Failure(description: "umockdev's library is not preloaded into this process") }
        return bus
    }

    /// What can't be done on the bus.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) { self.description = description }
    }

    private struct State {
        /// What is plugged in, by the number of its plugging-in; and after how many answers it gets its configuration.
        var dongles: [UInt64: (plug: Plug, dongle: MockDongle, configuredAfter: UInt32?)] = [:]
        /// The address that was given last.
        var address: UInt32 = 1
    }

    // Safe because the C side guards everything behind it with a lock of its own, and never frees it.
    nonisolated(unsafe) private let handle: OpaquePointer
    private let state = Mutex(State())
    /// Plugs in, pulls out and sends messages, one after the other, as one pair of hands does.
    private let hands = DispatchQueue(label: "org.almd.mock.hands")

    private init(_ handle: OpaquePointer) {
        self.handle = handle
        // A session's leader would be ended by the pull of a node that it has open: the nodes are terminals.
        signal(SIGHUP, SIG_IGN)
    }

    private static let bus: MockBus? = {
        let handler = mock_handler(
            context: nil,
            asked: { _, plug, request, value in
                if request == MOCK_UNCONFIGURED { MockBus.bus?.toldUnconfigured(plug, times: value) }
                return MockBus.bus?.dongle(plug)?.asked(request, value) ?? ENODEV
            },
            submitted: { _, plug, transfer, isControl, endpoint, bytes, length in
                let isIncoming = endpoint & 0x80 != 0
                let sent = isControl || !isIncoming ? Array(UnsafeBufferPointer(start: bytes, count: length)) : []
                MockBus.bus?.dongle(plug)?.submitted(
                    MockTransfer(
                        number: transfer, isControl: isControl, endpoint: endpoint, bytes: sent, length: length))
            },
            discarded: { _, plug, transfer in MockBus.bus?.dongle(plug)?.discarded(transfer) })
        return mock_bus_make(handler).map { MockBus($0) }
    }()

    /// Makes the bus one for programs that this process starts from now on, too. They inherit it by their environment. One of
    /// them may use USB at a time, and this process not meanwhile.
    package func showToPrograms() throws {
        let library = try KernelStandIn.library(in: String(cString: mock_bus_root(handle)))
        setenv("LD_PRELOAD", library + ":" + Self.preloaded, 1)
    }

    /// The library by which umockdev gets between a program and the kernel.
    static let preloaded = "libumockdev-preload.so.0"

    /// How many ioctls were answered since the beginning.
    package var ioctls: UInt64 { mock_bus_ioctls(handle) }

    // MARK: - Plugging

    /// Which messages the kernel sends of an arrival or a departure.
    package enum Messages: Sendable, CaseIterable {
        case missed, one, doubled

        fileprivate var count: Int {
            switch self {
            case .missed: 0
            case .one: 1
            case .doubled: 2
            }
        }
    }

    /// How the kernel ends the transfers that are pending when the cable is pulled. It does the one or the other.
    package enum Ending: Sendable, CaseIterable {
        /// libusb says `NO_DEVICE`.
        case noDevice
        /// libusb says `ERROR`.
        case plainError

        var status: Int32 {
            switch self {
            case .noDevice: -ESHUTDOWN
            case .plainError: -EPROTO
            }
        }
    }

    /// One plugging-in of one dongle.
    package struct Plug: Sendable, Hashable {
        let number: UInt64
        /// The address on the bus, as the host sees it.
        package let address: UInt32
        /// The device's node, as the host sees it.
        package var node: String { String(format: "/dev/bus/usb/001/%03u", address) }
    }

    /// Plugs a dongle in.
    ///
    /// - Parameters:
    ///   - address: the one it gets; nil: one that was not used for long.
    ///   - configured: whether the kernel has set its configuration; see ``configure(_:)``.
    ///   - answers: how often a host is told that it has none, before the kernel sets it; nil: `configured` holds.
    ///   - permitted: whether its node can be opened; see ``permit(_:)``.
    @discardableResult
    package func plug(
        _ dongle: MockDongle, at address: UInt32? = nil, configured: Bool = true,
        configuredAfter answers: UInt32? = nil, permitted: Bool = true, telling messages: Messages = .one
    ) throws -> Plug {
        try hands.sync {
            let address = address ?? nextAddress()
            let number = dongle.descriptors.withUnsafeBufferPointer { descriptors -> UInt64 in
                // An empty array has no address; no dongle has no descriptors.
                guard let start = descriptors.baseAddress else { return 0 }
                var description = mock_description(
                    address: address, vendor: dongle.identity.vendor, product: dongle.identity.product,
                    speed: dongle.speed.rawValue, descriptors: start, descriptors_length: descriptors.count,
                    configured: configured && answers == nil, permitted: permitted)
                return mock_bus_plug(handle, &description)
            }
            guard number != 0 else { throw Failure(description: "nothing can be plugged in at address \(address)") }
            let plug = Plug(number: number, address: address)
            dongle.plugged(MockCable(bus: self, plug: plug))
            state.withLock { $0.dongles[number] = (plug, dongle, answers) }
            for _ in 0..<messages.count { try tell(plug, "add") }
            return plug
        }
    }

    /// Pulls a dongle out. Its address is free from then on.
    package func unplug(_ plug: Plug, ending: Ending = .noDevice, telling messages: Messages = .one) throws {
        try hands.sync { try pull(plug, ending, messages) }
    }

    /// Pulls out whatever is plugged in.
    package func unplugEverything() throws {
        try hands.sync {
            for plug in state.withLock({ $0.dongles }).values.map(\.plug) { try pull(plug, .noDevice, .one) }
        }
    }

    /// The kernel sets the configuration of a dongle that was plugged in without one. It sends no message of it.
    package func configure(_ plug: Plug) { hands.sync { mock_bus_configure(handle, plug.number) } }

    /// The node of a dongle can be opened from now on, or can't any more. The kernel sends no message of it.
    package func permit(_ plug: Plug, _ isPermitted: Bool = true) {
        hands.sync { mock_bus_permit(handle, plug.number, isPermitted) }
    }

    /// Sends the kernel's message "change" about a dongle, as `udevadm trigger` has it done.
    package func trigger(_ plug: Plug) throws { try hands.sync { try tell(plug, "change") } }

    // MARK: - For a dongle

    /// Ends a transfer; false where it is not pending any more.
    @discardableResult
    func finish(_ plug: Plug, _ transfer: UInt64, status: Int32 = 0, _ bytes: [UInt8], count: Int) -> Bool {
        bytes.withUnsafeBufferPointer { buffer in
            mock_bus_finish(handle, plug.number, transfer, status, bytes.isEmpty ? nil : buffer.baseAddress, count)
        }
    }

    /// Pulls the cable at once, from within what the dongle is told; the rest of the kernel's work follows.
    func cut(_ plug: Plug, _ ending: Ending) {
        mock_bus_cut(handle, plug.number, ending.status)
        pullLater(plug, ending)
    }

    /// Pulls a dongle out by other hands than those that call.
    func pullLater(_ plug: Plug, _ ending: Ending) { hands.async { [self] in try? pull(plug, ending, .one) } }

    // MARK: -

    private func pull(_ plug: Plug, _ ending: Ending, _ messages: Messages) throws {
        guard let dongle = state.withLock({ $0.dongles.removeValue(forKey: plug.number)?.dongle }) else { return }
        mock_bus_cut(handle, plug.number, ending.status)
        dongle.unplugged(plug)
        defer { mock_bus_remove(handle, plug.number) }
        for _ in 0..<messages.count { try tell(plug, "remove") }
    }

    private func tell(_ plug: Plug, _ action: String) throws {
        guard mock_bus_tell(handle, plug.number, action) else {
            throw Failure(description: "nobody reads the kernel's messages")
        }
    }

    /// From within what the host is told, so that it need not be as fast as its next attempt.
    private func toldUnconfigured(_ plug: UInt64, times: UInt32) {
        guard let enough = state.withLock({ $0.dongles[plug]?.configuredAfter }), times >= enough else { return }
        mock_bus_configure(handle, plug)
    }

    private func dongle(_ plug: UInt64) -> MockDongle? { state.withLock { $0.dongles[plug]?.dongle } }

    private func nextAddress() -> UInt32 {
        state.withLock { state in
            let taken = Set(state.dongles.values.map(\.plug.address))
            repeat { state.address = state.address >= 100 ? 2 : state.address + 1 } while taken.contains(state.address)
            return state.address
        }
    }
}

/// A transfer as a host submitted it.
struct MockTransfer {
    /// Names it; never used twice.
    let number: UInt64
    /// Whether it is one of endpoint 0; else a bulk transfer.
    let isControl: Bool
    /// The endpoint's address with its direction.
    let endpoint: UInt8
    /// What goes to the device: of a control transfer the set-up and what follows it.
    let bytes: [UInt8]
    /// How many bytes those are, or how many are asked for.
    let length: Int
}

/// A dongle's end of its cable.
struct MockCable: Sendable {
    let bus: MockBus
    let plug: MockBus.Plug

    /// Ends a transfer to the device, of which `count` bytes were taken.
    func took(_ transfer: MockTransfer, count: Int? = nil, status: Int32 = 0) {
        bus.finish(plug, transfer.number, status: status, [], count: count ?? transfer.length)
    }

    /// Ends a transfer from the device.
    func gave(_ transfer: MockTransfer, _ bytes: [UInt8], status: Int32 = 0) {
        bus.finish(plug, transfer.number, status: status, bytes, count: bytes.count)
    }

    /// Pulls itself out while the host waits.
    func pullLater(_ ending: MockBus.Ending) { bus.pullLater(plug, ending) }

    /// Pulls itself out, before the call returns.
    func cut(_ ending: MockBus.Ending) { bus.cut(plug, ending) }
}
