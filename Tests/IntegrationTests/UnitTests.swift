import Foundation
import TestKit
import Testing

/// The units, users and settings that are shipped, and how `make install` lays them out.
@Suite struct UnitTests {
    /// A shipped file, which is installed below /usr as it is.
    private func text(_ name: String) throws -> String {
        try String(contentsOf: Repository.folder.appendingPathComponent("systemd/\(name)"), encoding: .utf8)
    }

    /// The values of a setting of a unit, in order.
    private func values(_ setting: String, _ unit: String = "almd.service") throws -> [String] {
        try text(unit).split(separator: "\n").filter { $0.hasPrefix("\(setting)=") }
            .map { String($0.dropFirst(setting.count + 1)) }
    }
}

extension UnitTests {
    @Test func everythingIsWhereTheSystemLooksForIt() async throws {
        let tree = try await InstalledTree()
        let programs = ["almd", "almctl", "almdongle", "almvendor"]
        for program in programs { #expect(try tree.mode("usr/bin/\(program)") == 0o755) }
        let others =
            [
                "usr/lib/systemd/system/almd.service", "usr/lib/systemd/system/almd.socket",
                "usr/lib/udev/rules.d/60-almd.rules", "usr/lib/sysusers.d/almd.conf", "etc/almd/almd.toml",
                "usr/share/doc/almd/README.md", "usr/share/doc/almd/copyright",
            ] + programs.map { "usr/share/bash-completion/completions/\($0)" }
        for path in others { #expect(try tree.mode(path) == 0o644, "\(path)") }
        #expect(try tree.mode("etc/almd/vendors") == 0o755)
        #expect(try tree.text("usr/share/bash-completion/completions/almctl").contains("offline-transfer"))
        for name in ["almd.service", "almd.socket", "almd.toml"] {
            let path = name == "almd.toml" ? "etc/almd/\(name)" : "usr/lib/systemd/system/\(name)"
            #expect(try tree.text(path) == (try text(name)))
        }

        let settings = tree.root.appendingPathComponent("etc/almd/almd.toml")
        try "group = \"others\"\n".write(to: settings, atomically: true, encoding: .utf8)
        try await tree.make("install")
        #expect(try tree.text("etc/almd/almd.toml") == "group = \"others\"\n")

        try await tree.make("uninstall")
        #expect(tree.files() == ["etc/almd/almd.toml"])
    }

    @Test func theUnitsNameTheProgramsOfTheirPrefix() async throws {
        let tree = try await InstalledTree(prefix: "/usr/local")
        let unit = try tree.text("usr/local/lib/systemd/system/almd.service")
        #expect(unit.contains("ExecStart=/usr/local/bin/almd --config /etc/almd/almd.toml\n"))
        #expect(unit.contains("\nExecPaths=/usr/local/bin/almd "))
        #expect(!unit.contains("/usr/bin/"))
    }

    @Test(.needs(.systemd, "systemd-analyze is not there", { Systemd.canAnalyze }))
    func systemdFindsNoFaultInTheUnits() async throws {
        let tree = try await InstalledTree()
        // What every unit depends on is not part of the product.
        for target in ["basic", "local-fs", "shutdown", "sockets", "sysinit"] {
            let unit = tree.root.appendingPathComponent("usr/lib/systemd/system/\(target).target")
            try "[Unit]\nDescription=\(target)\n".write(to: unit, atomically: true, encoding: .utf8)
        }
        // One of many dongles stands for the template.
        let units = ["almd.socket", "almd.service", "almdongle-gadget@stick.service"]
        let result = try await Systemd.analyze(["verify", "--root=\(tree.root.path)"] + units)
        #expect(result.status == 0)
        #expect(result.errors.isEmpty)
    }

    @Test(.needs(.systemd, "systemd-analyze is not there", { Systemd.canAnalyze }))
    func theExposureIsAtMostTwo() async throws {
        let unit = Repository.folder.appendingPathComponent("systemd/almd.service").path
        let result = try await Systemd.analyze(["security", "--offline=true", "--threshold=20", unit])
        #expect(result.status == 0, "\(result.output)")
        let summary = try #require(result.output.split(separator: "\n").last { $0.contains("exposure level") })
        let words = summary.split(separator: " ")
        let level = try #require(words.compactMap { Double($0) }.first)
        #expect(level > 0)
        #expect(level <= 2.0)
    }

    @Test func whatWouldBreakUSBIsLeftOutAndTheReasonStandsBesideIt() throws {
        let unit = try text("almd.service")
        for setting in ["PrivateNetwork", "PrivateDevices", "PrivateUsers"] {
            #expect(try values(setting).isEmpty)
            #expect(unit.contains("#   \(setting)=yes "))
        }
        #expect(try values("RestrictAddressFamilies") == ["AF_UNIX AF_NETLINK"])
        #expect(unit.contains("#   RestrictAddressFamilies without AF_NETLINK\n"))
        #expect(try values("DevicePolicy") == ["closed"])
        #expect(try values("DeviceAllow") == ["char-usb_device rw"])
        // The kernel knows that name once it has the module, and systemd looks it up when the daemon starts.
        #expect(try values("Wants") == ["modprobe@usbcore.service"])
        #expect(try values("After").contains("modprobe@usbcore.service"))
    }

    @Test func theDaemonRunsAsAUserOfItsOwnWithoutAnyCapability() throws {
        #expect(try values("User") == ["almd"])
        #expect(try values("Group") == ["almd"])
        #expect(try values("CapabilityBoundingSet") == [""])
        #expect(try values("AmbientCapabilities") == [""])
        #expect(try values("StateDirectoryMode") == ["0700"])
        #expect(try values("Type") == ["notify"])
        let users = try text("almd.sysusers").split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(users == [#"u almd - "Licence manager" /var/lib/almd"#, "g alm -"])
    }

    @Test func theDaemonIsStartedByBootBySocketAndByDongle() throws {
        #expect(try values("WantedBy") == ["multi-user.target"])
        #expect(try values("Also") == ["almd.socket"])
        #expect(try values("Requires") == ["almd.socket"])
        #expect(try values("WantedBy", "almd.socket") == ["sockets.target"])
        #expect(try values("ListenStream", "almd.socket") == ["/run/almd/almd.sock"])
        #expect(try values("SocketMode", "almd.socket") == ["0666"])
        // Else the socket's folder would go when the daemon ends.
        #expect(try values("RuntimeDirectory") == ["almd"])
        #expect(try values("RuntimeDirectoryPreserve") == ["yes"])
    }

    @Test func theSettingsOfTheShippedFileAreThoseThatHoldAnyway() async throws {
        let shipped = try text("almd.toml")
        #expect(shipped.split(separator: "\n").allSatisfy { $0.hasPrefix("#") })
        let readme = try String(contentsOf: Repository.folder.appendingPathComponent("README.md"), encoding: .utf8)
        let settings = shipped.split(separator: "\n").filter { $0.dropFirst().first.map { $0 != " " } ?? false }
        #expect(settings.count >= 7)
        for setting in settings where !setting.hasPrefix("#bus ") {
            let parts = setting.dropFirst().components(separatedBy: " = ")
            let value = parts[1].hasPrefix("\"") ? parts[1].trimmingCharacters(in: ["\""]) : parts[1]
            #expect(readme.contains("| `\(parts[0])` | `\(value)` |"), "\(setting)")
        }
        // The daemon knows each of them.
        let all = FileManager.default.temporaryDirectory.appendingPathComponent("almd-\(UUID().uuidString).toml")
        defer { try? FileManager.default.removeItem(at: all) }
        try settings.map { $0.dropFirst() + "\n" }.joined().write(to: all, atomically: true, encoding: .utf8)
        let result = try await Command(Products.path("almd"), ["--config", all.path, "--print-udev-rule"]).result()
        #expect(result.status == 0, "\(result.errors)")
    }
}

/// systemd's own opinion of a unit.
private enum Systemd {
    private static let program = "/usr/bin/systemd-analyze"

    static let canAnalyze = FileManager.default.isExecutableFile(atPath: program)

    static func analyze(_ arguments: [String]) async throws -> Command.Result {
        try await Command(
            program, arguments, environment: ["SYSTEMD_COLORS": "0", "SYSTEMD_PAGER": "", "SYSTEMD_EMOJI": "0"]
        ).result()
    }
}
