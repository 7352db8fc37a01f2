import Control
import DongleProtocol
import Licensing

/// What `almctl doctor` finds: what the daemon says of itself, and what the system shows to whoever asks, which is all
/// there is where the daemon does not answer.
struct Examination: Sendable {
    let tree: SystemTree
    /// The daemon's socket.
    let socket: String
    /// What the daemon said, or why it said nothing.
    let answer: Result<Calls.Diagnose.Reply, LicenceError>

    /// Everything, in the order in which a person would look.
    var findings: [FindingEntry] {
        var findings: [FindingEntry]
        switch answer {
        case .success(let reply): findings = reply.findings
        case .failure(let error): findings = [silence(error)]
        }
        if socket == Daemon.installedPath {
            findings += UnitCheck(tree: tree).findings(answers: reply != nil, usesUSB: usesUSB)
        }
        guard usesUSB else { return findings }
        return usb(findings)
    }

    private var reply: Calls.Diagnose.Reply? { try? answer.get() }

    /// A daemon that does not answer would use USB, as far as anybody knows.
    private var usesUSB: Bool { reply.map { !$0.daemon.usbDevices.isEmpty } ?? true }

    /// What counts as a dongle: what the daemon says, else what the installed rule is for, else the standard.
    private var identities: Set<USBIdentity> {
        if let reply { return Set(reply.daemon.usbDevices.compactMap { USBIdentity($0) }) }
        let installed = UdevRules(tree).grants.filter { $0.fileName == RuleCheck.file }.map(\.identity)
        return installed.isEmpty ? [.standard] : Set(installed)
    }

    // MARK: - The daemon

    /// Why the daemon does not answer, and what can be seen of it from outside.
    private func silence(_ error: LicenceError) -> FindingEntry {
        let unit = UnitCheck(tree: tree)
        let isService = socket == Daemon.installedPath && unit.isSystemdThere && unit.isInstalled
        func finding(_ found: String, cure: String) -> FindingEntry {
            FindingEntry(subject: "daemon", state: .problem, found: found, cure: cure)
        }
        if error.code == .daemonNotReachable {
            let reason = SocketCheck(path: socket, tree: tree, isService: isService).reason
            return finding(reason?.found ?? error.message, cure: reason?.cure ?? error.hint)
        }
        if error.code == .daemonSilent, !isService {
            return finding(
                error.message, cure: "whoever started it looks into what it wrote, ends it and starts it anew")
        }
        let cure = isService && !unit.isRunning ? "as root: systemctl start almd" : error.hint
        guard error.code == .daemonNotRunning else { return finding(error.message, cure: cure) }
        let found =
            switch tree.status(socket)?.kind {
            case nil: "almd is not running: there is no socket \(socket)"
            case .socket: "almd is not running: nobody listens on \(socket), which an earlier one left behind"
            default: "\(socket) is no socket"
            }
        return finding(found, cure: cure)
    }

    // MARK: - USB

    /// `findings`, with what the system shows about each device in place of what the daemon alone could tell.
    private func usb(_ findings: [FindingEntry]) -> [FindingEntry] {
        let scan = USBScan(tree: tree)
        guard scan.isThere else {
            return findings + [
                FindingEntry(subject: "usb", state: .note, found: "the kernel shows no USB here (\(USBScan.folder))")
            ]
        }
        let devices = scan.devices(identities)
        let rule = RuleCheck(identities, tree)
        let opener =
            reply.flatMap { ServiceUser(process: $0.daemon.process, in: tree) } ?? ServiceUser(installedIn: tree)
        let checks = devices.map { device in
            DeviceCheck(
                device: device, tree: tree, opener: opener, daemon: reply?.daemon.process,
                isRuleInOrder: rule.isUdevThere && rule.faults.isEmpty)
        }
        var examined = findings
        for check in checks {
            guard let finding = finding(check, among: findings) else { continue }
            let place = examined.firstIndex { $0.subject == "device" && $0.object == check.device.node }
            if let place { examined[place] = finding } else { examined.append(finding) }
        }
        if devices.isEmpty {
            let names = identities.sorted().map(\.description).joined(separator: ", ")
            examined.append(
                FindingEntry(subject: "device", state: .note, found: "no dongle is plugged into USB (\(names))"))
        }
        return examined + rule.findings(isNeeded: checks.contains { !$0.mayBeOpened })
    }

    /// What is said of a device; nil where what the daemon said is all there is to say.
    private func finding(_ check: DeviceCheck, among findings: [FindingEntry]) -> FindingEntry? {
        let node = check.device.node
        func finding(_ state: FindingEntry.State, _ found: String, cure: String? = nil) -> FindingEntry {
            FindingEntry(subject: "device", object: node, state: state, found: found, cure: cure)
        }
        let name = check.device.serial.map { "dongle \($0)" } ?? "device \(check.device.identity)"
        guard let reply else {
            if let reason = check.reason {
                return finding(.problem, "\(name) could not be used: \(reason.found)", cure: reason.cure)
            }
            return finding(.ok, "\(name) is there, and nothing keeps almd from opening it")
        }
        guard let seen = reply.devices.first(where: { $0.node == node }) else {
            return finding(
                .problem, "\(name) is plugged in, and almd has not noticed it",
                cure: check.reason?.cure
                    ?? "as root: systemctl restart almd; if it is there then, almd does not hear of new devices")
        }
        guard seen.state == "trouble" else { return nil }
        let reason =
            seen.trouble == "noPermission" && check.mayBeOpened
            ? UnitCheck(tree: tree).deviceReason(isService: socket == Daemon.installedPath) : check.reason
        guard let reason else { return nil }
        return finding(.problem, "\(name) is not used: \(reason.found)", cure: reason.cure)
    }
}
