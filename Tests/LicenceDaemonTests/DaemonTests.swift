import ArgumentParser
import Control
import Foundation
import Glibc
import Licensing
import Logging
import ServiceLifecycle
import Synchronization
import TestKit
import Testing
import TransferCodes
import USBDongles
import Varlink
import VaultStore
import Vaults

@testable import LicenceDaemon

/// The daemon as a whole, in this process: a store on the disk, a real socket, a client.
@Suite struct DaemonTests {
    private let bench: DaemonBench
    private var scratch: Scratch { bench.scratch }

    init() throws { bench = try DaemonBench() }

    private func configuration(state: String = "state", socket: String = "socket") throws -> DaemonConfiguration {
        try bench.configuration(state: state, socket: socket)
    }

    @Test func answersOverItsSocketAndLeavesNothingOpenWhenItEnds() async throws {
        let configuration = try configuration()
        for _ in 0..<2 {
            try await bench.running(configuration) {
                let client = try await ControlClient.connect(path: configuration.socket)
                let list = try await client.call(Calls.List())
                #expect(list.keys.isEmpty)
                #expect(list.places.map(\.location) == ["local"])
                #expect(list.places.map(\.state) == ["READY"])
                await client.close()
            }
            #expect(access(configuration.socket, F_OK) != 0)
            #expect(access("\(configuration.socket).bus", F_OK) != 0)
            await refuses(.daemonNotRunning) { try await ControlClient.connect(path: configuration.socket) }
        }
    }

