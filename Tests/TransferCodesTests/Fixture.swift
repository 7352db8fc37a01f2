import Foundation

/// Files of the repository that tests read and, when asked to, write.
enum Fixture {
    /// The repository's root.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The folder `Fixtures`.
    static let folder = root.appending(path: "Fixtures", directoryHint: .isDirectory)

    /// Whether the run is to write the vectors anew.
    static var isWriting: Bool { ProcessInfo.processInfo.environment["ALM_WRITE_VECTORS"] != nil }

    /// A file in `Fixtures`, as UTF-8.
    static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: folder.appending(path: path)), as: UTF8.self)
    }
}
