import Control
import DongleProtocol
import USBDongles
import Vaults

/// How it stands with USB, and with each device on it that may be a dongle.
struct USBFindings: Sendable {
    let all: [FindingEntry]
    let devices: [DeviceEntry]

    init(_ usb: USBPort) {
        switch usb {
        case .off:
            all = [FindingEntry(.usb, .note, "USB is left alone, as the configuration says")]
            devices = []
        case .failed(let error, _):
            all = [FindingEntry(.usb, .problem, "no dongle on USB can be used: \(error.message)", cure: error.hint)]
            devices = []
        case .open(let source, _):
            let report = source.report()
            all = [Self.finding(report.hotplug)] + report.devices.map(Self.finding)
            devices = report.devices.map(DeviceEntry.init)
        }
    }

    private static func finding(_ hotplug: USBReport.Hotplug) -> FindingEntry {
        switch hotplug {
        case .working: FindingEntry(.usb, .ok, "the system tells of every dongle that is plugged in or pulled out")
        case .impossible(let reason, let interval):
            FindingEntry(
                .usb, .note,
                "the system does not tell of dongles that are plugged in, because \(reason); "
                    + "USB is looked at every \(interval)",
                cure: "if it is to tell, an administrator lets almd hear udev, and starts almd anew")
        case .ended(let reason):
            FindingEntry(
                .usb, .problem,
                "the system no longer tells of dongles that are plugged in or pulled out, because \(reason)",
                cure: "as root: systemctl start systemd-udevd, then systemctl restart almd")
        }
    }

    private static func finding(_ sighting: USBSighting) -> FindingEntry {
        let name = sighting.serial.map { "dongle \($0)" } ?? "device \(sighting.identity)"
        return switch sighting.state {
        case .inUse: FindingEntry(.device, sighting.node, .ok, "\(name) is open")
        case .opening: FindingEntry(.device, sighting.node, .note, "\(name) was just plugged in and is being opened")
        case .trouble(let trouble):
            FindingEntry(
                .device, sighting.node, .problem, "\(name) is not used: \(trouble.message)", cure: trouble.hint)
        }
    }
}

extension DeviceEntry {
    fileprivate init(_ sighting: USBSighting) {
        let (state, trouble): (String, String?) =
            switch sighting.state {
            case .opening: ("opening", nil)
            case .inUse: ("inUse", nil)
            case .trouble(let trouble): ("trouble", trouble.name)
            }
        self.init(
            node: sighting.node, device: sighting.identity.description, serial: sighting.serial?.description,
            state: state, trouble: trouble)
    }
}
