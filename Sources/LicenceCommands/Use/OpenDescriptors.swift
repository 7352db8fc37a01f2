import Foundation
import Glibc

/// The descriptors of this process, and which of them a command that it starts is to have.
///
/// Whatever this process was given (a shell's `<(…)`, a build tool's job slots) goes on to the command, as if it had been
/// started alone. What this process opened does not: a copy of its connection to the daemon would keep the licence after
/// this process has gone, and hand its rights on; and not everything that opens descriptors marks them so.
enum OpenDescriptors {
    /// What was open when this was first asked for: at the beginning of the process.
    static let inherited = Set(numbers())

    /// Has the kernel close everything else in a command that is started from now on.
    static func keepToThisProcess(except passed: Set<Int32> = inherited) {
        for number in numbers() where !passed.contains(number) && number > STDERR_FILENO {
            _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        }
    }

    /// The numbers of the descriptors that are open. Without /proc those that can be, as far as the standard limit.
    private static func numbers() -> [Int32] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        // The look itself has one open, which is gone again.
        return (names?.compactMap { Int32($0) } ?? Array(0..<1024)).filter { fcntl($0, F_GETFD) >= 0 }
    }
}
