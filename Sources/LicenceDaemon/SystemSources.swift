import Glibc
import Licensing

/// The clock and the random source of the machine, for whoever is not handed others.
enum SystemSources {
    /// The time of the machine's clock.
    static let now: Clock = {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Timestamp(seconds: UInt64(clamping: now.tv_sec))
    }

    /// Bytes from the kernel's random source.
    static let random: @Sendable (Int) -> [UInt8] = { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
