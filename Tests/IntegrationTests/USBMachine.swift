#if MOCKED_USB
    import Control
    import Foundation
    import Glibc
    import Licensing
    import MockUSB
    import TestKit
    import Testing
    import Vaults

    /// A daemon on a mocked USB bus.
    final class USBMachine {
        let bus: MockBus
        let machine: Machine
        let daemon: Command
        private let workshop: Workshop

        private init(_ bus: MockBus, _ workshop: Workshop, _ machine: Machine, _ daemon: Command) {
            (self.bus, self.workshop, self.machine, self.daemon) = (bus, workshop, machine, daemon)
        }

        /// Starts a daemon for as long as `body` runs, and has it end in good order. Nothing is left on the bus.
        static func run(_ body: (USBMachine) async throws -> Void) async throws {
            let bus = try MockBus.shared()
            try bus.showToPrograms()
            let workshop = try await Workshop(minting: [])
            let machine = try await workshop.machine("usb")
            let started = USBMachine(bus, workshop, machine, try #require(machine.daemon))
            do {
                try await body(started)
            } catch {
                // What it said tells why, where it ended by itself.
                let result = await machine.stop()
                Issue.record("the daemon ended with \(result?.status ?? -1): \(result?.errors ?? "")")
                try bus.unplugEverything()
                throw error
            }
            let result = await machine.stop()
            try bus.unplugEverything()
            #expect(result?.status == 0, "\(result?.errors ?? "")")
        }

        /// Calls `body` with what happens in the daemon from now on, first with an event `ready`, until it gives false.
        func watch(_ body: (EventEntry) async throws -> Bool) async throws {
            let watcher = try await ControlClient.connect(path: machine.socket)
            try await watcher.monitor(body)
            await watcher.close()
        }

        /// Does something and waits for the event that follows.
        @discardableResult
        func event(_ kind: String, _ serial: String, after action: () throws -> Void) async throws -> EventEntry {
            var found: EventEntry?
            try await watch { event in
                if event.kind == "ready" { try action() }
                if event.kind == kind, event.location == "usb:\(serial)" { found = event }
                return found == nil
            }
            return try #require(found)
        }

        /// Plugs a dongle in and waits until it is mounted.
        func mount(_ dongle: MockDongle) async throws -> MockBus.Plug {
            var plug: MockBus.Plug?
            try await event("mounted", dongle.announcedSerial) { plug = try bus.plug(dongle) }
            return try #require(plug)
        }

        /// Pulls a dongle out and waits until it is unmounted.
        func unmount(_ plug: MockBus.Plug, _ dongle: MockDongle) async throws {
            try await event("unmounted", dongle.announcedSerial) { try bus.unplug(plug) }
        }

        /// How many keys the daemon lists at the place of that serial number; nil where the place is not there.
        func keys(at serial: String) async throws -> Int? {
            try await machine.places().first { $0.location == "usb:\(serial)" && $0.state == "READY" }?.keys
        }

        /// A dongle with `keys` keys.
        func dongle(_ serial: String, keys: Int = 1, faults: Set<MockFault> = []) throws -> MockDongle {
            try Self.dongle(serial, keys: keys, faults: faults)
        }

        /// A dongle with `keys` keys.
        static func dongle(_ serial: String, keys: Int = 1, faults: Set<MockFault> = []) throws -> MockDongle {
            let memory = MemoryVault(
                location: .usb(try #require(SerialNumber(serial))), capacity: .dongle,
                random: DeterministicRandom(seed: 5).source)
            let vendor = try TestVendor()
            for index in 0..<keys {
                let key = try vendor.key("\(serial) \(index)")
                try memory.mint(key.certificate, key.seed, on: ManualClock().occasion())
            }
            return try MockDongle(memory, faults: faults)
        }

        /// What the kernel accounts the daemon with.
        func usage() throws -> Usage { try Usage(of: daemon.pid) }

        /// What a process has used or uses.
        struct Usage: CustomStringConvertible {
            /// Processor time, in nanoseconds.
            let nanoseconds: Int
            /// How often each of its threads gave the processor up to wait, by the thread's number.
            let waits: [String: Int]
            /// Memory that is no file's, in KiB.
            let anonymous: Int
            /// How many files and sockets it has open.
            let descriptors: Int
            /// How many threads it has.
            let threads: Int

            init(of process: pid_t) throws {
                let folder = "/proc/\(process)"
                func fields(_ path: String) throws -> [String: Int] {
                    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
                    return Dictionary(
                        lines.compactMap { line in
                            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
                            guard words.count > 1, let number = Int(words[1]) else { return nil }
                            return (words[0].replacingOccurrences(of: ":", with: ""), number)
                        }, uniquingKeysWith: { first, _ in first })
                }
                let status = try fields("\(folder)/status")
                anonymous = try #require(status["RssAnon"])
                threads = try #require(status["Threads"])
                descriptors = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/fd").count
                let tasks = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/task")
                waits = Dictionary(
                    uniqueKeysWithValues: tasks.compactMap { task in
                        // A thread that ends meanwhile has no file any more.
                        let status = try? fields("\(folder)/task/\(task)/status")
                        return status?["voluntary_ctxt_switches"].map { (task, $0) }
                    })
                // With what threads took that have ended since.
                var (clock, time) = (clockid_t(), timespec())
                let isRead = clock_getcpuclockid(process, &clock) == 0 && clock_gettime(clock, &time) == 0
                try #require(isRead)
                nanoseconds = time.tv_sec * 1_000_000_000 + time.tv_nsec
            }

            /// How often each thread that is here now has waited since `start`, the most first.
            func waits(since start: Usage) -> [Int] {
                waits.map { $0.value - (start.waits[$0.key] ?? 0) }.sorted(by: >)
            }

            var description: String {
                "\(nanoseconds / 1000) µs of processor, \(anonymous) KiB, \(descriptors) descriptors, "
                    + "\(threads) threads"
            }
        }
    }
#endif
