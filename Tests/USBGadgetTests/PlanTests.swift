import DongleProtocol
import Testing
import USBGadget
import Vaults

/// The steps by which a gadget is made and taken away.
struct PlanTests {
    private let places = GadgetPlan.Places(configFS: "/c", controllers: "/u", runtime: "/r")

    private func plan() throws -> GadgetPlan {
        let (name, serial) = (try #require(GadgetName("one")), try #require(SerialNumber("SN-7")))
        return GadgetPlan(name, serial: serial, identity: USBIdentity(vendor: 0x1209, product: 0xA1), places: places)
    }

    @Test func makeTheGadgetInTheOrderThatConfigFSAsksFor() throws {
        let gadget = "/c/usb_gadget/almdongle-one"
        #expect(
            try plan().setUp == [
                .makeDirectory("\(gadget)"), .makeDirectory("\(gadget)/strings/0x409"),
                .makeDirectory("\(gadget)/functions/ffs.one"), .makeDirectory("\(gadget)/configs/c.1"),
                .write("0x1209", to: "\(gadget)/idVendor"), .write("0x00a1", to: "\(gadget)/idProduct"),
                .write("0x0100", to: "\(gadget)/bcdDevice"), .write("almd", to: "\(gadget)/strings/0x409/manufacturer"),
                .write("Licence dongle", to: "\(gadget)/strings/0x409/product"),
                .write("SN-7", to: "\(gadget)/strings/0x409/serialnumber"),
                .write("0x80", to: "\(gadget)/configs/c.1/bmAttributes"),
                .write("500", to: "\(gadget)/configs/c.1/MaxPower"),
                .link(from: "\(gadget)/functions/ffs.one", to: "\(gadget)/configs/c.1/ffs.one"),
                .makeDirectory("/r/one"), .mount("one", at: "/r/one"),
            ])
        #expect(try plan().binding(to: "x.udc") == .write("x.udc", to: "\(gadget)/UDC"))
    }

    @Test func takeAwayEveryFolderLinkAndMountThatWasMade() throws {
        let plan = try plan()
        var left = plan.setUp.filter {
            if case .write = $0 { false } else { true }
        }
        for step in plan.tearDown {
            switch step {
            case .removeDirectory(let path):
                // A folder goes only once nothing that was made is in it.
                left.removeAll { $0 == .makeDirectory(path) }
                #expect(!left.contains { "\($0)".contains("\"\(path)/") })
            case .removeLink(let path):
                left.removeAll { if case .link(_, path) = $0 { true } else { false } }
            case .unmount(let path):
                left.removeAll { if case .mount(_, path) = $0 { true } else { false } }
            case .write(let text, let path): #expect((text, path) == ("\n", "\(plan.folder)/UDC"))
            default: Issue.record("\(step) does not take anything away")
            }
        }
        #expect(left.isEmpty)
        #expect(plan.tearDown.first == plan.unbinding)
    }

    @Test(arguments: ["a", "dongle", "usb-2", "0", String(repeating: "x", count: 24)])
    func takeAName(_ text: String) { #expect(GadgetName(text)?.description == text) }

    @Test(arguments: ["", "-a", "A", "a/b", "..", "a.b", "a b", "ä", String(repeating: "x", count: 25)])
    func refuseWhatIsNoName(_ text: String) { #expect(GadgetName(text) == nil) }
}
