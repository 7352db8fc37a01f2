import Control
import Foundation
import LicenceCommands
import Licensing
import Testing

/// `almctl doctor`, over a machine made of files.
@Suite struct DoctorTests {
    private let system: FakeSystem

    init() throws { system = try FakeSystem() }

    private static let installed = "/run/almd/almd.sock"

    /// A daemon that says this of itself.
    private func daemon(
        _ findings: [FindingEntry] = [], devices: [DeviceEntry] = [], process: Int = 77, usb: [String] = ["1209:0001"]
    ) -> FakeDaemon {
        let daemon = FakeDaemon()
        daemon.on(Calls.Diagnose.self) { _ in
            Calls.Diagnose.Reply(
                findings: findings, devices: devices,
                daemon: DaemonEntry(version: "1", process: process, user: 998, usbDevices: usb))
        }
        return daemon
    }

    /// A device that the daemon has trouble with.
    private static let trouble = DeviceEntry(node: FakeSystem.node, device: "1209:0001", serial: nil, state: "trouble")
    /// The same, and why.
    private static let forbidden = DeviceEntry(
        node: FakeSystem.node, device: "1209:0001", serial: nil, state: "trouble", trouble: "noPermission")
    /// What the daemon alone can say about it.
    private static let said = FindingEntry(
        subject: "device", object: FakeSystem.node, state: .problem, found: "device 1209:0001 is not used: x", cure: "y"
    )

    private func run(
        _ arguments: [String], _ daemon: FakeDaemon?, user: UInt32 = 0, patience: Duration = .seconds(30),
        refusal: LicenceError.Code = .daemonNotRunning
    ) async -> CommandLineRun {
        await CommandLineRun(
            arguments, daemon: daemon, system: system.tree(user: user), diagnosisTime: patience, refusal: refusal)
    }

    /// The findings, by JSON, as a program gets them.
    private func findings(
        _ daemon: FakeDaemon?, user: UInt32 = 0, patience: Duration = .seconds(30),
        refusal: LicenceError.Code = .daemonNotRunning, arguments: [String] = []
    ) async throws -> [FindingEntry] {
        struct Report: Decodable {
            let findings: [FindingEntry]
            let problems: Int
        }
        let run = await run(
            ["doctor", "--json"] + arguments, daemon, user: user, patience: patience, refusal: refusal)
        let report = try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
        #expect(report.problems == report.findings.count { $0.state == .problem })
        #expect(run.status == (report.problems == 0 ? 0 : 1))
        for finding in report.findings where finding.state == .problem {
            #expect(!(finding.cure ?? "").isEmpty, "\(finding)")
        }
        return report.findings
    }

    private func one(
        _ subject: String, _ daemon: FakeDaemon?, user: UInt32 = 0, refusal: LicenceError.Code = .daemonNotRunning
    ) async throws -> FindingEntry {
        let found = try await findings(daemon, user: user, refusal: refusal).filter { $0.subject == subject }
        try #require(found.count == 1, "\(found)")
        return try #require(found.first)
    }

    // MARK: - The whole

