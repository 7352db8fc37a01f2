import Glibc

/// What tells this machine from others, handed in by whoever opens a store.
package struct MachineIdentity: Sendable, Equatable {
    /// The text as it is bound into the anchor.
    package let text: String

    /// The identity of the machine that calls itself `text`.
    package init(_ text: String) {
        self.text = text
    }

    /// The identity that systemd gave this machine (machine-id(5)): 32 hexadecimal digits in `/etc/machine-id`. Nil where
    /// there is none, as in some containers; the anchor then does without it.
    package static func ofThisMachine(file: String = "/etc/machine-id") -> MachineIdentity? {
        let number = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard number >= 0 else { return nil }
        let opened = Descriptor(owning: number, name: file)
        guard let bytes = try? opened.contents(atMost: 64) else { return nil }
        let digits = bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...]
        guard digits.count == 32, let text = String(validating: digits, as: UTF8.self), text.allSatisfy(\.isHexDigit)
        else { return nil }
        return MachineIdentity(text)
    }
}
