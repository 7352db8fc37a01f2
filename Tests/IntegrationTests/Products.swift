import Foundation

/// The programs that were built beside this test.
enum Products {
    /// The path of a program.
    static func path(_ name: String) -> String {
        let here = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: here).deletingLastPathComponent().appendingPathComponent(name).path
    }
}
