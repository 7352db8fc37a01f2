import DongleProtocol
import Dongles
import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

/// A vault in memory behind a device and a pipe, as a suite of vaults wants it.
func pipedSubject(
    _ location: Location, _ capacity: VaultCapacity, _ random: @escaping RandomBytes
) throws -> VaultSubject {
    let memory = MemoryVault(location: location, capacity: capacity, random: random)
    let vault = try DongleVault(DonglePipe(try DongleDevice(memory)))
    return VaultSubject(vault: vault) { certificate, seed, occasion in
        try memory.mint(certificate, seed, on: occasion)
    }
}

/// A cable on which a test can have every reply replaced by another.
final class TamperedPipe: DongleTransport {
    /// What to do with a reply: the request's number, counted from 1, and the reply's bytes.
    typealias Tampering = (Int, [UInt8]) throws(TransportError) -> [UInt8]

    /// The device at the end.
    let device: DongleDevice
    /// How many requests were carried.
    private(set) var exchanges = 0
    private let tampering: Tampering

    init(_ device: DongleDevice, _ tampering: @escaping Tampering) {
        self.device = device
        self.tampering = tampering
    }

    func exchange(_ frame: [UInt8], within limit: Duration) throws(TransportError) -> [UInt8] {
        exchanges += 1
        return try tampering(exchanges, device.reply(to: frame))
    }

    func close() {}
}

extension Frame {
    /// The frame of `bytes` with parts of it replaced, and a right checksum.
    static func changed(
        _ bytes: [UInt8], version: UInt8? = nil, command: UInt8? = nil, direction: Direction? = nil,
        sequence: ((UInt16) -> UInt16)? = nil, payload: (([UInt8]) -> [UInt8])? = nil
    ) -> [UInt8] {
        guard let frame = try? Frame(bytes: bytes),
            let changed = try? Frame(
                version: version ?? frame.version, command: command ?? frame.command,
                direction: direction ?? frame.direction, sequence: sequence?(frame.sequence) ?? frame.sequence,
                payload: payload?(frame.payload) ?? frame.payload)
        else { return [] }
        return changed.bytes
    }
}

/// A dongle with a key in it, for tests that look at one side of the protocol alone.
struct Plugged {
    let memory: MemoryVault
    let device: DongleDevice
    let keys: [TestKey]
    let clock = ManualClock()

    /// - Parameter keys: how many keys it holds at the beginning.
    init(keys count: Int = 1, serial: String = "4711", seed: UInt64 = 5) throws {
        let serial = try #require(SerialNumber(serial))
        memory = MemoryVault(
            location: .usb(serial), capacity: .dongle, random: DeterministicRandom(seed: seed).source)
        device = try DongleDevice(memory)
        let vendor = try TestVendor()
        keys = try (0..<count).map { try vendor.key("key \($0)") }
        for key in keys { try memory.mint(key.certificate, key.seed, on: clock.occasion()) }
    }

    /// The key it was given first.
    var key: TestKey { keys[0] }

    /// The reply of the device to `request`, which it has to give as a frame.
    func reply(_ request: DongleRequest, sequence: UInt16 = 1) throws -> Frame {
        let frame = try Frame(
            command: request.command.rawValue, direction: .request, sequence: sequence, payload: request.payload)
        return try Frame(bytes: device.reply(to: frame.bytes))
    }
}
