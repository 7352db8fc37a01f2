import Foundation
package import Testing

/// What some tests need of the machine beyond Swift. Where it is missing they are skipped, each with its reason, unless the
/// environment variable `ALMD_REQUIRE` names it: then they fail with that reason. It holds names with commas between, or
/// `all`; `.ci/run` sets it, so that a run is not green for want of what it should have tried.
package enum MachineNeed: String, CaseIterable, Sendable {
    /// QEMU and Debian's kernel.
    case guests
    /// A USB bus mocked by umockdev, already when the tests are built.
    case mockbus
    /// To mount an overlay: the administrator may, where the kernel has them.
    case overlay
    /// `dpkg-deb` and `readelf`.
    case package
    /// ImageMagick and a browser without a window.
    case pictures
    /// To be the administrator.
    case root
    /// `systemd-analyze`.
    case systemd
    /// Python's package `varlink`.
    case varlink

    /// What is named but missing.
    package struct Missing: Error, Equatable, CustomStringConvertible {
        /// What, and how it is had.
        package let description: String

        package init(_ need: MachineNeed, reason: String) {
            description = "ALMD_REQUIRE names \(need.rawValue), which is missing here: \(reason)"
        }
    }

    /// Names of which there is no need: a misspelt one would require nothing.
    package static func unknown(in required: String) -> [String] {
        names(required).filter { $0 != "all" && MachineNeed(rawValue: $0) == nil }
    }

    private static func names(_ required: String) -> [String] {
        required.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// Whether a test is to run.
    ///
    /// - Parameters:
    ///   - isThere: whether the machine has what is needed.
    ///   - required: the value of `ALMD_REQUIRE`.
    /// - Throws: ``Missing`` where it is required and missing.
    package func allows(isThere: Bool, required: String, reason: String) throws(Missing) -> Bool {
        let names = Self.names(required)
        if !isThere, names.contains("all") || names.contains(rawValue) {
            throw Missing(self, reason: reason)
        }
        return isThere
    }
}

extension Trait where Self == ConditionTrait {
    /// Runs the test only where the machine has what it needs.
    ///
    /// - Parameters:
    ///   - reason: what is missing and how it is had, said where it is not.
    ///   - isThere: whether it is there.
    package static func needs(
        _ need: MachineNeed, _ reason: String, _ isThere: @escaping @Sendable () async throws -> Bool
    ) -> Self {
        .enabled(Comment(rawValue: reason)) {
            let required = ProcessInfo.processInfo.environment["ALMD_REQUIRE"] ?? ""
            return try need.allows(isThere: try await isThere(), required: required, reason: reason)
        }
    }
}
