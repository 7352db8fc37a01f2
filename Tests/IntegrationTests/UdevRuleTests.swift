import Foundation
import Testing

/// The udev rule that is shipped, and the one that the daemon prints.
@Suite struct UdevRuleTests {
    private static let number = 60

    @Test func theShippedRuleIsTheOneThatTheDaemonPrints() async throws {
        let printed = try await Command(Products.path("almd"), ["--print-udev-rule"]).result()
        #expect(printed.status == 0)
        #expect(printed.output == (try String(contentsOf: Self.shipped, encoding: .utf8)))
    }

    @Test func itsNumberIsBetweenUdevsOwnDefaultsAndTheSeats() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.shipped.deletingLastPathComponent().path)
        #expect(names == [Self.shipped.lastPathComponent])
        let udevs = URL(fileURLWithPath: "/usr/lib/udev/rules.d")
        let rules = try FileManager.default.contentsOfDirectory(atPath: udevs.path).map { name in
            (name: name, text: try String(contentsOf: udevs.appendingPathComponent(name), encoding: .utf8))
        }
        // What they are called is udev's own matter; what they do decides.
        let opening = rules.filter { $0.text.contains(#"SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", MODE="0664""#) }
        let handing = rules.filter { $0.text.contains(#"RUN{builtin}+="uaccess""#) }
        #expect(!opening.isEmpty && !handing.isEmpty)
        for rule in opening { #expect(rule.name < Self.shipped.lastPathComponent) }
        for rule in handing { #expect(Self.shipped.lastPathComponent < rule.name) }
    }

    @Test func theNodeIsForTheDaemonsGroupAloneAndNoLaterRuleOpensIt() throws {
        let line = try #require(try Self.rules().first { $0.contains("idVendor") })
        let keys = line.components(separatedBy: ", ")
        #expect(keys.contains(#"GROUP:="almd""#))
        #expect(keys.contains(#"MODE:="0660""#))
        #expect(keys.contains(#"TAG-="uaccess""#))
        #expect(!keys.contains { $0.hasPrefix("TAG+") && $0.contains("uaccess") })
        #expect(!line.contains("0666"))
    }

    @Test func aDongleThatIsPluggedInStartsTheDaemon() throws {
        let keys = try #require(try Self.rules().first { $0.contains("idVendor") }).components(separatedBy: ", ")
        #expect(keys.contains(#"TAG+="systemd""#))
        #expect(keys.contains(#"ENV{SYSTEMD_WANTS}+="almd.service""#))
    }

    @Test func onlyWholeUSBDevicesAreMatchedAndNothingWhenOneGoes() throws {
        #expect(
            try Self.rules().filter { $0.hasSuffix(#"GOTO="almd_end""#) } == [
                #"ACTION=="remove", GOTO="almd_end""#,
                #"SUBSYSTEM!="usb", GOTO="almd_end""#,
                #"ENV{DEVTYPE}!="usb_device", GOTO="almd_end""#,
            ])
        #expect(try Self.rules().last == #"LABEL="almd_end""#)
    }

    private static let shipped = Repository.folder.appendingPathComponent("udev/\(number)-almd.rules")

    /// The lines that udev reads.
    private static func rules() throws -> [String] {
        try String(contentsOf: shipped, encoding: .utf8).split(separator: "\n").map(String.init).filter {
            !$0.hasPrefix("#")
        }
    }
}
