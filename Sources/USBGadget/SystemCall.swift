import Glibc
import LinuxSystem

/// A system call that failed.
struct SystemCallFailure: Error, Equatable {
    /// The system call's name.
    let call: String
    /// What it was about.
    let path: String
    /// The value of `errno`.
    let number: Int32

    /// `mkdir /sys/kernel/config/…: No such file or directory`.
    var detail: String { "\(call) \(path): \(ErrorNumber.words(number))" }
}

/// The system calls by which a gadget is made; each throws what the kernel answered.
enum SystemCall {
    /// The most bytes of a setting in configfs or sysfs, which is a page.
    private static let settingSize = 4096

    /// Makes a folder that its owner alone may enter.
    static func makeDirectory(_ path: String) throws(SystemCallFailure) {
        guard mkdir(path, 0o700) != 0 else { return }
        throw SystemCallFailure(call: "mkdir", path: path, number: errno)
    }

    /// Removes a folder, which has to be empty but for what configfs itself put there.
    static func removeDirectory(_ path: String) throws(SystemCallFailure) {
        guard rmdir(path) != 0 else { return }
        throw SystemCallFailure(call: "rmdir", path: path, number: errno)
    }

    /// Makes the symbolic link `to` with the text `from`.
    static func link(from: String, to: String) throws(SystemCallFailure) {
        guard symlink(from, to) != 0 else { return }
        throw SystemCallFailure(call: "symlink", path: to, number: errno)
    }

    /// Removes a file or a link.
    static func removeLink(_ path: String) throws(SystemCallFailure) {
        guard unlink(path) != 0 else { return }
        throw SystemCallFailure(call: "unlink", path: path, number: errno)
    }

    /// Mounts a file system in which no program is run and no device is opened.
    static func mount(_ source: String, type: String, at path: String) throws(SystemCallFailure) {
        guard Glibc.mount(source, path, type, UInt(MS_NOSUID) | UInt(MS_NODEV) | UInt(MS_NOEXEC), nil) != 0 else {
            return
        }
        throw SystemCallFailure(call: "mount", path: path, number: errno)
    }

    /// Takes a mount away at once; what is open in it stays so.
    static func unmount(_ path: String) throws(SystemCallFailure) {
        guard umount2(path, Int32(truncatingIfNeeded: MNT_DETACH)) != 0 else { return }
        throw SystemCallFailure(call: "umount", path: path, number: errno)
    }

    /// Opens a file, never through a symbolic link at its end, closed when another program is started.
    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0) throws(SystemCallFailure) -> Int32 {
        while true {
            let descriptor = Glibc.open(path, flags | O_CLOEXEC | O_NOFOLLOW, mode)
            if descriptor >= 0 { return descriptor }
            guard errno == EINTR else { throw SystemCallFailure(call: "open", path: path, number: errno) }
        }
    }

    /// Writes a setting, in one call as configfs wants it.
    static func write(_ text: String, to path: String) throws(SystemCallFailure) {
        let descriptor = try open(path, O_WRONLY)
        defer { close(descriptor) }
        try write(Array(text.utf8), to: descriptor, path)
    }

    /// Writes `bytes` in one call, which has to take them all: half a setting or half a table is none.
    static func write(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(SystemCallFailure) {
        while true {
            let count = Glibc.write(descriptor, bytes, bytes.count)
            if count == bytes.count { return }
            guard count < 0 else { throw SystemCallFailure(call: "write", path: path, number: EIO) }
            guard errno == EINTR else { throw SystemCallFailure(call: "write", path: path, number: errno) }
        }
    }

    /// What a setting says, without the line's end.
    static func read(_ path: String) throws(SystemCallFailure) -> String {
        let descriptor = try open(path, O_RDONLY)
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: settingSize)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw SystemCallFailure(call: "read", path: path, number: errno) }
        let text = String(decoding: bytes.prefix(count), as: UTF8.self)
        return text.last == "\n" ? String(text.dropLast()) : text
    }

    /// The names in a folder, in order.
    static func names(in path: String) throws(SystemCallFailure) -> [String] {
        do throws(Folder.Failure) {
            return try Folder.names(in: path)
        } catch {
            throw SystemCallFailure(call: "opendir", path: path, number: error.number)
        }
    }

    /// Whether something is there.
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
