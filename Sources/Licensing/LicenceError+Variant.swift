extension LicenceError {
    /// What an error's parameter `kind` may say where somebody else has to act than usual, or in another way. An error
    /// with a value that is none of these, or that is another code's, says what its code always says.
    package enum Variant: String, Sendable, CaseIterable {
        /// Of a vendor's file: it is there and may not be read, so it need not be a wrong one.
        case unreadable
        /// Of a kept anchor: it is the one in use.
        case current
        /// Of a kept anchor: this process can't see whether it is gone.
        case unseen
        /// Of a disk that failed: it is this machine's id that could not be read.
        case machine
        /// Of a daemon that does not run: it was to be reached over its bus.
        case bus
    }

    /// What `variant` says, as the value of `kind`.
    package init(_ code: Code, _ variant: Variant?, _ parameters: [Parameter: String?]) {
        self.init(code, parameters.merging([.kind: variant?.rawValue]) { $1 })
    }
}

extension LicenceError.Variant {
    /// The errors that have it.
    package var code: LicenceError.Code {
        switch self {
        case .unreadable: .vendorFileMalformed
        case .current, .unseen: .anchorKept
        case .machine: .storeFailed
        case .bus: .daemonNotRunning
        }
    }

    /// What those say instead, as ``LicenceError/Code/texts`` has it.
    var texts: (message: String, hint: String) {
        switch self {
        case .unreadable:
            (
                "{path} was not read: {reason}",
                "the administrator lets everyone read it: chmod 0644 {path}, and enter its folder"
            )
        case .current:
            (
                code.texts.message,
                """
                an administrator removes what was kept: every other name of its file (find / -samefile \
                {path}/anchor.*/key) and whatever else is in its folder; then repeats the command
                """
            )
        case .unseen:
            (
                code.texts.message,
                """
                remove what was kept; once it is gone for good, stop almd and run: almd --state {path} \
                --forget-kept-anchor
                """
            )
        case .machine:
            (
                "this machine's id, to which its stores are bound, can't be read from {path}: {detail}",
                "the administrator sees to it that {path} can be read; then repeat the command"
            )
        case .bus:
            (
                code.texts.message,
                "start it (almd --state DIR --socket SOCKET --vendors DIR --bus {path}), or give another --bus"
            )
        }
    }
}
