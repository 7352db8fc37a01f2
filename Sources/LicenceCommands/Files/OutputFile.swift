import Glibc

/// A file that a person wants something written to.
///
/// It is written whole or not at all (``WholeFile``). Nothing is written through a link, and another file is replaced only
/// where that was asked for.
package struct OutputFile: Sendable {
    /// Where it goes.
    package let path: String
    private let folder, name: String

    /// The largest file that is looked at before it is taken for something else, in bytes.
    private static let largestOwn = 1 << 20

    /// - Throws: `outputRefused` where the path can't be that of a file.
    package init(_ path: String) throws(CommandError) {
        guard !path.isEmpty, !path.hasSuffix("/"), !path.utf8.contains(0) else {
            throw .outputRefused(path, "it is not the name of a file")
        }
        self.path = path
        if let slash = path.lastIndex(of: "/") {
            folder = slash == path.startIndex ? "/" : String(path[..<slash])
            name = String(path[path.index(after: slash)...])
        } else {
            (folder, name) = (".", path)
        }
        guard name != ".", name != ".." else { throw .outputRefused(path, "it is a directory") }
    }

    /// Refuses what would be refused after the work is done, before it is done.
    ///
    /// - Parameter isOwn: whether the bytes of a file that is there already are such as this command writes, so that
    ///   they may turn out to be the same.
    package func check(force: Bool, isOwn: ([UInt8]) -> Bool) throws(CommandError) {
        let directory = try openFolder()
        defer { _ = close(directory) }
        guard faccessat(directory, ".", W_OK | X_OK, AT_EACCESS) == 0 else {
            throw .outputFailed(path, SystemError.text(errno))
        }
        guard let there = try existing(in: directory), !force else { return }
        guard isOwn(there) else { throw .outputExists(path) }
    }

    /// Writes `text`, as ``write(_:force:)-(Array<UInt8>,_)``.
    package func write(_ text: String, force: Bool) throws(CommandError) {
        try write(Array(text.utf8), force: force)
    }

    /// Writes `bytes`. A file that holds them already is left as it is.
    ///
    /// - Throws: `outputExists` where it holds something else and `force` is not given, `outputRefused` where it is no
    ///   plain file, `outputFailed`.
    package func write(_ bytes: [UInt8], force: Bool) throws(CommandError) {
        let directory = try openFolder()
        defer { _ = close(directory) }
        if let there = try existing(in: directory) {
            if there == bytes { return }
            guard force else { throw .outputExists(path) }
        }
        do throws(WholeFile.Failure) {
            _ = close(
                try WholeFile.write(bytes, as: name, in: directory, mode: 0o666, isReplacing: force))
        } catch {
            switch error {
            case .exists: throw .outputExists(path)
            case .failed(let number): throw .outputFailed(path, SystemError.text(number))
            }
        }
    }

    private func openFolder() throws(CommandError) -> Int32 {
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw .outputFailed(path, "\(folder): \(SystemError.text(errno))") }
        return directory
    }

    /// The bytes of the plain file that has the name already, as far as they matter; nil where the name is free.
    private func existing(in directory: Int32) throws(CommandError) -> [UInt8]? {
        let descriptor = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT: return nil
            case ELOOP: throw .outputRefused(path, "it is a symbolic link")
            case ENXIO: throw .outputRefused(path, "it is not a plain file")
            // What can't be read is not known to be the same.
            case EACCES: return []
            case let number: throw .outputFailed(path, SystemError.text(number))
            }
        }
        defer { _ = close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .outputFailed(path, SystemError.text(errno)) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .outputRefused(
                path, status.st_mode & S_IFMT == S_IFDIR ? "it is a directory" : "it is not a plain file")
        }
        var bytes: [UInt8] = []
        while bytes.count <= Self.largestOwn {
            switch FileBytes.read(from: descriptor, atMost: Self.largestOwn) {
            case .bytes(let more): bytes += more
            case .end: return bytes
            case .failed(let number): throw .outputFailed(path, SystemError.text(number))
            }
        }
        return bytes
    }
}
