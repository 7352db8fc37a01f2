import Foundation
import Glibc
import Synchronization

/// Takes signals that are sent to this process, so that they can be handed on instead of ending it.
///
/// What the terminal sends (Ctrl-C, Ctrl-\, a hang-up) it sends to the whole group, the started command included; the
/// kernel marks such a signal as its own, and it is not handed on a second time. One relay is there at a time.
final class SignalRelay: Sendable {
    /// The signals that are handed on: those that ask a program to do something or to end.
    static let signals = [SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGALRM]

    /// Where the handler writes the number of each signal it takes; -1 while there is nowhere.
    private static let pipe = Atomic<Int32>(-1)
    private let reading, writing: Int32
    private let before: [(signal: Int32, action: UncheckedAction)]

    /// Safe because a `sigaction` is plain data that is handed back to the kernel as it came.
    private struct UncheckedAction: @unchecked Sendable {
        let action: sigaction
    }

    /// From now on the signals are taken; they wait until ``begin(_:)``.
    init() {
        var ends: [Int32] = [-1, -1]
        // Without a pipe nothing could be handed on: the signals then do what they did before.
        guard Glibc.pipe(&ends) == 0 else {
            (reading, writing, before) = (-1, -1, [])
            return
        }
        (reading, writing) = (ends[0], ends[1])
        // The started command must not inherit them: its copy would keep the pipe open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // Touched before any handler is there: its first use initialises it, which a handler must not do.
        Self.pipe.store(writing, ordering: .sequentiallyConsistent)
        before = Self.signals.compactMap { signal in
            var old = sigaction()
            _ = sigaction(signal, nil, &old)
            // What was ignored when this process was started, as under nohup, stays ignored.
            guard old.__sigaction_handler.sa_handler == nil else { return nil }
            var new = sigaction()
            new.__sigaction_handler.sa_sigaction = { number, info, _ in
                let sentByKernel: Int32 = 0x80  // SI_KERNEL, an enumerator without a type
                guard info?.pointee.si_code != sentByKernel else { return }
                let saved = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(SignalRelay.pipe.load(ordering: .relaxed), &byte, 1)
                errno = saved
            }
            new.sa_flags = SA_SIGINFO | SA_RESTART
            guard sigaction(signal, &new, nil) == 0 else { return nil }
            return (signal, UncheckedAction(action: old))
        }
    }

    /// Hands each signal to `body`, those that came since ``init()`` first.
    func begin(_ body: @escaping @Sendable (Int32) -> Void) {
        guard reading >= 0 else { return }
        let reading = reading
        // A thread of its own, because it waits; it ends when the pipe's other end is closed.
        Thread.detachNewThread {
            while case .byte(let number) = FileBytes.readByte(from: reading) { body(Int32(number)) }
            _ = close(reading)
        }
    }

    /// Puts the signals back to what they were.
    func end() {
        guard writing >= 0 else { return }
        for (signal, old) in before {
            var action = old.action
            _ = sigaction(signal, &action, nil)
        }
        Self.pipe.store(-1, ordering: .sequentiallyConsistent)
        _ = close(writing)
    }
}
