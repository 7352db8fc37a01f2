import DongleProtocol
import Dongles
import Glibc
import Licensing
import NIOPosix
import TestKit
import Testing
import TransferCodes
import Vaults

/// A connection is a cable: from plug to unplug, several at once, and with everything that can go wrong on it.
@Suite(.timeLimit(.minutes(1)))
struct CableTests {
    @Test func aDongleIsPluggedInUsedAndPulledOut() async throws {
        let bus = try await BusBench()
        let dongle = PluggedIn("4711", at: bus.path, keys: 40)
        let arrival = try await bus.arrival()
        let (serial, keys, transfers) = try await blocking {
            let vault = try DongleVault(arrival.transport)
            let key = try #require(try vault.keys().first)
            _ = try vault.perform(.offer(key.number, anew: false), on: ManualClock().occasion())
            return (vault.serial.description, try vault.keys().count, try vault.transfers().count)
        }
        #expect(serial == "4711")
        #expect(keys == 40)
        #expect(transfers == 1)

        dongle.pull()
        #expect(try await bus.departure() == arrival.port)
        #expect(try await dongle.outcome() == .stopped)
        let error = try await blocking {
            #expect(throws: LicenceError.self) { try DongleVault(arrival.transport) }
        }
        #expect(error?.code == .donglePulled)
        await bus.listener.close()
    }

    @Test func anUnplugIsNoticedWhileNothingIsAsked() async throws {
        let bus = try await BusBench()
        for _ in 0..<50 {
            let dongle = PluggedIn("4711", at: bus.path)
            let arrival = try await bus.arrival()
            dongle.pull()
            #expect(try await bus.departure() == arrival.port)
        }
        await bus.listener.close()
        #expect(await bus.isAtEnd())
    }

    /// Has a vault to itself, as a daemon's places have.
    private actor Keeper {
        private let vault: any Vault

        init(_ vault: sending any Vault) { self.vault = vault }

        func keys() throws(LicenceError) -> Int { try vault.keys().count }
    }

    @Test func aVaultIsGreetedInOnePlaceAndUsedInAnother() async throws {
        let bus = try await BusBench()
        let dongle = PluggedIn("4711", at: bus.path, keys: 3)
        let arrival = try await bus.arrival()
        let keeper = try await blocking { Keeper(try DongleVault(arrival.transport)) }
        #expect(try await keeper.keys() == 3)
        dongle.pull()
        _ = try await bus.departure()
        await bus.listener.close()
    }

    @Test func severalArePluggedInAtOnce() async throws {
        let bus = try await BusBench()
        let dongles = (0..<8).map { PluggedIn("D-\($0)", at: bus.path, keys: $0) }
        var found: [String: Int] = [:]
        var ports: Set<DonglePort> = []
        for _ in dongles {
            let arrival = try await bus.arrival()
            ports.insert(arrival.port)
            let (serial, keys) = try await blocking {
                let vault = try DongleVault(arrival.transport)
                return (vault.serial.description, try vault.keys().count)
            }
            found[serial] = keys
        }
        #expect(found == Dictionary(uniqueKeysWithValues: (0..<8).map { ("D-\($0)", $0) }))
        #expect(ports.count == 8)
        for dongle in dongles { dongle.pull() }
        for _ in dongles { ports.remove(try await bus.departure()) }
        #expect(ports.isEmpty)
        await bus.listener.close()
    }

    @Test func oneMoreThanThereIsRoomForIsCutOff() async throws {
        let bus = try await BusBench(cables: 2)
        let dongles = ["A", "B"].map { PluggedIn($0, at: bus.path) }
        let ports = [try await bus.arrival().port, try await bus.arrival().port]
        #expect(try await PluggedIn("C", at: bus.path).outcome() == .refused)
        dongles[0].pull()
        #expect(ports.contains(try await bus.departure()))
        let third = PluggedIn("C", at: bus.path)
        _ = try await bus.arrival()
        await bus.listener.close()
        _ = try await third.outcome()
    }

    @Test func whoMayNotPlugInIsCutOffAndNotToldOf() async throws {
        let (user, group) = (geteuid(), getegid())
        let bus = try await BusBench { $0 != user || !$1.contains(group) }
        #expect(try await PluggedIn("4711", at: bus.path).outcome() == .refused)
        await bus.listener.close()
        #expect(await bus.isAtEnd())

        // The same peer where it may: both were asked of the kernel.
        let open = try await BusBench { $0 == user && $1.contains(group) }
        let dongle = PluggedIn("4711", at: open.path)
        _ = try await open.arrival()
        dongle.pull()
        _ = try await open.departure()
        await open.listener.close()
    }

