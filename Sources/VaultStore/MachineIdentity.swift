import Glibc
package import Licensing
import LinuxSystem

/// What tells this machine from others, handed in by whoever opens a store.
package struct MachineIdentity: Sendable, Equatable {
    /// The text as it is bound into the anchor: 32 hexadecimal digits, in lower case.
    package let text: String

    /// Takes a machine id as machine-id(5) describes it: 32 hexadecimal digits that are not all zero. Nil for anything
    /// else, because a store that is bound to what no machine has would never open.
    package init?(_ text: String) {
        guard text.utf8.count == 32, let bytes = [UInt8](hexadecimal: text), bytes.contains(where: { $0 != 0 })
        else { return nil }
        self.text = bytes.hexadecimal
    }

    /// The identity that systemd gave this machine in `/etc/machine-id`. Nil where nothing is there that is one, as in some
    /// containers; the anchor then does without it, and says so among its gaps.
    ///
    /// - Throws: `storeFailed` where what is there can't be read. That is no machine without one: its stores would be LOCKED,
    ///   and a new one bound to no machine.
    package static func ofThisMachine(file: String = "/etc/machine-id") throws(LicenceError) -> MachineIdentity? {
        let bytes: [UInt8]
        do throws(SystemCallFailure) {
            let number = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
            guard number >= 0 else { throw SystemCallFailure(call: "open", name: file, number: errno) }
            bytes = try Descriptor(owning: number, name: file).contents(atMost: 64)
        } catch {
            // A pipe can't be read from its start.
            guard error.isAbsence || error.number == ESPIPE else {
                throw LicenceError(
                    .storeFailed, .machine, [.path: file, .location: file, .detail: ErrorNumber.words(error.number)])
            }
            return nil
        }
        let digits = bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...]
        return String(validating: digits, as: UTF8.self).flatMap(MachineIdentity.init)
    }
}
