import DongleProtocol
import Foundation
import Testing
import USBGadget
import Vaults

/// What is looked at before a gadget is made, in a tree that looks like configfs and sysfs.
struct FoldersTests {
    private let root = Tree()

    /// A folder for one test, gone with it.
    private final class Tree {
        let path = "/var/tmp/almd-gadget-\(UUID().uuidString.prefix(8))"

        func folder(_ name: String) throws {
            try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
        }

        func file(_ name: String, _ text: String) throws {
            try folder((name as NSString).deletingLastPathComponent)
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private func folders(_ name: String = "one") throws -> GadgetFolders {
        let places = GadgetPlan.Places(
            configFS: "\(root.path)/config", controllers: "\(root.path)/udc", runtime: "\(root.path)/run")
        let (name, serial) = (try #require(GadgetName(name)), try #require(SerialNumber("S")))
        return GadgetFolders(
            plan: GadgetPlan(name, serial: serial, identity: .standard, places: places), places: places)
    }

    private func error(_ body: () throws -> Void) -> GadgetError? {
        do {
            try body()
            return nil
        } catch {
            return error as? GadgetError
        }
    }

    @Test func takeTheOnlyController() throws {
        try root.folder("udc/a.udc")
        #expect(try folders().controller(nil) == "a.udc")
        #expect(try folders().controller("a.udc") == "a.udc")
    }

    @Test func sayThatThereIsNoController() throws {
        let found = error { _ = try folders().controller(nil) }
        #expect(found?.kind == .noController)
        #expect(found?.hint.contains("modprobe dummy_hcd") == true)
        try root.folder("udc/a.udc")
        let other = error { _ = try folders().controller("b.udc") }
        #expect(other?.kind == .noController)
        #expect(other?.message.contains("b.udc") == true && other?.hint.contains("a.udc") == true)
    }

    @Test func askWhichOneWhereSeveralAreFree() throws {
        for name in ["a.udc", "b.udc", "c.udc"] { try root.folder("udc/\(name)") }
        try root.file("config/usb_gadget/other/UDC", "b.udc\n")
        let found = error { _ = try folders().controller(nil) }
        #expect(found?.kind == .noController)
        #expect(found?.message.contains("a.udc, c.udc") == true)
    }

    @Test func leaveControllersToThoseWhoHaveThem() throws {
        for name in ["a.udc", "b.udc"] { try root.folder("udc/\(name)") }
        try root.file("config/usb_gadget/other/UDC", "a.udc\n")
        #expect(try folders().controller(nil) == "b.udc")
        try root.file("config/usb_gadget/third/UDC", "b.udc\n")
        let found = error { _ = try folders().controller(nil) }
        #expect(found?.kind == .busy)
        #expect(found?.message.contains("the gadget other") == true)
    }

    @Test func takeBackTheControllerThatItsOwnRestHas() throws {
        try root.folder("udc/a.udc")
        try root.file("config/usb_gadget/almdongle-one/UDC", "a.udc\n")
        #expect(try folders().controller(nil) == "a.udc")
    }

    @Test(arguments: ["functions/acm.0", "configs/c.2"]) func leaveTheGadgetsOfOthersAlone(_ name: String) throws {
        let other = "config/usb_gadget/almdongle-one/\(name)"
        try root.folder(other)
        let found = error { try folders().make() }
        #expect(found?.kind == .foreign)
        #expect(found?.message.contains(name) == true)
        #expect(FileManager.default.fileExists(atPath: "\(root.path)/\(other)"))
    }

    @Test func sayThatTheKernelHasNoGadgets() throws {
        let kind = error { try folders().make() }?.kind
        #expect(kind == (geteuid() == 0 ? .unsupported : .notPermitted))
    }

    @Test func keepAGadgetForOneProcess() throws {
        try root.folder("run")
        let (name, other) = (try #require(GadgetName("one")), try #require(GadgetName("two")))
        let lock = try folders().lock(name)
        #expect(error { _ = try folders().lock(name) }?.kind == .busy)
        try folders("two").lock(other).release()
        lock.release()
        try folders().lock(name).release()
    }
}
