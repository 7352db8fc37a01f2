import Foundation
import Licensing
import Logging

/// The folder with the public keys of the vendors that this machine trusts.
///
/// It is read whenever it is needed, so that a vendor's key counts as soon as the administrator has put it there. A file
/// that is no vendor's key is named in the log and trusts nobody; the others count.
struct VendorFolder: Sendable {
    /// The most files that are read.
    static let mostFiles = 256
    /// The largest file that is read, in bytes.
    static let largestFile = 4096

    let path: String
    private let logger: Logger

    init(path: String, logger: Logger) {
        self.path = path
        self.logger = logger
    }

    /// Says in the log once, at the start, where no vendor is trusted: then no licence can be used.
    func warnIfMissing() {
        guard vendors().all.isEmpty else { return }
        logger.warning(
            "no vendor is trusted yet, so no licence can be used",
            metadata: ["hint": "put the vendor's .pub file into \(path); it counts at once"])
    }

    /// The vendors of all `*.pub` files in the folder. A folder that can't be read trusts nobody, and the log says so.
    func vendors() -> Vendors {
        let (vendors, refusals) = read()
        for refusal in refusals { logger.warning("\(refusal.message)", metadata: ["hint": "\(refusal.hint)"]) }
        return vendors
    }

    /// The same, with why files in it, or the folder itself, don't count.
    func read() -> (vendors: Vendors, refusals: [LicenceError]) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".pub") }.sorted()
        } catch {
            return (
                Vendors([]), [LicenceError(.vendorFileMalformed, [.path: path, .reason: "the folder can't be read"])]
            )
        }
        var (vendors, refusals): ([Vendor], [LicenceError]) = ([], [])
        for name in names.prefix(Self.mostFiles) {
            let file = "\(path)/\(name)"
            do throws(LicenceError) {
                vendors.append(try Vendor(fileText: Self.text(of: file), path: file))
            } catch {
                refusals.append(error)
            }
        }
        return (Vendors(vendors), refusals)
    }

    private static func text(of file: String) throws(LicenceError) -> String {
        do {
            return try SmallFile.text(of: file, atMost: largestFile)
        } catch {
            throw LicenceError(.vendorFileMalformed, [.path: file, .reason: error.reason])
        }
    }
}
