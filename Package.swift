// swift-tools-version: 6.2
import Foundation
import PackageDescription

// A USB bus that is mocked below libusb, with tests that need one. Where umockdev is not installed there is none, and one
// test in place of them all says so. Debian has it in libumockdev-dev and umockdev. SwiftPM keeps what a manifest came to
// for as long as its text and the environment are the same, so the Makefile says in the environment, too, whether it is
// there; where it came later and the build is by hand, ALMD_UMOCKDEV=yes makes the difference.
let mocksUSB = FileManager.default.fileExists(atPath: "/usr/include/umockdev-1.0/umockdev.h")

let package = Package(
    name: "almd",
    products: [
        .executable(name: "almd", targets: ["almd"]),
        .executable(name: "almctl", targets: ["almctl"]),
        .executable(name: "almdongle", targets: ["almdongle"]),
        .executable(name: "almvendor", targets: ["almvendor"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    // A target imports only targets that stand above it here, and the pure ones (down to DongleProtocol) do no input or
    // output and read no clock or random source that was not handed to them.
    targets: [
        .systemLibrary(name: "CLibUSB", pkgConfig: "libusb-1.0", providers: [.apt(["libusb-1.0-0-dev"])]),
        .systemLibrary(name: "CQRCode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .target(name: "CLinux"),
        // For programs only: it stands before the C library's free.
        .target(name: "CErasure"),
        .target(name: "LinuxSystem"),
        .target(name: "Licensing", dependencies: [crypto]),
        .target(name: "TransferCodes", dependencies: [crypto]),
        .target(name: "Vaults", dependencies: ["Licensing", "TransferCodes", crypto]),
        .target(name: "DongleProtocol", dependencies: ["Licensing", "TransferCodes", "Vaults"]),
        .target(
            name: "VaultStore",
            dependencies: ["CLinux", "Licensing", "LinuxSystem", "TransferCodes", "Vaults", crypto, sqlite]),
        .target(
            name: "Dongles",
            dependencies: ["DongleProtocol", "Licensing", "LinuxSystem", "TransferCodes", "Vaults"] + network),
        .target(
            name: "USBDongles",
            dependencies: [
                "CLibUSB", "DongleProtocol", "Dongles", "Licensing", "LinuxSystem", "Vaults", log,
            ]),
        .target(name: "USBGadget", dependencies: ["CLinux", "DongleProtocol", "Dongles", "LinuxSystem", "Vaults"]),
        .target(name: "Varlink", dependencies: ["LinuxSystem"] + network),
        .target(
            name: "Control", dependencies: ["Licensing", "TransferCodes", "Varlink"],
            resources: [.embedInCode("org.almd.control.varlink")]),
        .target(name: "QRPictures", dependencies: ["CLinux", "CQRCode"]),
        .target(
            name: "LicenceDaemon",
            dependencies: [
                "Control", "DongleProtocol", "Dongles", "Licensing", "LinuxSystem", "TransferCodes", "USBDongles",
                "Varlink", "Vaults", "VaultStore", arguments, log,
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ] + network),
        .target(
            name: "LicenceCommands",
            dependencies: [
                "Control", "DongleProtocol", "Licensing", "LinuxSystem", "QRPictures", "TransferCodes", "Vaults",
                arguments, crypto,
            ]),
        .target(
            name: "VendorTools",
            dependencies: [
                "Control", "DongleProtocol", "Dongles", "LicenceCommands", "Licensing", "USBGadget", "Vaults",
                "VaultStore", arguments, crypto, .product(name: "CryptoExtras", package: "swift-crypto"),
            ]),
        .executableTarget(name: "almd", dependencies: ["CErasure", "LicenceDaemon"]),
        .executableTarget(name: "almctl", dependencies: ["LicenceCommands"]),
        .executableTarget(
            name: "almdongle", dependencies: ["CErasure", "LicenceCommands", "VendorTools"]),
        .executableTarget(name: "almvendor", dependencies: ["CErasure", "LicenceCommands", "VendorTools"]),

        .target(
            name: "TestKit", dependencies: ["Licensing", "TransferCodes", "Vaults", crypto], path: "Tests/TestKit"),
        .target(
            name: "SimulationKit",
            dependencies: ["DongleProtocol", "Dongles", "Licensing", "TestKit", "TransferCodes", "Vaults", crypto],
            path: "Tests/Simulation/SimulationKit"),
        // Stands before the C library's calls that change files, so nothing but a program of its own may have it in it.
        .target(name: "CCrashDisk", path: "Tests/Simulation/CCrashDisk"),
        .executableTarget(
            name: "Simulate", dependencies: ["CCrashDisk", "Licensing", "SimulationKit", "Vaults", "VaultStore"],
            path: "Tests/Simulation/Simulate"),
        .testTarget(
            name: "SimulationTests", dependencies: ["Licensing", "SimulationKit", "TransferCodes", "Vaults"]),
        .testTarget(name: "LicensingTests", dependencies: ["Licensing", "TestKit", crypto]),
        .testTarget(
            name: "TransferCodesTests", dependencies: ["Licensing", "TestKit", "TransferCodes", "Vaults", crypto]),
        .executableTarget(
            name: "CodeBench", dependencies: ["LicenceCommands", "Licensing", "TransferCodes", "Vaults", crypto],
            path: "Tests/CodeBench"),
        .testTarget(name: "VaultsTests", dependencies: ["Licensing", "TestKit", "TransferCodes", "Vaults", crypto]),
        .testTarget(
            name: "DongleProtocolTests",
            dependencies: ["DongleProtocol", "Licensing", "TestKit", "TransferCodes", "Vaults", crypto]),
        .testTarget(
            name: "DonglesTests",
            dependencies: ["DongleProtocol", "Dongles", "Licensing", "TestKit", "TransferCodes", "Vaults", crypto]
                + network),
        .testTarget(
            name: "VaultStoreTests",
            dependencies: [
                "CLinux", "DongleProtocol", "Dongles", "Licensing", "TestKit", "TransferCodes", "Vaults", "VaultStore",
                crypto, sqlite,
            ]),
        .testTarget(
            name: "USBDonglesTests",
            dependencies: [
                "DongleProtocol", "Dongles", "USBDongles", "Vaults", log,
                .product(name: "InMemoryLogging", package: "swift-log"),
            ]),
        .testTarget(name: "VarlinkTests", dependencies: ["LinuxSystem", "TestKit", "Varlink"] + network),
        .testTarget(name: "ControlTests", dependencies: ["Control", "Licensing", "TransferCodes", "Varlink"]),
        .testTarget(name: "QRPicturesTests", dependencies: ["QRPictures", "TransferCodes"]),
        .testTarget(
            name: "LicenceDaemonTests",
            dependencies: [
                "Control", "DongleProtocol", "Dongles", "LicenceDaemon", "Licensing", "LinuxSystem", "TestKit",
                "TransferCodes", "USBDongles", "Varlink", "Vaults", "VaultStore", arguments, crypto, log,
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ] + network),
        .testTarget(
            name: "LicenceCommandsTests",
            dependencies: [
                "Control", "LicenceCommands", "Licensing", "QRPictures", "TestKit", "TransferCodes", "Vaults",
                "VaultStore", "VendorTools", arguments, crypto,
            ]),
        // Stops a store wherever it can be stopped, and looks what is left.
        .target(name: "CDisk", path: "Tests/CDisk"),
        .executableTarget(
            name: "CrashBench",
            dependencies: ["CDisk", "Licensing", "TestKit", "TransferCodes", "VaultStore", "Vaults", sqlite],
            path: "Tests/CrashBench", exclude: ["load.py", "programs.py", "steps.py", "worlds.py"]),
        // Runs CrashBench as a program of its own: CDisk's calls in the tests' program would stand before umockdev's.
        .testTarget(name: "DurabilityTests"),
        .testTarget(name: "USBGadgetTests", dependencies: ["DongleProtocol", "USBGadget", "Vaults"]),
        // A dongle on the kernel's virtual host controller, for the guests of IntegrationTests.
        .executableTarget(
            name: "USBIPDongle", dependencies: ["DongleProtocol", "Dongles", "USBGadget", "Vaults", "VaultStore"],
            path: "Tests/USBIPDongle"),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "Control", "Licensing", "TestKit", "TransferCodes", "USBIPDongle", "VaultStore", "Vaults", "almd",
                "almctl", "almdongle", "almvendor", crypto,
            ] + (mocksUSB ? ["MockUSB"] : [])),
    ]
)

var arguments: Target.Dependency { .product(name: "ArgumentParser", package: "swift-argument-parser") }
var crypto: Target.Dependency { .product(name: "Crypto", package: "swift-crypto") }
var log: Target.Dependency { .product(name: "Logging", package: "swift-log") }
var network: [Target.Dependency] { ["NIOCore", "NIOPosix"].map { .product(name: $0, package: "swift-nio") } }
var sqlite: Target.Dependency { .product(name: "GRDB", package: "GRDB.swift") }

if mocksUSB {
    package.targets += [
        .systemLibrary(
            name: "CUMockdev", path: "Tests/CUMockdev", pkgConfig: "umockdev-1.0",
            providers: [.apt(["libumockdev-dev"])]),
        .target(
            name: "CMockUSB", dependencies: ["CUMockdev"], path: "Tests/CMockUSB",
            linkerSettings: [.linkedLibrary("util")]),
        .target(
            name: "MockUSB", dependencies: ["CMockUSB", "DongleProtocol", "Dongles", "Vaults"],
            path: "Tests/MockUSB"),
        .executableTarget(
            name: "PlugStorm",
            dependencies: ["DongleProtocol", "Dongles", "Licensing", "MockUSB", "USBDongles", "Vaults", log],
            path: "Tests/PlugStorm"),
    ]
}
package.targets.append(
    .testTarget(
        name: "MockUSBTests",
        dependencies: ["CLibUSB", "DongleProtocol", "Dongles", "Licensing", "TestKit", "TransferCodes", "Vaults"]
            + (mocksUSB ? ["MockUSB", "USBDongles", log] : [])))

// With ALMD_FUZZ set to the folder of the sources (`make fuzz`), the package is its fuzzers and what they fuzz, and nothing
// else. libFuzzer brings their `main`, and sees into the package's own code but not into its dependencies.
let fuzzing = Context.environment["ALMD_FUZZ"]
if let folder = fuzzing {
    let fuzzed: Set = [
        "LinuxSystem", "Licensing", "TransferCodes", "Vaults", "DongleProtocol", "Dongles", "QRPictures", "USBDongles",
        "USBGadget", "Varlink",
    ]
    for target in package.targets where fuzzed.contains(target.name) { target.path = "\(folder)/\(target.name)" }
    package.products = []
    let besides: Set = ["CLibUSB", "CLinux", "CQRCode", "TestKit"]
    package.targets = package.targets.filter { fuzzed.union(besides).contains($0.name) }
    package.targets += [
        // Of the daemon no more than what reads its settings.
        .target(
            name: "LicenceDaemon", dependencies: ["DongleProtocol", "Licensing", "LinuxSystem", "USBDongles"],
            path: "\(folder)/LicenceDaemon",
            sources: [
                "DaemonConfiguration.swift", "Setting.swift", "SettingsReader.swift", "SmallFile.swift",
            ]),
        // Of the commands no more than what unwraps files, and reads back what was typed.
        .target(
            name: "LicenceCommands", dependencies: ["QRPictures", "TransferCodes"], path: "\(folder)/LicenceCommands",
            sources: [
                "Codes/CodeWrapping.swift", "Console/CommandError.swift", "Entry/KeptEntry.swift",
                "Files/MailParts.swift", "Files/MarkupText.swift", "Files/PictureInput.swift",
                "Files/SystemError.swift",
            ]),
        .target(name: "CFuzzing", path: "Tests/Fuzz/CFuzzing"),
        .target(
            name: "FuzzKit",
            dependencies: [
                "CFuzzing", "DongleProtocol", "Dongles", "Licensing", "TestKit", "TransferCodes", "Vaults",
            ], path: "Tests/Fuzz/FuzzKit"),
    ]
    let dongle: [Target.Dependency] = ["DongleProtocol", "Dongles", "Licensing", "TestKit", "TransferCodes", "Vaults"]
    let fuzzers: [(name: String, dependencies: [Target.Dependency])] = [
        ("FuzzHost", dongle + ["USBDongles"]), ("FuzzDevice", dongle + ["USBGadget"]), ("FuzzText", ["TransferCodes"]),
        ("FuzzCodes", ["TransferCodes"]), ("FuzzInput", ["LicenceCommands", "QRPictures", "TransferCodes"]),
        ("FuzzCertificate", ["Licensing", "TestKit"]), ("FuzzMessages", ["Varlink"]),
        ("FuzzConfiguration", ["LicenceDaemon", "Licensing", "USBDongles"]),
    ]
    package.targets += fuzzers.map { name, dependencies in
        .executableTarget(
            name: name, dependencies: ["FuzzKit"] + dependencies, path: "Tests/Fuzz/\(name)",
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])])
    }
}

// With ALMD_MUTANTS set to a folder (`make mutants`), these sources are those in it.
if let folder = Context.environment["ALMD_MUTANTS"] {
    for target in package.targets where ["DongleProtocol", "Vaults", "VaultStore"].contains(target.name) {
        target.path = "\(folder)/\(target.name)"
    }
}

// One set of rules for every Swift target.
let targetsInC: Set = [
    "CCrashDisk", "CDisk", "CErasure", "CFuzzing", "CLibUSB", "CLinux", "CMockUSB", "CQRCode", "CUMockdev",
]
for target in package.targets where !targetsInC.contains(target.name) {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
    if fuzzing != nil, target.name != "TestKit" {
        target.swiftSettings?.append(.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library", "-enable-testing"]))
    }
    if mocksUSB, ["IntegrationTests", "MockUSBTests"].contains(target.name) {
        target.swiftSettings?.append(.define("MOCKED_USB"))
    }
}
