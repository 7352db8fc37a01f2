import ArgumentParser
import DongleProtocol
import Dongles
import LicenceCommands
import Licensing
import USBGadget
import VaultStore
import Vaults

/// `almdongle gadget FILE`
struct GadgetCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "gadget",
        abstract: "Is a real USB dongle, at this machine's device port, until Ctrl-C pulls it out.",
        discussion: """
            For a Linux board with a device port, or, to try it within one PC, the kernel's module dummy_hcd. It takes \
            root. What a run that was killed left behind is cleaned up by the next one.
            """)

    @Argument(help: "The dongle's vault.") var file: String
    @Option(
        help: ArgumentHelp(
            "The USB device controller, from /sys/class/udc; without it the only one that is free.", valueName: "name"))
    var udc: String?
    @Option(help: "What the gadget is called on this machine, where there is more than one.") var name = "dongle"
    @Option(
        help: ArgumentHelp("The numbers of vendor and product that the device bears.", valueName: "VVVV:PPPP"))
    var identity = USBIdentity.standard.description
    @Option(
        help: ArgumentHelp(
            "What goes wrong on the cable, for tests: \(CableFault.names); with :N from exchange N on."))
    var fault: String?
    @Flag(help: "Answer in JSON, for programs.") var json = false

    private struct Report: Encodable { let serial, controller: String }

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        guard let gadgetName = GadgetName(name) else {
            throw ValidationError("\(name) is no gadget's name: 1 to 24 lower-case letters, digits and hyphens")
        }
        guard let identity = USBIdentity(identity) else {
            throw ValidationError("\(identity) is no identity of a USB device: write VVVV:PPPP, as lsusb does")
        }
        let fault = try CableFault.option(fault)
        let device = try DongleDevice(
            try SQLiteVault.open(dongleIn: file, machine: .ofThisMachine(), random: environment.randomBytes))
        let plan = GadgetPlan(gadgetName, serial: device.serial, identity: identity)
        let gadget = Gadget(plan, name: gadgetName, controller: udc)
        let signals = StopSignals { gadget.stop() }
        defer { signals.cancel() }
        do throws(GadgetError) {
            // The device answers on this very thread.
            func whenPluggedIn(_ controller: String) {
                if json {
                    try? environment.emit(
                        Report(serial: device.serial.description, controller: controller), onOneLine: true)
                } else {
                    environment.note(
                        "dongle \(device.serial) is plugged in at \(controller); Ctrl-C pulls it out\n")
                }
            }
            _ = try gadget.run(
                CableEnd(device, fault: fault), note: { environment.note("note: \($0)\n") },
                whenPluggedIn: whenPluggedIn)
        } catch {
            throw CommandError(error)
        }
        if let failure = device.failure { throw failure }
        return .done
    }
}

extension CommandError {
    /// The error of a gadget, with the name by which programs tell it apart.
    init(_ error: GadgetError) {
        let name: Name =
            switch error.kind {
            case .notPermitted: .gadgetNotPermitted
            case .unsupported: .gadgetUnsupported
            case .noController: .gadgetNoController
            case .busy: .gadgetBusy
            case .foreign: .gadgetForeign
            case .lost: .gadgetLost
            case .failed: .gadgetFailed
            }
        self.init(name, error.message, hint: error.hint)
    }
}
