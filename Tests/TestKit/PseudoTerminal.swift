import Glibc
import Testing

/// A terminal that a test makes, with the side of the person who sits at it.
package struct PseudoTerminal: Sendable {
    /// What the person types is written here, and what is shown is read here.
    package let person: Int32
    /// What a program opens as its terminal.
    package let path: String

    /// Makes one. Whoever made it closes ``person``.
    package init() throws {
        // What posix_openpt, unlockpt and ptsname do, which Glibc does not show without _XOPEN_SOURCE: TIOCSPTLCK and
        // TIOCGPTN of ioctl_tty(2).
        person = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (locked, number) = (Int32(0), UInt32(0))
        try #require(person >= 0 && ioctl(person, 0x4004_5431, &locked) == 0)
        try #require(ioctl(person, 0x8004_5430, &number) == 0)
        path = "/dev/pts/\(number)"
    }
}
