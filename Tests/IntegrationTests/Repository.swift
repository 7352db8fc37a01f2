import Foundation

/// The sources that this test was built from.
enum Repository {
    /// Their folder.
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
}
