import Foundation
import TestKit
import Testing

/// The Debian package, as far as it can be judged without installing it; `make system-guest` installs it.
@Suite struct PackageTests {
    private static let canMake = ["/usr/bin/dpkg-deb", "/usr/bin/readelf"].allSatisfy(
        FileManager.default.isExecutableFile)

    @Test(.needs(.package, "dpkg-deb or readelf is not there: make setup", { canMake }))
    func thePackageHasWhatInstallingNeeds() async throws {
        let package = try await DebianPackage(version: "0.1.0")
        let control = try await package.field("Depends")
        for needed in ["libc6", "libsqlite3-0", "libusb-1.0-0", "systemd", "udev"] {
            #expect(control.components(separatedBy: ", ").contains { $0.hasPrefix(needed) }, "\(needed)")
        }
        #expect(try await package.field("Version") == "0.1.0")

        let files = try await package.listing()
        #expect(!files.isEmpty)
        #expect(files.allSatisfy { $0.contains(" root/root ") })
        // A folder of the store's in the package would be removed with it.
        #expect(!files.contains { $0.contains("./var") || $0.contains("./run") })
        #expect(try await package.control("conffiles") == "/etc/almd/almd.toml\n")

        // The same programs give the same package, byte for byte.
        let again = try await DebianPackage(version: "0.1.0")
        #expect(try Data(contentsOf: again.file) == Data(contentsOf: package.file))
    }

    @Test(.needs(.package, "dpkg-deb or readelf is not there: make setup", { canMake }))
    func programsThatNeedASwiftRuntimeAreNotPacked() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("almd-package-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let result = try await DebianPackage.make(
            version: "0.1.0", programs: Products.folder, in: folder, environment: [:])
        #expect(result.status != 0)
        #expect(result.errors.contains("error: the programs need the Swift runtime"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test(.needs(.package, "dpkg-deb or readelf is not there: make setup", { canMake }))
    func thePackageNamesWhoAnswersForIt() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("almd-package-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let result = try await DebianPackage.make(
            version: "0.1.0", programs: Products.folder, in: folder,
            environment: [
                "ALMD_PACKAGE_WITHOUT_RUNTIME": "yes", "DEBFULLNAME": "Berta Example", "DEBEMAIL": "berta@example.com",
            ])
        #expect(result.errors.isEmpty)
        let file = result.output.trimmingCharacters(in: .newlines)
        let field = try await Command("/usr/bin/dpkg-deb", ["--field", file, "Maintainer"]).result()
        #expect(field.output == "Berta Example <berta@example.com>\n")
    }

    @Test(arguments: ["postinst", "prerm", "postrm"])
    func theMaintainersScriptsAreSoundAndTouchNoStore(_ name: String) async throws {
        let script = Repository.folder.appendingPathComponent("systemd/debian/\(name)")
        #expect(try await Command("/bin/sh", ["-n", script.path]).result().status == 0)
        let lines = try String(contentsOf: script, encoding: .utf8).split(separator: "\n")
        #expect(lines.dropFirst().contains("set -e"))
        for line in lines where line.contains("/var/lib/almd") && !line.hasPrefix("almd: ") {
            let words = line.trimmingCharacters(in: .whitespaces)
            #expect(words.hasPrefix("rmdir ") || words.hasPrefix("if [ -d "), "\(words)")
        }
    }
}
