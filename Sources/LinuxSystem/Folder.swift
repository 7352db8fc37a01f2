import Glibc

/// Folders as the kernel lists them.
package enum Folder {
    /// Why a folder was not listed.
    package struct Failure: Error, Sendable, Equatable {
        /// The value of `errno`.
        package let number: Int32
    }

    /// The names in a folder, in order, without those for the folder itself and the one above it.
    ///
    /// - Parameter limit: how many names are read at most, in whatever order the kernel has them.
    /// - Throws: ``Failure`` where the folder can't be opened.
    package static func names(in path: String, atMost limit: Int = .max) throws(Failure) -> [String] {
        guard let stream = opendir(path) else { throw Failure(number: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while names.count < limit, let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { room in
                // Safe because the kernel ends the name with a NUL within its room, and nothing behind that is looked at.
                String(decoding: room.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
