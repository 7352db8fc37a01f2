import Glibc
import LinuxSystem

/// Reads the little files that people write: settings, and vendors' keys.
///
/// Links are followed, since an administrator may well keep such a file elsewhere. But whatever stands behind the name,
/// a pipe or a device among it, reading never waits, and never takes more memory than the file may have.
enum SmallFile {
    /// Why a file was not read, in words that stand behind its name.
    struct Refusal: Error, Equatable {
        let reason: String
        /// Whether the modes of the file, or of a folder above it, keep it from being read.
        var isForbidden = false
    }

    /// The text in the file at `path`.
    ///
    /// - Parameter limit: the most bytes it may have.
    static func text(of path: String, atMost limit: Int) throws(Refusal) -> String {
        guard !path.utf8.contains(0) else { throw Refusal(reason: "its name is none") }
        // Without waiting: the opening of a pipe would go on until somebody writes into it.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard file >= 0 else { throw Refusal(opening: errno) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Refusal(reason: "it is not a plain file")
        }
        let bytes = try bytes(of: file, upTo: limit + 1)
        guard bytes.count <= limit else { throw Refusal(reason: "it is larger than \(limit) bytes") }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Refusal(reason: "it is not text in UTF-8")
        }
        return text
    }

    private static func bytes(of file: Int32, upTo limit: Int) throws(Refusal) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: min(limit, 16_384))
        while bytes.count < limit {
            let count = read(file, &buffer, min(buffer.count, limit - bytes.count))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Refusal(reason: "it can't be read: \(ErrorNumber.words(errno))") }
            if count == 0 { break }
            bytes += buffer.prefix(count)
        }
        return bytes
    }
}

extension SmallFile.Refusal {
    /// That opening a file failed with this error number.
    init(opening number: Int32) {
        self.init(reason: "it can't be opened: \(ErrorNumber.words(number))", isForbidden: number == EACCES)
    }
}
