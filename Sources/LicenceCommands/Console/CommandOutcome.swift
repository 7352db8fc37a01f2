import Glibc

/// How a command ended.
package enum CommandOutcome: Sendable, Equatable {
    /// With an exit status: 0 done, 1 refused or failed, 2 wrong usage; or that of the command that `almctl use` ran.
    case status(Int32)
    /// The command that `almctl use` ran was ended by a signal.
    case signal(Int32)

    /// Everything that was asked for was done.
    package static let done = CommandOutcome.status(0)

    /// The exit status as a shell shows it: 128 and the number for a signal.
    package var exitStatus: Int32 {
        switch self {
        case .status(let status): status
        case .signal(let number): 128 &+ number
        }
    }

    /// Ends the process the same way.
    package func endProcess() -> Never {
        if case .signal(let number) = self {
            // The command has left its core if it leaves one; a second one of this process would hide it.
            var none = rlimit(rlim_cur: 0, rlim_max: 0)
            _ = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
            _ = Glibc.signal(number, SIG_DFL)
            // Threads of a pool block what can be blocked, and this may be one of them.
            var set = sigset_t()
            _ = sigemptyset(&set)
            _ = sigaddset(&set, number)
            _ = pthread_sigmask(SIG_UNBLOCK, &set, nil)
            _ = raise(number)
        }
        exit(exitStatus)
    }
}