    @Test func aMachineInOrderIsToldSoAndEndsWithZero() async throws {
        let ok = FindingEntry(subject: "daemon", state: .ok, found: "almd 1 answers")
        let run = await run(["doctor"], daemon([ok]))
        #expect(
            run.output == """
                ok       daemon: almd 1 answers
                ok       unit: /usr/lib/systemd/system/almd.service is installed, and started at
                         boot or by whoever asks first
                note     device: no dongle is plugged into USB (1209:0001)
                ok       rule: /usr/lib/udev/rules.d/60-almd.rules gives dongles to group almd
                         and to nobody else

                no problem was found

                """)
        #expect(run.status == 0)
        #expect(run.errors == "")
    }

    @Test func aProblemIsToldWithItsCureOnOneLineAndEndsWithOne() async throws {
        let long = String(repeating: "word ", count: 30) + "end"
        let problem = FindingEntry(subject: "store", state: .problem, found: long, cure: long)
        let run = await run(["doctor"], daemon([problem]))
        #expect(run.output.contains("\n         -> \(long)\n"))
        #expect(run.output.hasSuffix("\n\n1 problem was found\n"))
        #expect(run.status == 1)
        #expect(run.output.split(separator: "\n").filter { !$0.contains("->") }.allSatisfy { $0.count <= 80 })
    }

    @Test func whatTheDaemonSaysCanNotSteerTheTerminal() async {
        let hostile = FindingEntry(
            subject: "dongle", object: "\u{1B}[2J", state: .problem, found: "a\nok  b", cure: "c\r\u{1B}]0;x\nd")
        let run = await run(["doctor"], daemon([hostile]))
        #expect(!run.output.unicodeScalars.contains { $0 != "\n" && !$0.isPrintable })
        #expect(!run.output.split(separator: "\n").contains { $0.hasPrefix("ok  b") })
    }

    @Test func aDaemonOfAnEarlierReleaseIsAProblem() async throws {
        let finding = try await one("daemon", FakeDaemon())
        #expect(finding.state == .problem)
    }

    @Test func withoutUSBNothingIsSaidAboutIt() async throws {
        try system.plug()
        let subjects = Set(try await findings(daemon(usb: [])).map(\.subject))
        #expect(subjects.isDisjoint(with: ["device", "rule", "usb"]))
    }

    // MARK: - No daemon

    @Test func aDaemonThatDoesNotRunIsStartedByWhatIsInstalled() async throws {
        let finding = try await one("daemon", nil)
        #expect(finding.state == .problem)
        #expect(finding.found == "almd is not running: there is no socket \(Self.installed)")
        #expect(finding.cure == "as root: systemctl start almd")
        try system.remove(FakeSystem.unit)
        #expect(try await one("daemon", nil).cure?.contains("almd --state") ?? false)
    }

    @Test func aSocketThatNobodyListensOnIsToldFromAnythingElse() async throws {
        try system.write("", to: Self.installed)
        #expect(try await one("daemon", nil).found == "\(Self.installed) is no socket")
    }

    @Test func aServiceThatHangsIsToldFromOneThatDoesNotRun() async throws {
        try system.write("77\n", to: "/sys/fs/cgroup/system.slice/almd.service/cgroup.procs")
        let units = try await findings(nil).filter { $0.subject == "unit" }
        #expect(units.map(\.state) == [.ok, .problem])
        #expect(units.last?.found.contains("does not answer") ?? false)
    }

    @Test(.timeLimit(.minutes(1))) func aDaemonThatTakesTheCallAndNeverAnswersIsNamed() async throws {
        try system.write("77\n", to: "/sys/fs/cgroup/system.slice/almd.service/cgroup.procs")
        let daemon = FakeDaemon()
        daemon.neverAnswers(Calls.Diagnose.self)
        let findings = try await findings(daemon, patience: .milliseconds(1))
        let finding = try #require(findings.first { $0.subject == "daemon" })
        #expect(
            finding.found == "the daemon on \(Self.installed) does not answer: "
                + "it accepts the connection and says nothing for 0.001 seconds")
        #expect(
            finding.cure == "as root: journalctl --unit almd.service --lines 50 says why; systemctl restart almd")
        #expect(findings.last { $0.subject == "unit" }?.found == "almd.service runs, and does not answer")
        // The call was given up, and its connection with it.
        #expect(daemon.calls(Calls.Diagnose.self).count == 1)
        #expect(daemon.openConnections == 0)
        let elsewhere = try await self.findings(
            daemon, patience: .milliseconds(1), arguments: ["--socket", "/tmp/other"])
        #expect(elsewhere.first?.cure?.contains("whoever started it") ?? false)
    }

    @Test func aServiceThatDoesNotEvenGreetIsToldToBeLookedInto() async throws {
        try system.write("77\n", to: "/sys/fs/cgroup/system.slice/almd.service/cgroup.procs")
        let finding = try await one("daemon", nil, refusal: .daemonSilent)
        #expect(finding.found.contains("does not answer"))
        #expect(finding.cure?.contains("systemctl restart almd") ?? false)
    }

    @Test func aSocketThatMayNotBeConnectedToIsNamedWithOwnerModeAndTheLineThatHelps() async throws {
        try system.write("anna:x:1000:1000::/:/bin/sh\n", to: "/etc/passwd")
        try system.write("", to: Self.installed)
        let group = try system.permit(Self.installed, 0o660)
        let name = group == FakeSystem.serviceGroup ? "almd" : "\(group)"
        let mayJoin = try await one("daemon", nil, user: 1000, refusal: .daemonNotReachable)
        #expect(mayJoin.state == .problem)
        #expect(mayJoin.found.hasPrefix("you (user anna) may not connect to \(Self.installed), which belongs to "))
        #expect(mayJoin.found.hasSuffix(":\(name) with mode 0660"), "\(mayJoin.found)")
        #expect(mayJoin.cure == "as root: usermod --append --groups \(name) anna; then log in anew")
        try system.permit(Self.installed, 0o600)
        let mayNot = try await one("daemon", nil, user: 1000, refusal: .daemonNotReachable)
        #expect(mayNot.found.hasSuffix("with mode 0600"), "\(mayNot.found)")
        #expect(
            mayNot.cure == "as root: chmod 0666 \(Self.installed); "
                + "systemctl cat almd.socket shows which SocketMode= made it so")
        try system.remove(Self.installed)
        try system.permit("/run/almd", 0o700)
        let hidden = try await one("daemon", nil, user: 1000, refusal: .daemonNotReachable)
        #expect(hidden.found.hasPrefix("you (user anna) may not look into /run/almd, which belongs to "))
        #expect(hidden.cure == "as root: chmod a+x /run/almd")
    }

    @Test func aSocketThatEverybodyMayConnectToIsNotBlamedOnItsMode() async throws {
        try system.write("", to: Self.installed)
        try system.permit(Self.installed, 0o666)
        let finding = try await one("daemon", nil, user: 1000, refusal: .daemonNotReachable)
        #expect(finding.found == "\(Self.installed) may not be opened: the test says so")
        #expect(finding.cure == "ask the administrator for access to the socket")
        // Root is kept away by no mode.
        try system.permit(Self.installed, 0o600)
        #expect(try await one("daemon", nil, refusal: .daemonNotReachable).found == finding.found)
    }

    @Test func theUnitIsLeftOutForADaemonElsewhere() async throws {
        let run = await run(["doctor", "--socket", "/tmp/other", "--json"], daemon())
        #expect(!run.output.contains("\"unit\""))
    }

    @Test func aMaskedUnitIsAProblem() async throws {
        try system.link("/dev/null", at: "/etc/systemd/system/almd.service")
        let unit = try await one("unit", nil)
        #expect(unit.state == .problem)
        #expect(unit.cure == "as root: systemctl unmask almd.service")
    }

    @Test func aUnitThatNothingStartsAndNoUnitAndNoSystemdAreNotes() async throws {
        try system.remove("/etc/systemd/system/sockets.target.wants/almd.socket")
        #expect(try await one("unit", daemon()).cure?.contains("systemctl enable --now") ?? false)
        try system.remove(FakeSystem.unit)
        #expect(try await one("unit", daemon()).found.contains("not installed"))
        try system.remove("/run/systemd/system")
        let unit = try await one("unit", daemon())
        #expect((unit.state, unit.found.contains("systemd does not run")) == (.note, true))
    }

    @Test(arguments: [
        ("PrivateNetwork=yes", "is not told"), ("PrivateNetwork=true", "is not told"),
        ("PrivateDevices=1", "can't open"),
        ("RestrictAddressFamilies=\nRestrictAddressFamilies=AF_UNIX", "without AF_NETLINK"),
        ("RestrictAddressFamilies=\nRestrictAddressFamilies=~AF_NETLINK AF_INET", "without AF_NETLINK"),
        ("RestrictAddressFamilies=~AF_NETLINK", "without AF_NETLINK"),
    ])
    func aSettingThatKeepsDonglesAwayIsNamedWithItsFile(_ setting: String, _ effect: String) async throws {
        let file = "/etc/systemd/system/almd.service.d/local.conf"
        try system.write("[Service]\n\(setting)\n", to: file)
        let unit = try #require(try await findings(daemon()).first { $0.subject == "unit" && $0.state == .problem })
        #expect(unit.found.contains(effect))
        #expect(unit.cure?.contains(file) ?? false)
        // What a later file takes back counts for nothing.
        let back = "[Service]\nPrivateNetwork=no\nPrivateDevices=no\nRestrictAddressFamilies=\n"
        try system.write(back, to: "/run/systemd/system/almd.service.d/zz.conf")
        #expect(!(try await findings(daemon()).contains { $0.subject == "unit" && $0.state == .problem }))
    }

    @Test(arguments: [
        "RestrictAddressFamilies=AF_INET", "RestrictAddressFamilies=~AF_INET", "RestrictAddressFamilies=",
        "RestrictAddressFamilies=~AF_NETLINK\nRestrictAddressFamilies=AF_NETLINK",
        "RestrictAddressFamilies=\nRestrictAddressFamilies=~AF_INET",
    ])
    func aSettingThatLeavesNetlinkAsItWasIsNoProblem(_ setting: String) async throws {
        try system.write("[Service]\n\(setting)\n", to: "/etc/systemd/system/almd.service.d/local.conf")
        #expect(!(try await findings(daemon()).contains { $0.subject == "unit" && $0.state == .problem }))
    }

    // MARK: - The rule

    @Test func theShippedRuleIsInOrder() async throws {
        let shipped = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "udev/60-almd.rules")
        try system.write(try String(contentsOf: shipped, encoding: .utf8), to: FakeSystem.ruleFile)
        #expect(try await one("rule", daemon()).state == .ok)
    }

    @Test(arguments: [
        ("", "no udev rule gives device 1209:0001"),
        (FakeSystem.rule(device: "0002"), "no udev rule gives device 1209:0001"),
        ("#" + FakeSystem.rule().replacing("# comment\n", with: ""), "no udev rule"),
        (FakeSystem.rule("GROUP=\"plugdev\", MODE=\"0660\""), "gives it to group plugdev"),
        (FakeSystem.rule("GROUP=\"almd\", MODE=\"0600\""), "does not let its group"),
        (FakeSystem.rule("GROUP=\"almd\""), "does not let its group"),
        (FakeSystem.rule("GROUP=\"almd\", MODE=\"0666\""), "opens it to everybody"),
        (FakeSystem.rule("GROUP=\"almd\", MODE=\"0660\", TAG+=\"uaccess\""), "whoever sits at the machine"),
    ])
    func aRuleThatIsNotInOrderIsNamed(_ text: String, _ reason: String) async throws {
        try system.write(text, to: FakeSystem.ruleFile)
        let rule = try await one("rule", daemon())
        #expect(rule.state == .note)
        #expect(rule.found.contains(reason), "\(rule.found)")
        #expect(rule.cure?.contains("--print-udev-rule") ?? false)
        // A dongle that waits for it makes it a problem.
        try system.plug(mode: 0o600)
        try system.run(77, "almd", user: 998, groups: "997", open: [])
        #expect(try await one("rule", daemon([Self.said], devices: [Self.trouble])).state == .problem)
    }

    @Test func aRuleHasToStandInItsPlaceInTheOrder() async throws {
        try system.remove(FakeSystem.ruleFile)
        try system.write(
            FakeSystem.rule("GROUP=\"almd\", MODE=\"0660\""), to: "/usr/lib/udev/rules.d/40-almd.rules")
        #expect(try await one("rule", daemon()).found.contains("is read before 50-udev-default.rules"))
        try system.write(FakeSystem.rule(), to: "/usr/lib/udev/rules.d/40-almd.rules")
        #expect(try await one("rule", daemon()).state == .ok)
    }

    @Test func aLaterRuleCountsUnlessTheFirstIsFinal() async throws {
        let later = "/etc/udev/rules.d/99-local.rules"
        try system.write(FakeSystem.rule("GROUP=\"users\", MODE=\"0666\""), to: later)
        #expect(try await one("rule", daemon()).state == .ok)
        try system.write(FakeSystem.rule("GROUP=\"almd\", MODE=\"0660\""), to: FakeSystem.ruleFile)
        #expect(try await findings(daemon()).contains { $0.subject == "rule" && $0.found.contains(later) })
    }

    @Test func anAdministratorsFileHidesTheInstalledOneOfItsName() async throws {
        try system.link("/dev/null", at: "/etc/udev/rules.d/60-almd.rules")
        #expect(try await one("rule", daemon()).found.contains("no udev rule"))
        try system.remove("/run/udev")
        #expect(try await one("rule", daemon()).found.contains("udev does not run"))
    }

    // MARK: - Devices

    @Test func aDeviceThatTheDaemonUsesIsLeftToIt() async throws {
        try system.plug(mode: 0o600, driver: "usbfs")
        let used = DeviceEntry(node: FakeSystem.node, device: "1209:0001", serial: "4711", state: "inUse")
        let said = FindingEntry(subject: "device", object: FakeSystem.node, state: .ok, found: "dongle 4711 is open")
        #expect(try await one("device", daemon([said], devices: [used])) == said)
    }

    @Test func aNodeThatTheDaemonMayNotOpenIsNamedWithOwnerModeAndCure() async throws {
        try system.plug(mode: 0o600)
        try system.run(77, "almd", user: 998, groups: "997", open: [])
        let device = try await one("device", daemon([Self.said], devices: [Self.trouble]))
        #expect(device.state == .problem)
        #expect(device.found.contains("with mode 0600, and almd runs as almd"), "\(device.found)")
        // The rule is in order, and was not applied.
        #expect(device.cure == "as root: \(Self.reload)")
        try system.remove(FakeSystem.ruleFile)
        #expect(
            try await one("device", daemon([Self.said], devices: [Self.trouble])).cure?.contains("--print-udev-rule")
                ?? false)
    }

    @Test func aNodeThatMayBeOpenedLeavesTheListOfDevicesToBeBlamed() async throws {
        try system.plug()
        try system.run(77, "almd", user: 998, groups: "997", open: [])
        let refused = daemon([Self.said], devices: [Self.forbidden])
        let shipped = try await one("device", refused)
        #expect(
            shipped.found == "dongle 4711 is not used: its node allows it, and DevicePolicy= or DeviceAllow= "
                + "of the unit, or a container, does not")
        let folder = "/etc/systemd/system/almd.service.d"
        #expect(
            shipped.cure == "as root: systemctl cat almd.service shows both; to put them right: mkdir -p \(folder) && "
                + #"printf '[Service]\nDevicePolicy=closed\nDeviceAllow=char-usb_device rw\n' > "#
                + "\(folder)/zz-usb.conf && systemctl daemon-reload && systemctl restart almd")
        try system.write("[Service]\nDevicePolicy=closed\nDeviceAllow=\n", to: "\(folder)/local.conf")
        #expect(try await one("device", refused).found.contains(" in \(folder)/local.conf,"))
        try system.remove("/run/systemd/system")
        #expect(try await one("device", refused).cure?.contains("--device-cgroup-rule") ?? false)
        // Where the permissions are wrong, it is them.
        try system.plug(mode: 0o600)
        #expect(try await one("device", refused).cure == "as root: \(Self.reload)")
        // And of any other trouble the daemon said all there is.
        try system.plug()
        #expect(try await one("device", daemon([Self.said], devices: [Self.trouble])) == Self.said)
    }

    @Test func aDaemonThatWasStartedBeforeItsUserWasInTheGroupIsStartedAnew() async throws {
        try system.plug()
        let group = try system.permit(FakeSystem.node, 0o660)
        try system.write("almd:x:\(group):\n", to: "/etc/group")
        try system.write("root:x:0:0::/:/bin/sh\nalmd:x:998:\(group)::/:/usr/sbin/nologin\n", to: "/etc/passwd")
        // In no group that the node belongs to.
        try system.run(77, "almd", user: 998, groups: "4242", open: [])
        let late = try await one("device", daemon([Self.said], devices: [Self.forbidden]))
        #expect(late.found.hasSuffix(", started before its user was put into group almd"), "\(late.found)")
        #expect(late.cure == "as root: systemctl restart almd")
    }

    private static let reload =
        "udevadm control --reload && udevadm trigger --subsystem-match=usb --property-match=DEVTYPE=usb_device"

    @Test func withoutADaemonItIsAskedForWhomTheServiceWillRunAs() async throws {
        try system.plug(mode: 0o600)
        let device = try await one("device", nil)
        #expect(device.found.contains("almd will run as almd"), "\(device.found)")
        try system.plug(mode: 0o666)
        #expect(try await one("device", nil).state == .ok)
    }

    @Test func aDeviceWithoutANodeIsNamed() async throws {
        try system.plug(mode: nil)
        #expect(try await one("device", nil).found.contains("there is no node"))
    }

    @Test func aDeviceThatIsNotConfiguredOrNoDongleIsNamed() async throws {
        try system.plug(isConfigured: false)
        #expect(try await one("device", nil).found.contains("not configured"))
        try system.plug(interface: ("03", "01", "02"))
        #expect(try await one("device", nil).found.contains("none of its interfaces"))
    }

    @Test func aDriverOfTheKernelThatHasItIsNamedWithTheLineThatTakesItAway() async throws {
        try system.plug(driver: "usb-storage")
        let device = try await one("device", nil)
        #expect(device.found.contains("driver usb-storage has its interface 1-1:1.0"))
        #expect(device.cure == "as root: echo 1-1:1.0 > /sys/bus/usb/drivers/usb-storage/unbind")
    }

    @Test func theProgramThatClaimedItIsNamed() async throws {
        try system.plug(driver: "usbfs")
        try system.run(4711, "other-manager", open: ["/dev/null", FakeSystem.node])
        try system.run(77, "almd", user: 998, groups: "997", open: [FakeSystem.node])
        let device = try await one("device", daemon([Self.said], devices: [Self.trouble]))
        #expect(device.found.contains("other-manager (process 4711) has claimed it"), "\(device.found)")
    }

    @Test func whereItCanNotBeSeenRootIsAskedToLook() async throws {
        try system.plug(driver: "usbfs")
        try system.run(4711, "other-manager", open: nil)
        let device = try await one("device", nil, user: 1000)
        #expect(device.cure?.contains("run almctl doctor as root") ?? false)
    }

    @Test func aDeviceThatTheDaemonHasNotNoticedIsAProblem() async throws {
        try system.plug()
        try system.run(77, "almd", user: 998, groups: "997", open: [])
        let device = try await one("device", daemon())
        #expect(device.state == .problem)
        #expect(device.found == "dongle 4711 is plugged in, and almd has not noticed it")
    }

    @Test func withoutADaemonTheInstalledRuleSaysWhatIsADongle() async throws {
        try system.plug(product: "0002")
        #expect(try await one("device", nil).state == .note)
        try system.write(FakeSystem.rule(device: "0002"), to: FakeSystem.ruleFile)
        #expect(try await one("device", nil).object == FakeSystem.node)
    }

    @Test func aMachineWithoutUSBIsANote() async throws {
        try system.remove("/sys/bus/usb/devices")
        #expect(try await one("usb", daemon()).state == .note)
    }
}
