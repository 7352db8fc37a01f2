import Foundation
import Glibc

/// Folders for stores, and what is in them.
enum Files {
    /// Makes a folder that only its owner may enter.
    static func makeFolder(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 else { throw Failure("\(path) can't be made: error \(errno)") }
    }

    /// A new empty folder, in memory where the machine has that.
    static func scratch() throws -> String {
        let place = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NSTemporaryDirectory()
        var template = Array("\(place)/crash-bench.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure("no folder can be made in \(place): error \(errno)") }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

    static func contents(_ path: String) throws -> [UInt8] {
        let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Failure("\(path) can't be read: error \(errno)") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, let size = Int(exactly: status.st_size) else {
            throw Failure("\(path) has no size")
        }
        var bytes = [UInt8](repeating: 0, count: size)
        guard read(file, &bytes, size) == size else { throw Failure("\(path) can't be read: error \(errno)") }
        return bytes
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        let file = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure("\(path) can't be made: error \(errno)") }
        defer { close(file) }
        guard Glibc.write(file, bytes, bytes.count) == bytes.count else { throw Failure("\(path) can't be written") }
    }
}

/// Something that has nothing to do with what is being shown went wrong.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