    @Test func whatProtectsTheStoreLessIsSaidAtEachStart() async throws {
        let configuration = try configuration()
        for _ in 0..<2 {
            let log = DaemonBench.LogRecord()
            try await bench.running(configuration, machine: nil, log: log) {}
            let warnings = log.lines.withLock { $0.filter { $0.contains("the local store is protected less") } }
            #expect(
                warnings.first
                    == "warning: the local store is protected less: the store is bound to no machine id: with its disk "
                    + "it opens on any machine")
            let gaps = try bench.openStore(configuration, machine: nil).health(isThorough: false).gaps
            #expect(warnings.count == gaps.count)
        }
    }

    @Test func aKeptAnchorIsSaidAtStart() async throws {
        let configuration = try configuration()
        let occasion = Occasion(now: Timestamp(seconds: 1), user: 0)
        do {
            let key = try TestVendor().key("a")
            let vault = try bench.openStore(configuration)
            try vault.mint(key.certificate, key.seed, on: occasion)
            let target = MemoryVault(location: .local, capacity: .localStore, random: SystemSources.random)
            let offer = try vault.perform(.offer(key.number, anew: false), on: occasion)
            let asking = TransferStep.request(key.certificate, offerSecret: try offer.startCode.offerSecret)
            let request = try target.perform(asking, on: occasion)
            let anchor = try #require(
                try FileManager.default.contentsOfDirectory(atPath: configuration.state).first {
                    $0.hasPrefix("anchor.")
                })
            #expect(rename("\(configuration.state)/\(anchor)", scratch.path("aside")) == 0)
            let code = try request.requestCode
            await refuses(.codeWithheld) { try vault.perform(.release(code), on: occasion) }
        }
        let log = DaemonBench.LogRecord()
        try await bench.running(configuration, log: log) {}
        let kept = LicenceError(.anchorKept, [.path: configuration.state])
        #expect(log.lines.withLock { $0.contains { $0.hasPrefix("error: \(kept.message) hint=") } })
    }

    @Test func everyFileOfTheStoreIsForItsOwnerAlone() async throws {
        let configuration = try configuration()
        try await bench.running(configuration) {
            let names = try FileManager.default.subpathsOfDirectory(atPath: configuration.state)
            #expect(names.contains("vault.sqlite"))
            #expect(names.contains("dongles.sqlite"))
            for name in names {
                var status = stat()
                #expect(lstat("\(configuration.state)/\(name)", &status) == 0)
                #expect(status.st_mode & 0o077 == 0, "\(name) has mode \(String(status.st_mode & 0o777, radix: 8))")
            }
            // Whoever may connect is decided by who they are, not by the name's permissions.
            for socket in [configuration.socket, "\(configuration.socket).bus"] {
                var status = stat()
                #expect(lstat(socket, &status) == 0)
                #expect(status.st_mode & 0o777 == 0o666)
            }
        }
    }

    @Test func aSecondDaemonOnTheSameStoreIsToldWhoHasIt() async throws {
        let configuration = try configuration()
        try await bench.running(configuration) {
            let second = try Daemon(
                try self.configuration(socket: "other"), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            let error = await refuses(.storeInUse) { try await second.run() }
            #expect(error?.parameters[.pid] == "\(getpid())")
            let client = try await ControlClient.connect(path: configuration.socket)
            _ = try await client.call(Calls.List())
        }
    }

    @Test func aSecondDaemonOnTheSameSocketIsRefusedAndTheFirstStays() async throws {
        let configuration = try configuration()
        try await bench.running(configuration) {
            var other = try self.configuration(state: "other")
            other.bus = nil
            let second = try Daemon(other, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let error = await refuses(.socketUnusable) { try await second.run() }
            #expect(error?.parameters[.path] == configuration.socket)
            let client = try await ControlClient.connect(path: configuration.socket)
            _ = try await client.call(Calls.List())
        }
    }

    @Test func whatIsNoSocketIsLeftAlone() async throws {
        let configuration = try configuration()
        try scratch.write("precious", to: "socket")
        let daemon = try Daemon(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        await refuses(.socketUnusable) { try await daemon.run() }
        #expect(try String(contentsOfFile: scratch.path("socket"), encoding: .utf8) == "precious")
    }

    /// A daemon that is told to stop tells its watchers, and ends the leases of its clients.
    @Test func whoeverWatchesIsToldTheEnd() async throws {
        let machine = try Machine()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let service = try machine.control().varlinkService()
        let (ready, continuation) = AsyncStream.makeStream(of: Void.self)
        let server = ControlServer(
            service: service, listener: .path(machine.scratch.path("socket"), mode: 0o666), events: machine.events,
            logger: Logger(label: "test") { _ in DaemonBench.ReadyHandler(ready: continuation) })
        let group = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { continuation.finish() }
                try await group.run()
            }
            for await _ in ready { break }
            let client = try await ControlClient.connect(path: machine.scratch.path("socket"))
            var kinds: [String] = []
            try await client.monitor { event in
                kinds.append(event.kind)
                if event.kind == "ready" {
                    try await machine.plug(try Machine.dongle("4711"))
                    await group.triggerGracefulShutdown()
                }
                return true
            }
            #expect(kinds == ["ready", "mounted", "stopped"])
            try await tasks.waitForAll()
        }
    }

    @Test func whoeverAsksFirstIsToldOfTheDonglesThatWereThereBefore() async throws {
        let configuration = try configuration()
        let source = HandSource()
        #expect(source.plug(try Cable(to: try Machine.dongle("4711"))) != nil)
        #expect(source.plug(try Cable(to: try Machine.dongle("4712"))) != nil)
        let socket = try NoticeSocket(scratch.path("notify"))
        try await bench.running(
            configuration, manager: ServiceEnvironment(notices: NoticeAddress(socket.name)), usb: source
        ) {
            let notices = socket.waiting()
            #expect(notices.last == "READY=1\nSTATUS=2 dongles are mounted")
            #expect(notices.dropLast().allSatisfy { $0.hasPrefix("STATUS=") })
            let client = try await ControlClient.connect(path: configuration.socket)
            #expect(try await client.call(Calls.List()).places.map(\.location) == ["local", "usb:4711", "usb:4712"])
            await client.close()
        }
        #expect(socket.waiting() == ["STOPPING=1"])
    }

    @Test func aDongleThatSaysNothingKeepsTheDaemonFromNothingForLong() async throws {
        let machine = try Machine()
        let service = try machine.control().varlinkService()
        let (ready, silent) = (Gate(), Gate())
        let server = ControlServer(
            service: service, listener: .path(machine.scratch.path("socket"), mode: 0o666), events: machine.events,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, settled: [silent],
            patience: .milliseconds(1), onReady: { ready.open() })
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { do { try await server.run() } catch is CancellationError {} }
            await ready.pass()
            let client = try await ControlClient.connect(path: machine.scratch.path("socket"))
            _ = try await client.call(Calls.List())
            tasks.cancelAll()
            try await tasks.waitForAll()
        }
    }

    @Test func withoutUSBTheDaemonSaysSoOnceAndWorks() async throws {
        let configuration = try configuration()
        let log = DaemonBench.LogRecord()
        try await bench.running(configuration, log: log) {
            let client = try await ControlClient.connect(path: configuration.socket)
            #expect(try await client.call(Calls.List()).places.map(\.location) == ["local"])
            await client.close()
        }
        #expect(log.lines.withLock { $0.count { $0.contains("there is no USB here") } } == 1)
    }

    @Test func usbThatIsNotWantedIsNotBegunWith() async throws {
        var configuration = try configuration()
        configuration.usb = nil
        let source = HandSource()
        #expect(source.plug(try Cable(to: try Machine.dongle("4711"))) != nil)
        try await bench.running(configuration, usb: source) {
            let client = try await ControlClient.connect(path: configuration.socket)
            #expect(try await client.call(Calls.List()).places.map(\.location) == ["local"])
            await client.close()
        }
    }

    @Test func aSocketThatWasHandedOverIsServedAndItsNameStays() async throws {
        let configuration = try configuration()
        let path = scratch.path("handed-over")
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let address = try #require(NoticeAddress(path))
        #expect(address.withSocketAddress { bind(descriptor, $0, $1) } == 0)
        #expect(listen(descriptor, 8) == 0)
        try await bench.running(configuration, manager: ServiceEnvironment(listener: descriptor)) {
            let client = try await ControlClient.connect(path: path)
            #expect(try await client.call(Calls.List()).places.map(\.location) == ["local"])
            await client.close()
            #expect(access(configuration.socket, F_OK) != 0)
        }
        #expect(access(path, F_OK) == 0)
    }

    @Test func whatIsNoListeningSocketIsRefused() async throws {
        var configuration = try configuration()
        configuration.bus = nil
        let file = open("/dev/null", O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        let daemon = Daemon(
            configuration, manager: ServiceEnvironment(listener: file), startUSB: { _, _ in HandSource() },
            machine: DaemonBench.machine, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        await refuses(.socketUnusable) { try await daemon.run() }
    }

    @Test func whatIsNoDaemonIsNotTakenForOne() async throws {
        let missing = scratch.path("nothing")
        await refuses(.daemonNotRunning) { try await ControlClient.connect(path: missing) }
        let file = try scratch.write("", to: "file")
        await refuses(.daemonNotRunning) { try await ControlClient.connect(path: file) }
        let long = "/" + String(repeating: "x", count: 200)
        await refuses(.daemonNotReachable) { try await ControlClient.connect(path: long) }
    }

    @Test func aRelocationToWhatIsNoMachineIdIsRefusedBeforeAnythingIsMade() async throws {
        let configuration = try configuration()
        let key = try TestVendor().key("a")
        try bench.mint([key], into: configuration)
        let daemon = Daemon(
            configuration, startUSB: { _, _ in HandSource() }, machine: DaemonBench.machine,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let new = scratch.path("new")
        let good = "fedcba9876543210fedcba9876543210"
        for wrong in ["", "newhost", String(good.dropLast()), good + "0", String(good.dropLast()) + "g", "0" + good] {
            let error = await refuses(.usage) { try await daemon.relocate(to: new, machineIdentifier: wrong) }
            #expect(error?.message.hasPrefix(wrong) == true)
        }
        #expect(access(new, F_OK) != 0)
        do { #expect(try bench.openStore(configuration).keys().map(\.number) == [key.number]) }

        try await daemon.relocate(to: new, machineIdentifier: good.uppercased())
        func opened(on machine: MachineIdentity?) throws -> (LicenceNumber?, lockedReason: String?) {
            let vault = try SQLiteVault.open(
                localStoreIn: new, creation: .never, machine: machine, random: SystemSources.random)
            return (try vault.keys().first?.number, try vault.status().lockedReason)
        }
        #expect(try opened(on: MachineIdentity(good)) == (key.number, nil))
        #expect(try opened(on: DaemonBench.machine).lockedReason?.contains("another machine") == true)
    }

    @Test func aMachineIdWithoutARelocationIsWrongUsage() throws {
        let id = "fedcba9876543210fedcba9876543210"
        #expect(throws: (any Error).self) { try DaemonCommand.parse(["--new-machine-id", id]) }
        #expect(
            try DaemonCommand.parse(["--relocate-to", "/nowhere", "--new-machine-id", id]).newMachineId == id)
    }

    /// Every key goes, and an earlier attempt that was cut off is taken up.
    @Test func aRelocationMovesEveryKeyAndLeavesNoneBehind() async throws {
        let configuration = try configuration()
        let vendor = try TestVendor()
        let keys = try ["a", "b", "c"].map { try vendor.key($0) }
        do {
            let vault = try SQLiteVault.open(
                localStoreIn: configuration.state, machine: .ofThisMachine(), random: SystemSources.random)
            for key in keys {
                try vault.mint(key.certificate, key.seed, on: Occasion(now: Timestamp(seconds: 1), user: 0))
            }
        }
        let daemon = try Daemon(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        for _ in 0..<2 { try await daemon.relocate(to: scratch.path("new"), machineIdentifier: nil) }
        let (old, new) = (
            try SQLiteVault.open(
                localStoreIn: configuration.state, machine: .ofThisMachine(), random: SystemSources.random),
            try SQLiteVault.open(
                localStoreIn: scratch.path("new"), machine: .ofThisMachine(), random: SystemSources.random)
        )
        #expect(try old.keys().isEmpty)
        #expect(Set(try new.keys().map(\.number)) == Set(keys.map(\.number)))
        #expect(try new.status().lockedReason == nil)
        // Either store tells of each key what it tells of any other transfer, and who ran it.
        for key in keys {
            let (left, came) = (
                try old.history().filter { $0.licence == key.number }.dropFirst(),
                try new.history().filter { $0.licence == key.number }
            )
            #expect(left.map(\.event) == [.offered, .released, .settled])
            #expect(came.map(\.event) == [.requested, .activated])
            #expect(Set((left + came).map(\.transfer)).count == 1)
            #expect((left + came).allSatisfy { $0.occasion.user == geteuid() && $0.transfer != nil })
        }
        await refuses(.storeMissing) {
            try await Daemon(
                try self.configuration(state: "nowhere"),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ).relocate(to: scratch.path("third"), machineIdentifier: nil)
        }
    }
}
