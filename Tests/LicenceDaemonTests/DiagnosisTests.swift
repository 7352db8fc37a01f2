import Control
import DongleProtocol
import Dongles
import Glibc
import Licensing
import LinuxSystem
import Logging
import Synchronization
import TestKit
import Testing
import USBDongles
import Varlink
import VaultStore
import Vaults

@testable import LicenceDaemon

/// What the daemon says of itself to whoever looks for faults.
@Suite struct DiagnosisTests {
    private let machine: Machine
    private static let root = PeerCredentials(user: 0, group: 0, process: 1)
    private static let stranger = PeerCredentials(user: 4243, group: 4244, process: 1)

    init() throws { machine = try Machine() }

    private func report(
        _ diagnosis: Diagnosis? = nil, for peer: PeerCredentials = root
    ) async -> [FindingEntry] {
        let findings = await (diagnosis ?? machine.diagnosis()).report(for: peer).findings
        // Whatever the problem, somebody is told how to act.
        for problem in findings where problem.state == .problem { #expect(!(problem.cure ?? "").isEmpty, "\(problem)") }
        return findings
    }

    private func one(_ subject: String, in findings: [FindingEntry]) throws -> FindingEntry {
        let found = findings.filter { $0.subject == subject }
        try #require(found.count == 1, "\(found)")
        return try #require(found.first)
    }

    @Test func aMachineThatIsInOrderHasNoProblem() async throws {
        try await machine.plug(try Machine.dongle("4711"))
        try machine.mint("a", into: machine.local)
        let findings = await report()
        #expect(findings.filter { $0.state == .problem } == [])
        let subjects = ["daemon", "caller", "group", "vendors", "store", "dongle", "clock", "usb", "licence"]
        #expect(findings.map(\.subject) == subjects)
        #expect(try one("dongle", in: findings).object == "usb:4711")
        #expect(try one("vendors", in: findings).found.contains("Sample Works"))
    }

    @Test func everyProblemSaysWhoHasToAct() async throws {
        let source = HandSource()
        source.said.withLock { said in
            said.devices = Self.troubles.map {
                USBSighting(node: "/dev/bus/usb/001/002", identity: .standard, serial: nil, state: .trouble($0))
            }
        }
        machine.local.lock("it is a copy")
        try machine.scratch.write("nonsense", to: "vendors/broken.pub")
        machine.clock.setBack(days: 400)
        let findings = await report(machine.diagnosis(usb: .open(source, USBSettings())))
        let problems = findings.filter { $0.state == .problem }
        #expect(problems.filter { $0.subject == "device" }.map(\.cure) == Self.troubles.map(\.hint))
        #expect(Set(problems.map(\.subject)).isSuperset(of: ["device", "store", "vendors"]))
    }

    /// One of each kind; a kind that is not here does not compile.
    private static var troubles: [USBTrouble] {
        let first = USBTrouble.noPermission
        return sequence(first: first) { trouble in
            switch trouble {
            case .noPermission: .claimedByAnother
            case .claimedByAnother: .notConfigured
            case .notConfigured: .noDongleInterface
            case .noDongleInterface: .serialUnusable
            case .serialUnusable: .tooMany
            case .tooMany: .putAside
            case .putAside: .failed("x")
            case .failed: nil
            }
        }.map(\.self)
    }

    @Test func aStrangerMayAskAndLearnsNoLicenceNumber() async throws {
        let (key, dongle) = (try machine.mint("a", into: machine.local), try Machine.dongle("4711"))
        try dongle.mint(key)
        try await machine.plug(dongle)
        let toRoot = await report()
        #expect(toRoot.contains { $0.subject == "licence" && $0.object == key.number.description })
        #expect(try one("licence", in: toRoot).state == .problem)
        let toStranger = await report(for: Self.stranger)
        #expect(!toStranger.contains { "\($0)".contains(key.number.description) })
        #expect(try one("licence", in: toStranger).state == .problem)
        #expect(try one("caller", in: toStranger).state == .note)
        #expect(try one("caller", in: toRoot).state == .ok)
    }

    @Test func aLicenceThatLeftIsNamedWithItsTransfer() async throws {
        let there = try Machine(seed: 200)
        let key = try machine.mint("a", into: machine.local)
        let start = try await machine.desk.offer(key.number.description, anew: false, by: 0)
        let request = try await there.desk.request(try start.text, to: "local", by: 0)
        _ = try await machine.desk.release(try request.text, fingerprint: nil, evenIfInUse: false, by: 0)
        let findings = await report().filter { $0.subject == "licence" }
        #expect(findings.map(\.state) == [.ok, .note])
        #expect(findings.last?.found.contains("can't be seen from here") ?? false)
        #expect(findings.last?.found.contains(start.transfer.transfer) ?? false)
    }

    @Test func moreLicencesThanAnyoneReadsAreCounted() {
        let numbers = (0..<Diagnosis.mostLicences + 3).map { LicenceNumber(rawValue: UInt64($0)) }
        let verdicts = numbers.map {
            ConservationLaw.Place(location: .local, isLocked: false, keys: [$0], transfers: [])
        }
        let findings = machine.diagnosis().licenceFindings(
            ConservationLaw(verdicts + verdicts), steps: [:], isAdministrator: true)
        #expect(findings.count == Diagnosis.mostLicences + 1)
        #expect(findings.last?.found.contains("3 more") ?? false)
    }

    @Test func usbIsToldAsItIs() async throws {
        func usb(_ port: USBPort) async throws -> FindingEntry {
            try one("usb", in: await report(machine.diagnosis(usb: port)))
        }
        #expect(try await usb(.off).state == .note)
        let failed = USBPort.failed(USBStartError(message: "no netlink", hint: "allow it"), USBSettings())
        #expect(try await usb(failed).state == .problem)
        #expect(try await usb(failed).cure == "allow it")
        let source = HandSource()
        #expect(try await usb(.open(source, USBSettings())).state == .ok)
        source.said.withLock { $0.hotplug = .impossible(reason: "there is no netlink", rescanEvery: .seconds(2)) }
        let blind = try await usb(.open(source, USBSettings()))
        #expect(blind.state == .note)
        #expect(blind.found.contains("there is no netlink"))
        #expect(blind.cure != nil)
        source.said.withLock { $0.hotplug = .ended(reason: "udev does not run here") }
        let deaf = try await usb(.open(source, USBSettings()))
        #expect(deaf.state == .problem)
        #expect(deaf.found.contains("udev does not run here"))
        #expect(deaf.cure != nil)
    }

    @Test func devicesAreListedWithTheirStates() async throws {
        let source = HandSource()
        let serial = try #require(SerialNumber("4711"))
        source.said.withLock { said in
            said.devices = [
                USBSighting(node: "/dev/bus/usb/001/002", identity: .standard, serial: serial, state: .inUse),
                USBSighting(node: "/dev/bus/usb/001/003", identity: .standard, serial: nil, state: .opening),
                USBSighting(
                    node: "/dev/bus/usb/001/004", identity: .standard, serial: nil, state: .trouble(.noPermission)),
            ]
        }
        let reply = await machine.diagnosis(usb: .open(source, USBSettings())).report(for: Self.stranger)
        #expect(reply.devices.map(\.state) == ["inUse", "opening", "trouble"])
        #expect(reply.devices.map(\.trouble) == [nil, nil, "noPermission"])
        #expect(reply.devices.first?.serial == "4711")
        let findings = reply.findings.filter { $0.subject == "device" }
        #expect(findings.map(\.state) == [.ok, .note, .problem])
        #expect(findings.map(\.object) == reply.devices.map(\.node))
        #expect(findings.last?.cure == USBTrouble.noPermission.hint)
        #expect(reply.daemon.usbDevices == ["1209:0001"])
        #expect(reply.daemon.process == Int(getpid()))
    }

    @Test func placesThatDoNotAnswerOrAreRefusedAreNamed() async throws {
        let pulled = try Machine.dongle("4711")
        try await machine.plug(pulled)
        try await machine.plug(try Machine.dongle("4711"))
        let locked = try Machine.dongle("4712")
        try await machine.plug(locked)
        pulled.fail(with: LicenceError(.dongleReadOnly, [.serial: "4711"]))
        locked.lock("it is a copy")
        let findings = await report().filter { $0.subject == "dongle" }
        #expect(findings.map(\.object) == ["usb:4711", "usb:4712", "usb:4711"])
        #expect(findings.allSatisfy { $0.state == .problem })
        #expect(findings.last?.found.contains("a second dongle") ?? false)
    }

    /// To root nothing is forbidden, so the error number is given.
    @Test func aVendorsFileThatMayNotBeReadIsNoWrongFile() {
        let forbidden = VendorFolder.refusal(SmallFile.Refusal(opening: EACCES), of: "/v/a.pub")
        #expect(forbidden.message == "/v/a.pub was not read: it can't be opened: Permission denied")
        #expect(forbidden.hint.contains("chmod 0644 /v/a.pub"))
        let missing = VendorFolder.refusal(SmallFile.Refusal(opening: ELOOP), of: "/v/a.pub")
        #expect(missing.message.hasPrefix("/v/a.pub is not a vendor's public key"))
    }

    @Test func keysOfALockedStoreAreNoKeysInOrder() async throws {
        try machine.mint("a", into: machine.local)
        machine.local.lock("it is a copy")
        let findings = await report().filter { $0.subject == "licence" }
        #expect(findings.map(\.state) == [.note, .note])
        #expect(findings.first?.found == "no licence key can be used here")
        #expect(findings.last?.found.hasSuffix("LOCKED: 1") == true && findings.last?.cure != nil)
    }

    @Test func vendorsThatAreNoneAreNamed() async throws {
        try machine.scratch.write("nonsense", to: "vendors/broken.pub")
        let broken = await report().filter { $0.subject == "vendors" }
        #expect(broken.map(\.state) == [.problem, .ok])
        #expect(broken.first?.object?.hasSuffix("vendors/broken.pub") ?? false)
        unlink(machine.scratch.path("vendors/broken.pub"))
        unlink(machine.scratch.path("vendors/vendor.pub"))
        #expect(try one("vendors", in: await report()).state == .note)
        try machine.mint("a", into: machine.local)
        #expect(try one("vendors", in: await report()).state == .problem)
        #expect(rmdir(machine.scratch.path("vendors")) == 0)
        let missing = try one("vendors", in: await report())
        #expect(missing.state == .problem)
        #expect(missing.cure?.contains("install -d -m 0755 \(machine.scratch.path("vendors"))") ?? false)
    }

    @Test func aGroupThatIsMissingIsANote() async throws {
        #expect(try one("group", in: await report(machine.diagnosis(group: "no-such-group-here"))).state == .note)
        let existing = try #require(getgrgid(0)).pointee.gr_name.map { String(cString: $0) }
        let findings = await report(machine.diagnosis(group: try #require(existing)))
        #expect(!findings.contains { $0.subject == "group" })
    }

    @Test func aClockThatWasSetBackIsNoticed() async throws {
        try machine.mint("a", TestTerms().with { $0.issued = "2026-02-28" }, into: machine.local)
        #expect(try one("clock", in: await report()).state == .ok)
        machine.clock.setBack(days: 40)
        let finding = try one("clock", in: await report())
        #expect(finding.state == .problem)
        // 2026-01-20 08:00 is 38 days and some hours before 2026-02-28, less a day for the vendor's zone.
        #expect(finding.found.contains("38 days") || finding.found.contains("37 days"))
    }

    @Test func theStoreOnTheDiskIsLookedThroughForAdministrators() async throws {
        let scratch = try Scratch(isOnDisk: true)
        let path = scratch.path("store")
        _ = try SQLiteVault.open(localStoreIn: path, machine: .ofThisMachine(), random: SystemSources.random)
        try scratch.makeFolder("store/anchor.mine")
        try scratch.write("", to: "store/anchor.mine/photograph")
        let (local, _) = try await Place.open {
            try SQLiteVault.open(localStoreIn: path, machine: .ofThisMachine(), random: SystemSources.random)
        }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let storeFailure = StoreFailure()
        let mounts = MountTable(
            local: local, memory: try DongleMemory(folder: path), events: machine.events, leases: machine.leases,
            storeFailure: storeFailure, clock: machine.clock.now, logger: logger)
        let diagnosis = Diagnosis(
            mounts: mounts, vendors: machine.vendors, administrators: Administrators(group: "alm", daemonUser: 4242),
            usb: .off, isWatched: true, clock: machine.clock.now)
        let store = await report(diagnosis).filter { $0.subject == "store" }
        #expect(store.first?.state == .ok)
        #expect(store.first?.found.contains(path) ?? false)
        #expect(store.contains { $0.state == .note && $0.found.contains("\(path)/anchor.mine") })
        #expect(rename(path, scratch.path("elsewhere")) == 0)
        let moved = await report(diagnosis, for: Self.stranger).filter { $0.subject == "store" }
        #expect(moved.first?.state == .problem)
        #expect(moved.first?.found.contains("would not open again") ?? false)
    }
}

/// Whether a clock was set back.
@Suite struct ClockCheckTests {
    private func delay(_ now: UInt64, records: [UInt64] = [], issued: [UInt16] = []) -> UInt64? {
        ClockCheck.delay(
            now: Timestamp(seconds: now), records: records.map { Timestamp(seconds: $0) },
            issued: issued.map { CalendarDay(daysSince1970: $0) })
    }

    @Test func aClockThatRunsOnIsInOrder() {
        #expect(delay(0) == nil)
        #expect(delay(1000, records: [1, 999], issued: [0]) == nil)
    }

    @Test func twoMachinesMayDifferByMinutesAndVendorsByADay() {
        #expect(delay(1000, records: [1300]) == nil)
        #expect(delay(1000, records: [1301]) == 1)
        #expect(delay(86_400, issued: [2]) == nil)
        #expect(delay(86_399, issued: [2]) == 1)
    }

    @Test func theFurthestCounts() {
        #expect(delay(0, records: [400, .max, 500], issued: [.max]) == UInt64.max - 300)
    }

    @Test func aDelayIsToldInTheLargestUnit() {
        #expect(
            [1, 59, 60, 3599, 7200, 86_399, 86_400, 172_800].map(ClockCheck.words) == [
                "1 second", "59 seconds", "1 minute", "59 minutes", "2 hours", "23 hours", "1 day", "2 days",
            ])
    }
}
