import Foundation

/// The programs that were built beside this test.
enum Products {
    /// The path of a program.
    static func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// Their folder.
    static var folder: String {
        let here = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: here).deletingLastPathComponent().path
    }
}
