import DongleProtocol

/// The udev rules of a machine, in the order in which udev reads them: by the names of their files, whichever of its
/// folders they are in (udev(7)).
struct UdevRules: Sendable {
    /// udev's folders; a file hides those of the same name in the folders after its own.
    static let folders = [
        "/etc/udev/rules.d", "/run/udev/rules.d", "/usr/local/lib/udev/rules.d", "/usr/lib/udev/rules.d",
        "/lib/udev/rules.d",
    ]
    /// The most bytes that are read of one file.
    static let largestFile = 1_048_576

    /// One line that sets group or mode of devices with some identity.
    struct Grant: Sendable, Hashable {
        /// The file's path.
        let path: String
        let identity: USBIdentity
        let group: String?
        let mode: UInt32?
        /// Whether no later rule may change them (`:=`).
        let isFinal: Bool
        /// Whether it hands the device to whoever sits at the machine.
        let isForSeat: Bool

        /// The name of the file.
        var fileName: Substring { path.split(separator: "/").last ?? "" }
    }

    /// The lines that set something for devices, in order.
    let grants: [Grant]

    init(_ tree: SystemTree) {
        // A link to /dev/null takes the rules of that name out, and reads as nothing.
        grants = tree.overlaid(Self.folders, ending: ".rules").flatMap { path in
            Self.grants(in: tree.text(path, atMost: Self.largestFile) ?? "", path: path)
        }
    }

    private static func grants(in text: String, path: String) -> [Grant] {
        text.replacing("\\\n", with: "").split(separator: "\n").compactMap { line in
            let rule = UdevLine(line)
            guard let vendor = rule.match("ATTR{idVendor}") ?? rule.match("ATTRS{idVendor}"),
                let product = rule.match("ATTR{idProduct}") ?? rule.match("ATTRS{idProduct}"),
                let identity = USBIdentity("\(vendor):\(product)")
            else { return nil }
            let (group, mode) = (rule.assignment("GROUP"), rule.assignment("MODE"))
            let isForSeat = rule.adds("TAG", "uaccess")
            guard group != nil || mode != nil || isForSeat else { return nil }
            return Grant(
                path: path, identity: identity, group: group?.value, mode: mode.flatMap { UInt32($0.value, radix: 8) },
                isFinal: (group?.isFinal ?? true) && (mode?.isFinal ?? true), isForSeat: isForSeat)
        }
    }
}

/// One line of a udev rule: `KEY=="value", KEY{attribute}:="value"`.
struct UdevLine: Sendable {
    private struct Part {
        let key, comparison, value: String
    }

    private let parts: [Part]

    init(_ line: Substring) {
        var (parts, rest): ([Part], Substring) = ([], line)
        if !Question.trimmed(String(line)).hasPrefix("#") {
            // A value may have a comma in it, so the quotes lead.
            while let open = rest.firstIndex(of: "\""),
                let close = rest[rest.index(after: open)...].firstIndex(of: "\"")
            {
                let head = rest[..<open].drop { $0 == "," || $0.isWhitespace }
                let key = head.prefix { !"=!+-:".contains($0) && !$0.isWhitespace }
                let comparison = head.dropFirst(key.count).filter { !$0.isWhitespace }
                parts.append(
                    Part(
                        key: String(key), comparison: comparison,
                        value: String(rest[rest.index(after: open)..<close])))
                rest = rest[rest.index(after: close)...]
            }
        }
        self.parts = parts
    }

    /// The value that a key has to have; nil where the line does not ask for one.
    func match(_ key: String) -> String? {
        parts.first { $0.key == key && $0.comparison == "==" }?.value
    }

    /// The value that a key is given last, and whether for good.
    func assignment(_ key: String) -> (value: String, isFinal: Bool)? {
        parts.last { $0.key == key && ($0.comparison == "=" || $0.comparison == ":=") }
            .map { ($0.value, $0.comparison == ":=") }
    }

    /// Whether a value is added to a list.
    func adds(_ key: String, _ value: String) -> Bool {
        parts.contains { $0.key == key && $0.value == value && ($0.comparison == "+=" || $0.comparison == "=") }
    }
}
