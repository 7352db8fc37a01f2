/// The user and the groups that the daemon has, or will have when it is started as a service.
struct ServiceUser: Sendable, Hashable {
    /// The name of the service's user and of its group, as the unit and the udev rule have them.
    static let serviceName = "almd"

    let user: UInt32
    let groups: Set<UInt32>
    /// Whether these are those of a process that runs.
    let isRunning: Bool

    /// Those of a process that runs; nil where `/proc` does not show it.
    init?(process: Int, in tree: SystemTree) {
        guard let text = tree.text("/proc/\(process)/status", atMost: 65_536) else { return nil }
        var (user, groups): (UInt32?, Set<UInt32>) = (nil, [])
        for line in text.split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == "\t" || $0 == " " })
            // Real, effective, saved, for files.
            switch words.first {
            case "Uid:" where words.count > 2: user = UInt32(words[2])
            case "Gid:" where words.count > 2: groups.formUnion(words[2...2].compactMap { UInt32($0) })
            case "Groups:": groups.formUnion(words.dropFirst().compactMap { UInt32($0) })
            default: break
            }
        }
        guard let user else { return nil }
        self.init(user: user, groups: groups, isRunning: true)
    }

    /// Those of the service, from the files of users and groups; nil where there is no such user.
    init?(installedIn tree: SystemTree) {
        func entries(_ file: String) -> [[Substring]] {
            (tree.text(file, atMost: 1_048_576) ?? "").split(separator: "\n").map {
                $0.split(separator: ":", omittingEmptySubsequences: false)
            }
        }
        guard let entry = entries("/etc/passwd").first(where: { $0.first ?? "" == Self.serviceName }), entry.count > 3,
            let user = UInt32(entry[2]), let group = UInt32(entry[3])
        else { return nil }
        let others = entries("/etc/group").filter { $0.count > 3 }
            .filter { $0[3].split(separator: ",").contains { $0 == Self.serviceName } }
        self.init(user: user, groups: Set([group] + others.compactMap { UInt32($0[2]) }), isRunning: false)
    }

    private init(user: UInt32, groups: Set<UInt32>, isRunning: Bool) {
        (self.user, self.groups, self.isRunning) = (user, groups, isRunning)
    }

    /// Whether it may read and write what has that status, by the permission bits.
    func mayOpen(_ status: SystemTree.Status) -> Bool {
        if user == 0 { return true }
        if status.owner == user { return status.mode & 0o600 == 0o600 }
        if groups.contains(status.group) { return status.mode & 0o060 == 0o060 }
        return status.mode & 0o006 == 0o006
    }
}

extension SystemTree {
    /// The name of a user, or its number.
    func userName(_ number: UInt32) -> String { name(number, in: "/etc/passwd") }

    /// The name of a group, or its number.
    func groupName(_ number: UInt32) -> String { name(number, in: "/etc/group") }

    private func name(_ number: UInt32, in file: String) -> String {
        for line in (text(file, atMost: 1_048_576) ?? "").split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            if fields.count > 2, UInt32(fields[2]) == number { return String(fields[0]) }
        }
        return String(number)
    }
}
