import DongleProtocol
import Foundation
import Glibc
import Licensing
import Logging
import TestKit
import Testing
import USBDongles

@testable import LicenceDaemon

/// Settings as an administrator writes them.
@Suite struct ConfigurationTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func refused(_ text: String, _ location: SourceLocation = #_sourceLocation) async -> String {
        let error = await refuses(.usage, location) { try DaemonConfiguration(toml: text, path: "almd.toml") }
        #expect(error?.message.hasPrefix("almd.toml: ") == true, sourceLocation: location)
        #expect(error?.hint.contains("README") == true, sourceLocation: location)
        return error?.message ?? ""
    }

    @Test func everySettingIsTakenAndTheOthersStayAsInstalled() throws {
        let all = try DaemonConfiguration(
            toml: """
                # Where things are.
                state = "/s"
                socket = '/k'
                vendors = "/v"
                bus = "/b"
                group = "licensing"
                """, path: "almd.toml")
        #expect(
            all == DaemonConfiguration(state: "/s", socket: "/k", vendors: "/v", bus: "/b", group: "licensing"))
        var one = DaemonConfiguration.installed
        one.group = "x"
        #expect(try DaemonConfiguration(toml: "group = \"x\"", path: "almd.toml") == one)
        #expect(try DaemonConfiguration(toml: "", path: "almd.toml") == .installed)
        #expect(try DaemonConfiguration(file: nil) == .installed)
        #expect(DaemonConfiguration.installed.bus == nil)
        #expect(DaemonConfiguration.installed.group == "alm")
    }

    @Test func pathsOfTheCommandLineWin() throws {
        var settings = try DaemonConfiguration(toml: "state = '/s'\nbus = '/b'", path: "almd.toml")
        try settings.setPaths(state: "/t", socket: nil, vendors: "/v", bus: nil)
        #expect(
            settings
                == DaemonConfiguration(
                    state: "/t", socket: DaemonConfiguration.installed.socket, vendors: "/v", bus: "/b"))
    }

    @Test(arguments: ["state", "socket", "vendors", "bus"])
    func anEmptyPathOnTheCommandLineIsNamed(_ name: String) async {
        var settings = DaemonConfiguration.installed
        func given(_ option: String) -> String? { option == name ? "" : nil }
        let error = await refuses(.usage) {
            try settings.setPaths(
                state: given("state"), socket: given("socket"), vendors: given("vendors"), bus: given("bus"))
        }
        #expect(error?.message.contains("--\(name) may not be empty") == true)
        #expect(settings == .installed)
    }

    @Test func aSettingThatThereIsNotIsNamedWithItsLine() async {
        #expect(await refused("state = \"/s\"\nsokcet = \"/k\"").contains("line 2: there is no setting sokcet"))
        #expect(await refused("State = \"/s\"").contains("line 1: there is no setting State"))
    }

    @Test(arguments: ["1", "true", "no", "[\"/s\"]", "1.5", "2026-01-01", "licences"])
    func aSettingOfAnotherTypeIsNamedWithItsLine(_ value: String) async {
        #expect(await refused("\nstate = \(value)").contains("line 2: state has to be a text in quotes"))
    }

    @Test func usbIsOnUnlessTheFileSaysOtherwise() throws {
        func usb(_ text: String) throws -> USBSettings? { try DaemonConfiguration(toml: text, path: "almd.toml").usb }
        #expect(try usb("") == USBSettings(identities: [USBIdentity(vendor: 0x1209, product: 1)]))
        #expect(try usb("usb = true") == USBSettings())
        #expect(try usb("usb = false\nusb-devices = [\"1209:0001\"]") == nil)
        #expect(
            try usb("usb-devices = [\"04D8:e001\", \"1209:0001\", \"04d8:E001\"]")?.identities
                == [USBIdentity(vendor: 0x04D8, product: 0xE001), .standard])
        #expect(try usb("usb-rescan = \"5 min\"")?.rescanInterval == .seconds(300))
        #expect(try usb("usb-rescan = \"100 ms\"")?.rescanInterval == .milliseconds(100))
    }

    @Test(arguments: [
        ("usb = \"yes\"", "usb has to be true or false"), ("usb = 1", "usb has to be true or false"),
        ("usb = \"true\"", "usb has to be true or false"), ("usb = True", "usb has to be true or false"),
        ("usb-devices = \"1209:0001\"", "usb-devices has to be a list"), ("usb-devices = [1]", "has to be a list"),
        ("usb-devices = [\"1209:1\"]", "\"1209:1\" is none"), ("usb-devices = [[]]", "usb-devices has no value here"),
        ("usb-devices = []", "for none, set usb = false"), ("usb-rescan = 2", "usb-rescan has to be a time"),
        ("usb-rescan = \"2\"", "has to be a time"), ("usb-rescan = \"-2 s\"", "has to be a time"),
        ("usb-rescan = \"0 s\"", "has to lie between"), ("usb-rescan = \"61 min\"", "has to lie between"),
        ("usb-rescan = \"9999999999999999 s\"", "has to be a time"), ("usb-rescan = \"٢ s\"", "has to be a time"),
    ])
    func whatIsWrongAboutUSBIsNamed(_ text: String, _ reason: String) async {
        #expect(await refused(text).contains(reason))
    }

    @Test func theListOfDevicesHasAnEnd() async {
        let devices = (0...DongleCaps.identities).map { "\"\(USBIdentity(vendor: 1, product: UInt16($0)))\"" }
        #expect(await refused("usb-devices = [\(devices.joined(separator: ","))]").contains("at most"))
    }

    @Test func theCommandLineWinsOverTheFileAboutUSB() async throws {
        var settings = try DaemonConfiguration(toml: "usb = false\nusb-rescan = \"3 s\"", path: "almd.toml")
        try settings.setUSB(devices: [], isOff: false)
        #expect(settings.usb == nil)
        try settings.setUSB(devices: ["1209:0002", "1209:0003"], isOff: false)
        #expect(settings.usb?.identities.count == 2)
        try settings.setUSB(devices: [], isOff: true)
        #expect(settings.usb == nil)
        await refuses(.usage) { try settings.setUSB(devices: ["1209:0002"], isOff: true) }
        await refuses(.usage) { try settings.setUSB(devices: ["1209-0002"], isOff: false) }
        await refuses(.usage) {
            try settings.setUSB(devices: Array(repeating: "1209:0002", count: 33), isOff: false)
        }
    }

    @Test func spaceCommentsAndEndsOfLinesAreOfNoMeaning() throws {
        let plain = try DaemonConfiguration(
            toml: "group = \"x\"\nusb-devices = [\"1209:0002\", \"1209:0003\"]\n", path: "almd.toml")
        for text in [
            "group=\"x\"\nusb-devices=[\"1209:0002\",\"1209:0003\"]",
            "\u{FEFF}\r\n# \"[=\r\n\tgroup =\t'x'\t# y\r\nusb-devices\t= [ \"1209:0002\" , '1209:0003' ]\t\r\n\r\n",
            "usb-devices = [ # two\n  # the first\n\n \"1209:0003\" # or\n , \"1209:0002\",\n\t# none\n]#\ngroup = \"x\"#",
        ] {
            #expect(try DaemonConfiguration(toml: text, path: "almd.toml") == plain, "\(text)")
        }
    }

    @Test(arguments: [
        (#""a\\b\"c""#, #"a\b"c"#), (#"'a\b"c'"#, #"a\b"c"#), (#""it's""#, "it's"), ("\"#=[]\"", "#=[]"),
        (#""\\""#, #"\"#),
        ("\"Größe \u{1F511}\"", "Größe \u{1F511}"), ("\"a\tb\"", "a\tb"),
    ])
    func aTextIsWhatStandsBetweenItsQuotes(_ written: String, _ text: String) throws {
        #expect(try DaemonConfiguration(toml: "group = \(written)", path: "almd.toml").group == text)
    }

    @Test(arguments: [
        ("\n\ngroup = \"x\nbus = \"y\"", "line 3: the text of group has no closing quote"),
        ("group = 'x", "line 1: the text of group has no closing quote"),
        (#"group = "x\"#, #"line 1: in the text of group, behind a \"#),
        (#"bus = "a\u0000b""#, #"line 1: in the text of bus, behind a \"#),
        ("group = \"\"\"x\"\"\"", "line 1: something stands behind the value of group"),
        ("group = \"x\" bus = \"y\"", "line 1: something stands behind the value of group"),
        ("group = \"x\"\r\ngroup = \"x\"", "line 2: group is set a second time; line 1 sets it already"),
        ("group", "line 1: an = is missing behind group"), ("group\n= \"x\"", "line 1: an = is missing behind group"),
        ("usb.devices = true", "line 1: an = is missing behind usb"),
        ("\"group\" = \"x\"", "line 1: a setting has to begin with its name"),
        ("= \"x\"", "line 1: a setting has to begin with its name"),
        ("größe = \"x\"", "line 1: an = is missing behind gr"),
        ("group =", "line 1: group has no value here"), ("group =\n\"x\"", "line 1: group has no value here"),
        ("group = { a = \"b\" }", "line 1: group has no value here"),
        ("usb-devices = [\n}\"8086:0001\"]", "line 2: usb-devices has no value here"),
        ("usb-devices = [\n\"8086:0001\"\n", "line 3: the list of usb-devices needs a comma"),
        ("usb-devices = [\"8086:0001\" \"8086:0002\"]", "line 1: the list of usb-devices needs a comma"),
        ("usb-devices = [,]", "line 1: usb-devices has no value here"),
        ("usb = true\n[usb]\ndevices = []", "line 2: a table is of no use here"),
        ("[[#", "line 1: a table is of no use here"),
    ])
    func aMistakeInTheGrammarIsReportedWithItsLine(_ text: String, _ reason: String) async {
        #expect(await refused(text).contains(reason))
    }

    @Test(arguments: [
        "group = \"a\0b\"", "#\0", "#\u{7F}", "group = \"a\rb\"", "usb = true\r", "usb = \u{B} true", "\u{1B}[m",
    ])
    func aControlCharacterIsRefusedWhereverItStands(_ text: String) async {
        #expect(await refused("\n" + text).contains("line 2: a control character is in it"))
    }

    @Test func whatCanBeNoPathIsRefused() async {
        #expect(await refused("state = \"\"").contains("state may not be empty"))
    }

    @Test func aTextFullOfOpeningBracketsIsRefusedLikeOne() async {
        let many = String(repeating: "[", count: DaemonConfiguration.largestFile - 20)
        #expect(await refused("usb-devices = \(many)").contains("line 1: usb-devices has no value here"))
    }

    @Test func aFileIsReadUpToItsLimit() async throws {
        let text = "group = \"x\"\n"
        let fill = String(repeating: "#", count: DaemonConfiguration.largestFile - text.utf8.count)
        let file = try scratch.write(text + fill, to: "almd.toml")
        #expect(try DaemonConfiguration(file: file).group == "x")
        try scratch.write(text + fill + "#", to: "almd.toml")
        await refuses(.usage) { try DaemonConfiguration(file: file) }
        #expect(await refused(text + fill + "#").contains("larger than"))
    }

    @Test func whatIsNoPlainFileIsRefusedWithoutWaitingForIt() async throws {
        #expect(mkfifo(scratch.path("pipe"), 0o600) == 0)
        for path in [scratch.path("pipe"), scratch.path, "/dev/zero", scratch.path("missing"), "a\0b"] {
            await refuses(.usage) { try DaemonConfiguration(file: path) }
        }
        try Data([0xFF, 0xFE, 0x00]).write(to: URL(filePath: scratch.path("bytes")))
        await refuses(.usage) { try DaemonConfiguration(file: scratch.path("bytes")) }
    }

    @Test func aLinkToAFileIsFollowed() throws {
        try scratch.write("group = \"x\"", to: "real.toml")
        #expect(symlink(scratch.path("real.toml"), scratch.path("link.toml")) == 0)
        #expect(try DaemonConfiguration(file: scratch.path("link.toml")).group == "x")
    }
}

/// The vendors that a machine trusts, as files in a folder.
@Suite struct VendorFolderTests {
    private let scratch: Scratch
    private let folder: VendorFolder

    init() throws {
        scratch = try Scratch()
        folder = VendorFolder(
            path: scratch.path, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private var names: [String] { folder.vendors().all.map(\.name) }

    @Test func everyKeyFileCountsAsSoonAsItIsThere() throws {
        #expect(names == [])
        try scratch.write(try TestVendor("Sample Works").vendor.fileText, to: "a.pub")
        try scratch.write(try TestVendor("Another").vendor.fileText, to: "b.pub")
        try scratch.write(try TestVendor("Not Asked").vendor.fileText, to: "c.txt")
        #expect(names == ["Another", "Sample Works"])
        unlink(scratch.path("b.pub"))
        #expect(names == ["Sample Works"])
    }

    @Test func whatIsNoKeyTrustsNobodyAndHoldsUpNothing() throws {
        try scratch.write(try TestVendor("Sample Works").vendor.fileText, to: "z.pub")
        #expect(mkfifo(scratch.path("a.pub"), 0o600) == 0)
        try scratch.makeFolder("b.pub")
        #expect(symlink("/dev/zero", scratch.path("c.pub")) == 0)
        #expect(symlink("nowhere", scratch.path("d.pub")) == 0)
        try scratch.write("", to: "e.pub")
        let real = try TestVendor("Too Long").vendor.fileText
        try scratch.write(
            "#" + String(repeating: " ", count: VendorFolder.largestFile) + "\n" + real, to: "f.pub")
        #expect(names == ["Sample Works"])
    }

    @Test func aLinkToAKeyKeptElsewhereCounts() throws {
        let elsewhere = try Scratch()
        let file = try elsewhere.write(try TestVendor("Sample Works").vendor.fileText, to: "vendor.pub")
        #expect(symlink(file, scratch.path("sample.pub")) == 0)
        #expect(names == ["Sample Works"])
    }

    @Test func aFolderThatIsNotThereTrustsNobody() {
        let missing = VendorFolder(
            path: scratch.path("missing"), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        #expect(missing.vendors().all.isEmpty)
    }
}