    @Test func theBusEndsEveryCable() async throws {
        let bus = try await BusBench()
        let dongle = PluggedIn("4711", at: bus.path)
        let arrival = try await bus.arrival()
        _ = try await blocking { try DongleVault(arrival.transport).keys() }
        await bus.listener.close()
        #expect(try await dongle.outcome() == .hostEnded)
        #expect(access(bus.path, F_OK) != 0)
        let error = await #expect(throws: LicenceError.self) { try await PluggedIn("4711", at: bus.path).outcome() }
        #expect(error?.code == .daemonNotRunning)
        #expect(
            error?.hint.contains("--bus \(bus.path)") == true && error?.hint.hasSuffix("give another --bus") == true)
    }

    @Test func theHostCanEndACable() async throws {
        let bus = try await BusBench()
        let dongle = PluggedIn("4711", at: bus.path)
        let arrival = try await bus.arrival()
        arrival.transport.close()
        #expect(try await bus.departure() == arrival.port)
        #expect(try await dongle.outcome() == .refused)
        arrival.transport.close()
        await bus.listener.close()
    }

    // MARK: - Faults

    /// Lists the keys of a dongle whose cable has `fault` from its second exchange on; gives what came of it, and
    /// whether the cable ended by itself.
    private func listing(_ kind: CableFault.Kind, patience: Duration = .seconds(30)) async throws -> LicenceError.Code?
    {
        let bus = try await BusBench()
        let dongle = PluggedIn("4711", at: bus.path, fault: CableFault(kind, from: 2))
        let arrival = try await bus.arrival()
        let code = try await blocking { () -> LicenceError.Code? in
            let vault = try DongleVault(arrival.transport, times: DongleTimes(operation: patience))
            do throws(LicenceError) {
                #expect(try vault.keys().count == 1)
                return nil
            } catch {
                #expect(vault.ending == error)
                return error.code
            }
        }
        switch kind {
        case .pullBefore, .pullWithin, .pullAfter: #expect(try await dongle.outcome() == .pulled)
        case .garbage: #expect(try await dongle.outcome() == .hostEnded)
        default: dongle.pull()
        }
        #expect(try await bus.departure() == arrival.port)
        await bus.listener.close()
        return code
    }

    @Test(arguments: [CableFault.Kind.pullBefore, .pullWithin, .pullAfter])
    func aPulledCableEndsTheExchangeAtOnce(_ kind: CableFault.Kind) async throws {
        #expect(try await listing(kind) == .donglePulled)
    }

    @Test(arguments: [CableFault.Kind.garbage, .short, .wrongSequence])
    func wrongRepliesAreFoundOut(_ kind: CableFault.Kind) async throws {
        #expect(try await listing(kind) == .dongleGarbled)
    }

    @Test func aSlowReplyIsTakenByteByByte() async throws {
        #expect(try await listing(.slow) == nil)
    }

    @Test func aDongleThatDoesNotAnswerIsSilentAndStaysSo() async throws {
        #expect(try await listing(.silent, patience: .milliseconds(1)) == .dongleSilent)
    }

    @Test func aDongleThatSpeaksUnaskedIsCutOff() async throws {
        let bus = try await BusBench()
        let descriptor = try connected(to: bus.path)
        defer { close(descriptor) }
        let arrival = try await bus.arrival()
        let frame = try Frame(command: 2, direction: .reply(.done), sequence: 1, payload: [])
        #expect(send(descriptor, frame.bytes, frame.bytes.count, Int32(MSG_NOSIGNAL)) == frame.bytes.count)
        #expect(try await bus.departure() == arrival.port)
        let error = try await blocking {
            #expect(throws: TransportError.self) { try arrival.transport.exchange([], within: .seconds(30)) }
        }
        #expect(error == .failed("something that nobody asked for"))
        await bus.listener.close()
    }

    @Test func endlessGarbageIsCutOffAtItsFirstBytes() async throws {
        let bus = try await BusBench()
        let descriptor = try connected(to: bus.path)
        defer { close(descriptor) }
        let arrival = try await bus.arrival()
        try await blocking {
            // Until the other end is gone: nobody takes more than the buffers of the socket hold.
            let garbage = [UInt8](repeating: 0x41, count: 65_536)
            while send(descriptor, garbage, garbage.count, Int32(MSG_NOSIGNAL)) > 0 {}
        }
        #expect(try await bus.departure() == arrival.port)
        await bus.listener.close()
    }

    /// A bare connection to a bus.
    private func connected(to path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0)
        return descriptor
    }
}
