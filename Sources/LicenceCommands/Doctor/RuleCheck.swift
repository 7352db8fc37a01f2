import Control
import DongleProtocol

/// Whether the udev rules give dongles to the daemon's group, and to nobody else.
struct RuleCheck: Sendable {
    /// The file in which the product's rule is installed.
    static let file = "60-almd.rules"
    /// After udev's own rules for all devices, which set a mode for every one on USB.
    static let defaults = "50-udev-default.rules"
    /// Before those that hand devices to whoever sits at the machine.
    static let seat = "73-seat-late.rules"

    /// Writes the rule and has udev apply it, for devices that are plugged in already, too.
    static let cure =
        "as root: almd --config /etc/almd/almd.toml --print-udev-rule > /etc/udev/rules.d/\(file) && "
        + UdevWords.reload

    let identities: Set<USBIdentity>
    let rules: UdevRules
    let isUdevThere: Bool

    init(_ identities: Set<USBIdentity>, _ tree: SystemTree) {
        self.identities = identities
        rules = UdevRules(tree)
        isUdevThere = tree.status("/run/udev") != nil
    }

    /// What is wrong, one sentence for each fault; empty where nothing is.
    var faults: [(found: String, cure: String)] {
        identities.sorted().flatMap(faults)
    }

    /// The finding: a problem only where a device waits for the rule, since a machine without dongles needs none.
    func findings(isNeeded: Bool) -> [FindingEntry] {
        guard isUdevThere else {
            return [FindingEntry(subject: "rule", state: .note, found: "udev does not run here, so no rule is applied")]
        }
        guard !faults.isEmpty else {
            let files = Set(identities.compactMap { deciding($0)?.path }).sorted().joined(separator: ", ")
            return [
                FindingEntry(
                    subject: "rule", state: .ok,
                    found: "\(files) gives dongles to group \(ServiceUser.serviceName) and to nobody else")
            ]
        }
        return faults.map {
            FindingEntry(subject: "rule", state: isNeeded ? .problem : .note, found: $0.found, cure: $0.cure)
        }
    }

    /// The line that has the last word about a device: the first that is final, else the last one.
    private func deciding(_ identity: USBIdentity) -> UdevRules.Grant? {
        let grants = rules.grants.filter { $0.identity == identity && ($0.group != nil || $0.mode != nil) }
        return grants.first(where: \.isFinal) ?? grants.last
    }

    private func faults(_ identity: USBIdentity) -> [(found: String, cure: String)] {
        guard let grant = deciding(identity) else {
            return [("no udev rule gives device \(identity) to group \(ServiceUser.serviceName)", Self.cure)]
        }
        var faults: [String] = []
        if grant.group != ServiceUser.serviceName {
            faults.append("gives it to group \(grant.group ?? "root"), and almd runs in \(ServiceUser.serviceName)")
        }
        if grant.mode.map({ $0 & 0o060 != 0o060 }) ?? true {
            faults.append("does not let its group read and write")
        }
        if grant.mode.map({ $0 & 0o006 != 0 }) ?? false { faults.append("opens it to everybody") }
        if !grant.isFinal, grant.fileName < Self.defaults[...] {
            faults.append("is read before \(Self.defaults), which sets another mode")
        }
        if rules.grants.contains(where: { $0.identity == identity && $0.isForSeat && $0.fileName < Self.seat[...] }) {
            faults.append("is not alone: another line hands it to whoever sits at the machine (uaccess)")
        }
        return faults.map { ("device \(identity): \(grant.path) \($0)", Self.cure) }
    }
}
