import Foundation
import Glibc
import Synchronization

/// A command that was started, with this process's own input, output and error.
///
/// It stays in this process's group, so that keys typed at the terminal reach it as if it had been started alone;
/// signals that somebody sends to this process are handed on to it.
final class ChildProcess: Sendable {
    /// The process id while the process may be signalled; nil once it is gone, since the number may then be another's.
    private let identifier: Mutex<pid_t?>
    private let relay: SignalRelay

    /// Starts `command`, found as a shell finds it.
    ///
    /// - Throws: `commandNotStarted` with status 127 where there is no such command, else 126.
    init(_ command: [String], variables: [String: String]) throws(CommandError) {
        let relay = SignalRelay()
        do throws(CommandError) {
            identifier = Mutex(try Self.start(command, variables))
        } catch {
            relay.end()
            throw error
        }
        self.relay = relay
        relay.begin { [weak self] signal in self?.send(signal) }
    }

    private func send(_ signal: Int32) {
        identifier.withLock { identifier in
            if let identifier { _ = kill(identifier, signal) }
        }
    }

    /// Whether the command has not ended yet.
    var isRunning: Bool { identifier.withLock { $0 != nil } }

    /// How the command ended.
    func outcome() async -> CommandOutcome {
        await withCheckedContinuation { continuation in
            // A thread of its own, because waiting for a process blocks; it ends with the process.
            Thread.detachNewThread { continuation.resume(returning: self.wait()) }
        }
    }

    private func wait() -> CommandOutcome {
        defer { relay.end() }
        guard let number = identifier.withLock({ $0 }) else { return .status(1) }
        // First without taking its leave, so that no signal goes to whoever has the number next.
        var info = siginfo_t()
        while waitid(P_PID, id_t(number), &info, WEXITED | WNOWAIT) != 0 {
            guard errno == EINTR else { return .status(1) }
        }
        return identifier.withLock { identifier in
            identifier = nil
            var status: Int32 = 0
            while waitpid(number, &status, 0) < 0 {
                guard errno == EINTR else { return .status(1) }
            }
            // The bits of wait(2): a signal in the lower seven, the exit status in the next byte.
            let signal = status & 0x7F
            return signal == 0 ? .status(status >> 8 & 0xFF) : .signal(signal)
        }
    }

    private static func start(_ command: [String], _ variables: [String: String]) throws(CommandError) -> pid_t {
        func failed(_ number: Int32) -> CommandError {
            let name = command.first ?? ""
            return CommandError(
                .commandNotStarted, "\(name) can't be started: \(SystemError.text(number))",
                hint: "check the name behind --; the licence was given back",
                parameters: ["command": name], exitStatus: number == ENOENT ? 127 : 126)
        }
        guard let name = command.first, !(command + variables.map(\.value)).contains(where: { $0.utf8.contains(0) })
        else { throw failed(EINVAL) }
        var attributes = posix_spawnattr_t()
        guard posix_spawnattr_init(&attributes) == 0 else { throw failed(ENOMEM) }
        defer { _ = posix_spawnattr_destroy(&attributes) }
        // This process ignores SIGPIPE; a command that is to be ended by it must not.
        var standard = sigset_t()
        _ = sigemptyset(&standard)
        _ = sigaddset(&standard, SIGPIPE)
        _ = posix_spawnattr_setsigdefault(&attributes, &standard)
        // A command starts with what its thread blocks, and threads of a pool block what can be blocked.
        var none = sigset_t()
        _ = sigemptyset(&none)
        _ = posix_spawnattr_setsigmask(&attributes, &none)
        _ = posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        OpenDescriptors.keepToThisProcess()
        var identifier: pid_t = 0
        let arguments = CStrings(command)
        let environment = CStrings(variables.map { "\($0.key)=\($0.value)" }.sorted())
        let number = posix_spawnp(&identifier, name, nil, &attributes, arguments.pointers, environment.pointers)
        guard number == 0 else { throw failed(number) }
        return identifier
    }
}

/// Strings as C takes lists of them: copies, ended by a null pointer, freed with their owner.
private final class CStrings {
    /// The list.
    let pointers: [UnsafeMutablePointer<CChar>?]

    init(_ strings: [String]) {
        pointers = strings.map { strdup($0) } + [nil]
    }

    deinit {
        for pointer in pointers { free(pointer) }
    }
}
