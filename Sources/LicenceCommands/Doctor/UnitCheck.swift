import Control

/// How the daemon's units are installed, as far as their files tell (systemd.unit(5)).
struct UnitCheck: Sendable {
    static let service = "almd.service"
    static let socket = "almd.socket"
    /// systemd's folders; a file hides those of the same name in the folders after its own.
    static let folders = [
        "/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
        "/lib/systemd/system",
    ]
    /// The most bytes that are read of one file.
    static let largestFile = 65_536

    let tree: SystemTree

    /// Whether systemd runs the machine (sd_booted(3)).
    var isSystemdThere: Bool { tree.status("/run/systemd/system")?.kind == .directory }

    /// Whether the service is installed and may be started.
    var isInstalled: Bool { path(of: Self.service).map { !isMasked($0) } ?? false }

    /// Whether processes of the service are running, by their control group.
    var isRunning: Bool {
        let processes = tree.text("/sys/fs/cgroup/system.slice/\(Self.service)/cgroup.procs", atMost: 65_536)
        return !(processes ?? "").isEmpty
    }

    /// What the files say.
    ///
    /// - Parameters:
    ///   - answers: whether the daemon answered.
    ///   - usesUSB: whether it is to find dongles on USB.
    func findings(answers: Bool, usesUSB: Bool) -> [FindingEntry] {
        guard isSystemdThere else {
            return [finding(.note, "systemd does not run here; almd is started by hand or by something else")]
        }
        guard let path = path(of: Self.service) else {
            return [finding(.note, "almd is not installed as a service", cure: "install the package, or: make install")]
        }
        guard !isMasked(path) else {
            return [
                finding(
                    .problem, "\(Self.service) is masked, so nothing starts it",
                    cure: "as root: systemctl unmask \(Self.service)")
            ]
        }
        var findings: [FindingEntry] = usesUSB ? sandboxFindings : []
        if isStartedByItself {
            findings.append(finding(.ok, "\(path) is installed, and started at boot or by whoever asks first"))
        } else {
            findings.append(
                finding(
                    .note, "\(path) is installed, and starts only by hand or with a dongle",
                    cure: "as root: systemctl enable --now \(Self.socket) \(Self.service)"))
        }
        if !answers, isRunning {
            findings.append(
                finding(
                    .problem, "\(Self.service) runs, and does not answer",
                    cure: "as root: journalctl --unit \(Self.service) --lines 50 says why; systemctl restart almd"))
        }
        return findings
    }

    /// What the daemon is left with where the kernel's news of devices don't reach it.
    private static let unheard = "almd is not told of a dongle that is plugged in, and has to look every few seconds"

    /// The settings of a usual sandbox that keep dongles on USB from being found or opened.
    private var sandboxFindings: [FindingEntry] {
        let settings = settings
        func cure(_ name: String, _ value: String) -> String {
            "as root: take \(name) out of \(settings[name]?.path ?? "the unit") or set \(name)=\(value), then: "
                + "systemctl daemon-reload && systemctl restart almd"
        }
        var findings: [FindingEntry] = []
        for (name, effect) in [
            ("PrivateNetwork", Self.unheard),
            ("PrivateDevices", "almd can't open any dongle"),
        ] where settings[name].map({ Self.truths.contains($0.value.lowercased()) }) ?? false {
            findings.append(finding(.problem, "\(name)=yes in the unit: \(effect)", cure: cure(name, "no")))
        }
        if let families = settings["RestrictAddressFamilies"], !Self.allows(families.value, "AF_NETLINK") {
            findings.append(
                finding(
                    .problem, "RestrictAddressFamilies in the unit is without AF_NETLINK: \(Self.unheard)",
                    cure: cure("RestrictAddressFamilies", "AF_UNIX AF_NETLINK")))
        }
        return findings
    }

