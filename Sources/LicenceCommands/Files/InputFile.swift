import Glibc

/// Reads files that a person named.
package enum InputFile {
    /// The bytes of a plain file or a pipe.
    ///
    /// - Throws: `inputRefused` where it is neither or can't be read, `inputTooLarge` beyond `limit` bytes.
    package static func read(path: String, limit: Int) throws(CommandError) -> [UInt8] {
        // Without O_NONBLOCK, a pipe that nobody writes to would hang before it is known to be one.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { throw .inputRefused(path, errno: errno) }
        defer { _ = close(descriptor) }
        return try read(descriptor: descriptor, name: path, limit: limit)
    }

    /// The bytes that an open descriptor has to give, to its end.
    package static func read(descriptor: Int32, name: String, limit: Int) throws(CommandError) -> [UInt8] {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .inputRefused(name, errno: errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            if let size = Int(exactly: status.st_size), size > limit { throw .inputTooLarge(name, limit: limit) }
        case S_IFIFO:
            // Opened without waiting, a pipe that nobody has opened to write reads as if it had ended.
            FileBytes.wait(for: Int16(POLLIN), on: descriptor)
        case S_IFCHR where isatty(descriptor) == 1, S_IFSOCK: break
        case S_IFDIR: throw .inputRefused(name, "it is a directory")
        default: throw .inputRefused(name, "it is neither a plain file nor a pipe")
        }
        var bytes: [UInt8] = []
        while true {
            switch FileBytes.read(from: descriptor, atMost: 65_536) {
            case .bytes(let more):
                bytes += more
                guard bytes.count <= limit else { throw .inputTooLarge(name, limit: limit) }
            case .end: return bytes
            case .failed(let number): throw .inputRefused(name, errno: number)
            }
        }
    }
}
