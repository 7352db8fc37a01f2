// swift-tools-version: 6.2
import PackageDescription

// The pure targets stand first and import no target below them (see README, "Layout").

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")

let package = Package(
    name: "almd",
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2")
    ],
    targets: [
        .target(name: "Licensing", dependencies: [crypto]),
        .target(name: "TransferCodes", dependencies: [crypto]),
        .target(name: "Vaults", dependencies: ["Licensing", "TransferCodes", crypto]),
    ]
)

// One set of rules for every Swift target.
for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
}