    /// Why the daemon may not open a node although its permissions allow it: systemd's, or a container's, list of devices.
    /// The kernel does not tell it from them.
    ///
    /// - Parameter isService: whether the unit is what starts the daemon.
    func deviceReason(isService: Bool) -> DeviceCheck.Reason {
        guard isService, isSystemdThere, isInstalled else {
            return DeviceCheck.Reason(
                found: "its node allows it, and something else does not: a container's list of devices, as a rule",
                cure: "whoever starts the container lets it open USB devices (for docker: "
                    + "--device-cgroup-rule='c 189:* rw')")
        }
        let settings = settings
        let files = Set(["DevicePolicy", "DeviceAllow"].compactMap { settings[$0]?.path }).sorted()
        let place = files.isEmpty ? "of the unit" : "in \(files.joined(separator: " and "))"
        let folder = "\(Self.folders[0])/\(Self.service).d"
        return DeviceCheck.Reason(
            found: "its node allows it, and DevicePolicy= or DeviceAllow= \(place), or a container, does not",
            cure: "as root: systemctl cat \(Self.service) shows both; to put them right: mkdir -p \(folder) && "
                + "printf '[Service]\\nDevicePolicy=closed\\nDeviceAllow=char-usb_device rw\\n' > \(folder)/zz-usb.conf && "
                + "systemctl daemon-reload && systemctl restart almd")
    }

    private static let truths: Set<String> = ["1", "yes", "y", "true", "t", "on"]

    /// Whether a list of `RestrictAddressFamilies=`, one line for each time that it is set, lets a family through: the
    /// first line says whether what is listed is let through or, with `~`, what is not; a later one of the other sort
    /// takes from the list (systemd.exec(5)).
    private static func allows(_ lines: String, _ family: String) -> Bool {
        let allowing = !lines.hasPrefix("~")
        var isListed = false
        for line in lines.split(separator: "\n") {
            let families = line.drop(while: { $0 == "~" }).split(separator: " ")
            if families.contains(family[...]) { isListed = line.hasPrefix("~") != allowing }
        }
        return lines.isEmpty || isListed == allowing
    }

    /// The settings of the unit and its drop-ins, each as it was written last; a list is all its lines.
    private var settings: [String: (value: String, path: String)] {
        var settings: [String: (value: String, path: String)] = [:]
        for path in [path(of: Self.service)].compactMap(\.self) + dropIns {
            let text = (tree.text(path, atMost: Self.largestFile) ?? "").replacing("\\\n", with: " ")
            for line in text.split(separator: "\n") where !line.hasPrefix("#") && !line.hasPrefix(";") {
                let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2 else { continue }
                let (name, value) = (Question.trimmed(String(parts[0])), Question.trimmed(String(parts[1])))
                // Lists grow, and an empty value begins them anew.
                let isList = name == "RestrictAddressFamilies" && !value.isEmpty
                let earlier = isList ? settings[name]?.value ?? "" : ""
                settings[name] = (earlier.isEmpty ? value : "\(earlier)\n\(value)", path)
            }
        }
        return settings
    }

    /// The paths of the drop-ins, in the order in which systemd reads them.
    private var dropIns: [String] {
        tree.overlaid(Self.folders.map { "\($0)/\(Self.service).d" }, ending: ".conf")
    }

    private var isStartedByItself: Bool {
        Self.folders.contains { folder in
            [(Self.service, "multi-user.target.wants"), (Self.socket, "sockets.target.wants")].contains {
                // The link leads to the unit in the tree itself, so it is looked at and not followed.
                tree.target(of: "\(folder)/\($1)/\($0)") != nil
            }
        }
    }

    private func path(of unit: String) -> String? {
        Self.folders.map { "\($0)/\(unit)" }.first { tree.status($0) != nil || tree.target(of: $0) != nil }
    }

    private func isMasked(_ path: String) -> Bool { tree.target(of: path) == "/dev/null" }

    private func finding(_ state: FindingEntry.State, _ found: String, cure: String? = nil) -> FindingEntry {
        FindingEntry(subject: "unit", state: state, found: found, cure: cure)
    }
}
