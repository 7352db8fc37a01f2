import DongleProtocol
import Foundation
import Testing

@testable import USBDongles

/// What is asked of the system besides libusb.
@Suite(.timeLimit(.minutes(1)))
struct SurroundingsTests {
    /// A folder that is removed with this.
    private final class Folder {
        let path: String

        init() throws {
            path = NSTemporaryDirectory() + "usb-" + UUID().uuidString
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ bytes: [UInt8], to name: String) throws {
            let file = URL(fileURLWithPath: "\(path)/\(name)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: file)
        }

        func plug(_ name: String, bus: String = "1\n", address: String = "4\n", descriptor: [UInt8]? = nil) throws {
            let honest: [UInt8] = [18, 1, 0, 2, 0, 0, 0, 64, 0x09, 0x12, 0x01, 0x00, 0, 1, 1, 2, 3, 1, 9, 2, 32, 0]
            try write(descriptor ?? honest, to: "\(name)/descriptors")
            try write(Array(bus.utf8), to: "\(name)/busnum")
            try write(Array(address.utf8), to: "\(name)/devnum")
        }
    }

    @Test func aSystemWithDevicesAndWithoutNodesIsToldFromOneWithoutDevices() throws {
        let folder = try Folder()
        let (devices, nodes) = (folder.path + "/devices", folder.path + "/nodes")
        #expect(NodesObstacle.found(devices: devices, nodes: nodes) == nil)
        try FileManager.default.createDirectory(atPath: devices, withIntermediateDirectories: true)
        #expect(NodesObstacle.found(devices: devices, nodes: nodes) == nil)
        try folder.plug("devices/usb1")
        #expect(
            NodesObstacle.found(devices: devices, nodes: nodes)
                == "the system has USB devices, and \(nodes) is kept from almd")
        try FileManager.default.createDirectory(atPath: nodes, withIntermediateDirectories: true)
        #expect(NodesObstacle.found(devices: devices, nodes: nodes) == nil)
    }

    @Test func devicesAreCountedInSysfs() throws {
        let folder = try Folder()
        try folder.plug("1-1")
        try folder.plug("1-1:1.0")
        var devices = SysfsDevices(folder: folder.path)
        let counted = try devices.count()
        #expect(
            Array(counted.values) == [USBDeviceFacts(identity: .standard, serialIndex: 3, bus: 1, address: 4)])
        #expect(counted.allSatisfy { devices[$0.key] == $0.value })
        #expect(try devices.count() == counted)
    }

    @Test func aDeviceThatWasPluggedInAnewIsAnother() throws {
        let folder = try Folder()
        try folder.plug("1-1")
        var devices = SysfsDevices(folder: folder.path)
        let first = try devices.count()
        // A folder that takes the place of another beside it has another inode.
        try folder.plug("new")
        try FileManager.default.removeItem(atPath: folder.path + "/1-1")
        try FileManager.default.moveItem(atPath: folder.path + "/new", toPath: folder.path + "/1-1")
        let second = try devices.count()
        #expect(second.count == 1)
        #expect(Set(first.keys).isDisjoint(with: second.keys))
        #expect(first.allSatisfy { devices[$0.key] == nil })
    }

    @Test func aDeviceThatIsStillThereIsCountedWhereItCanNotBeReadAgain() throws {
        let folder = try Folder()
        try folder.plug("1-1")
        var devices = SysfsDevices(folder: folder.path)
        let first = try devices.count()
        try folder.write([], to: "1-1/descriptors")
        #expect(try devices.count() == first)
    }

    @Test func aFolderThatCanNotBeListedSaysNothingOfTheDevices() throws {
        let folder = try Folder()
        try folder.write([], to: "file")
        var devices = SysfsDevices(folder: folder.path + "/file")
        #expect(throws: LibUSBError(.io)) { try devices.count() }
    }

    @Test func whatIsNoDeviceIsNotCounted() throws {
        let folder = try Folder()
        try folder.plug("short", descriptor: [18, 1])
        try folder.plug("bus", bus: "256\n")
        try folder.plug("address", address: "-1\n")
        try folder.write([], to: "file")
        var devices = SysfsDevices(folder: folder.path)
        #expect(try devices.count() == [:])
        var nothing = SysfsDevices(folder: folder.path + "/nothing")
        #expect(try nothing.count() == [:])
    }

    @Test func aChangeOfPermissionsIsNoticed() async throws {
        let folder = try Folder()
        try folder.write([], to: "004")
        let (changes, continuation) = AsyncStream.makeStream(of: Void.self)
        let watch = try #require(NodeWatch.onFolder(folder.path) { continuation.yield() })
        var iterator = changes.makeAsyncIterator()
        #expect(chmod(folder.path + "/004", 0o600) == 0)
        #expect(await iterator.next() != nil)
        try folder.write([], to: "005")
        #expect(await iterator.next() != nil)
        watch.cancel()
    }

    @Test func aFolderThatIsNotThereIsNotWatched() {
        #expect(NodeWatch.onFolder("/nothing/here") {} == nil)
    }

    @Test(arguments: LibUSBError.Code.allCases)
    func everyErrorOfLibUSBKeepsItsNumber(_ code: LibUSBError.Code) {
        let error = LibUSBError(code)
        #expect(LibUSBError(error.number) == error)
        #expect(error.description.hasSuffix("\(error.number)"))
        switch USBTrouble(error) {
        case .failed(let text): #expect(text == error.description)
        case .noPermission: #expect(code == .access)
        case .claimedByAnother: #expect(code == .busy)
        default: Issue.record("libusb does not know that")
        }
    }

    @Test func aNumberThatLibUSBDoesNotNameIsKept() {
        #expect(LibUSBError(-4711).description == "LIBUSB_ERROR_OTHER, -4711")
    }
}
