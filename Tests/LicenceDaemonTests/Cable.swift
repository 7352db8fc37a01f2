import Dispatch
import Dongles
import Synchronization
import USBDongles

@testable import LicenceDaemon

/// A cable within the process that may be handed to another task.
final class Cable: DongleTransport, Sendable {
    private let pipe: Mutex<DonglePipe>

    init(to vault: SharedVault, fault: CableFault? = nil) throws {
        pipe = Mutex(DonglePipe(try DongleDevice(vault), fault: fault))
    }

    func exchange(_ frame: [UInt8], within limit: Duration) throws(TransportError) -> [UInt8] {
        try pipe.withLock { pipe throws(TransportError) in try pipe.exchange(frame, within: limit) }
    }

    func close() { pipe.withLock { $0.close() } }
}

/// A cable to something that never answers, until the cable is closed.
final class SilentCable: DongleTransport, Sendable {
    private let closed = DispatchSemaphore(value: 0)

    func exchange(_ frame: [UInt8], within limit: Duration) throws(TransportError) -> [UInt8] {
        closed.wait()
        closed.signal()
        throw .pulled
    }

    func close() { closed.signal() }
}

/// A source of dongles that a test plugs in and pulls out.
final class HandSource: USBBus {
    let events: DongleEvents
    /// What it says of itself.
    let said = Mutex(USBReport(hotplug: .working, devices: []))
    private let cables = Mutex<[any DongleTransport & Sendable]>([])

    init(capacity: Int = 16) { events = DongleEvents(capacity: capacity) }

    /// Plugs `cable` in; nil where there is no room for it.
    func plug(_ cable: any DongleTransport & Sendable) -> DonglePort? {
        let port = DonglePort(source: "hand")
        cables.withLock { $0.append(cable) }
        return events.arrive(DongleArrival(port: port, transport: cable)) ? port : nil
    }

    func report() -> USBReport { said.withLock { $0 } }

    func close() async {
        for cable in cables.withLock({ $0 }) { cable.close() }
        events.finish()
    }
}
