import Foundation
import Glibc

/// A folder that a test may fill, for its owner alone (0700), removed with everything in it when its owner goes.
final class Scratch: Sendable {
    let path: String

    /// - Parameter isOnDisk: whether it has to lie on a disk; memory will do for most, and is faster.
    convenience init(isOnDisk: Bool = false) throws {
        try self.init(in: !isOnDisk && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/var/tmp")
    }

    /// - Parameter place: the folder in which it is to be.
    init(in place: String) throws {
        var template = Array("\(place)/almd.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of `name` in it.
    func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file into it and returns its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: path(name)))
        return path(name)
    }

    /// Makes a folder in it and returns its path.
    @discardableResult
    func makeFolder(_ name: String) throws -> String {
        try FileManager.default.createDirectory(
            atPath: path(name), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return path(name)
    }
}
