import Glibc

/// What goes wrong at the command line itself, before or after the daemon is asked. Such an error never crosses the
/// socket, so it has no Varlink name.
package struct CommandError: Error, Sendable, Equatable {
    /// The names by which programs tell these errors apart, beside those of ``Licensing/LicenceError``.
    package enum Name: String, Sendable, CaseIterable {
        /// A file, or standard input, can't be read.
        case inputRefused
        /// A file, or standard input, is larger than what could be in it.
        case inputTooLarge
        /// A picture holds no code that can be read.
        case pictureRefused
        /// Pictures hold some lines of a code, and not all.
        case pictureIncomplete
        /// What reads codes from pictures is not there.
        case pictureReaderMissing
        /// There is another file where the output was to go.
        case outputExists
        /// The output can't go there: a link, a directory, a device.
        case outputRefused
        /// Writing failed.
        case outputFailed
        /// The command of `almctl use` can't be started.
        case commandNotStarted
        /// A file is no signing key, or not the one it should be.
        case signingKeyRefused
        /// The passphrase does not open the signing key.
        case passphraseWrong
        /// No passphrase can be had, or it can't be used.
        case passphraseRefused
        /// Being a USB device takes root.
        case gadgetNotPermitted
        /// The kernel has no support for being a USB device.
        case gadgetUnsupported
        /// The machine has no USB device controller, or not the one that was asked for.
        case gadgetNoController
        /// The USB device controller, or the gadget's name, is in use.
        case gadgetBusy
        /// The gadget's name belongs to something that this program did not make.
        case gadgetForeign
        /// The USB device controller was taken away while the dongle was plugged in.
        case gadgetLost
        /// The kernel refused something else about the gadget.
        case gadgetFailed
    }

    /// Which error.
    package let name: Name
    /// What and why, in lower case, naming the object.
    package let message: String
    /// Who has to act, and how.
    package let hint: String
    /// The named values it is about.
    package let parameters: [String: String]
    /// What the process ends with.
    package let exitStatus: Int32

    package init(
        _ name: Name, _ message: String, hint: String, parameters: [String: String] = [:], exitStatus: Int32 = 1
    ) {
        (self.name, self.message, self.hint) = (name, message, hint)
        (self.parameters, self.exitStatus) = (parameters, exitStatus)
    }

    /// The input `path` can't be read, because of `reason`.
    package static func inputRefused(_ path: String, _ reason: String) -> CommandError {
        CommandError(
            .inputRefused, "\(path) can't be read: \(reason)",
            hint: "give a file that you may read, or - for standard input; nothing was changed",
            parameters: ["path": path, "reason": reason])
    }

    /// The input `path` can't be read, because of the error `number`.
    package static func inputRefused(_ path: String, errno number: Int32) -> CommandError {
        let refused = inputRefused(path, SystemError.text(number))
        guard number == EACCES else { return refused }
        return CommandError(
            refused.name, refused.message,
            hint: "its owner or the administrator lets you read it, or give another file; nothing was changed",
            parameters: refused.parameters)
    }

    /// The input `path` has more than `limit` bytes.
    package static func inputTooLarge(_ path: String, limit: Int) -> CommandError {
        CommandError(
            .inputTooLarge, "\(path) has more than \(limit) bytes",
            hint: "give the right file, or only the lines of the code; nothing was changed",
            parameters: ["path": path, "capacity": String(limit)])
    }

    /// No code can be read from the picture `path`, because of `reason`.
    package static func pictureRefused(_ path: String, _ reason: String, hint: String) -> CommandError {
        CommandError(
            .pictureRefused, "no code can be read from \(path): \(reason)", hint: hint,
            parameters: ["path": path, "reason": reason])
    }

    /// Writing to `path` failed.
    package static func outputFailed(_ path: String, _ reason: String) -> CommandError {
        CommandError(
            .outputFailed, "\(path) can't be written: \(reason)",
            hint: "make room or give another --output, and run the command again; it gives the same code again",
            parameters: ["path": path, "reason": reason])
    }

    /// Standard output can't be written: its reader is gone, or the disk behind it is full.
    package static func standardOutputFailed(_ reason: String) -> CommandError {
        CommandError(
            .outputFailed, "standard output can't be written: \(reason)",
            hint: """
                make room, or let the reader stay, and run the command again; what it did is done, and what it printed \
                it prints again
                """,
            parameters: ["path": "standard output", "reason": reason])
    }

    /// The output may not go to `path`.
    package static func outputRefused(_ path: String, _ reason: String) -> CommandError {
        CommandError(
            .outputRefused, "\(path) is not written to: \(reason)",
            hint: "give the name of a new file with --output; without it the code is printed",
            parameters: ["path": path, "reason": reason])
    }

    /// `path` is there and holds something else.
    package static func outputExists(_ path: String) -> CommandError {
        CommandError(
            .outputExists, "\(path) exists already and holds something else",
            hint: "give another --output, or --force to replace it; the command, run again, gives the same code again",
            parameters: ["path": path])
    }
}
