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
    func warnIfNoneIsTrusted() {
        let (vendors, _, isReadable) = read()
        guard vendors.all.isEmpty else { return }
        logger.warning(
            "\(isReadable ? "no vendor is trusted yet" : Self.unreadable), so no licence can be used",
            metadata: ["path": "\(path)", "hint": "\(isReadable ? fillingHint : makingHint)"])
    }

    /// The vendors of all `*.pub` files in the folder. A folder that can't be read trusts nobody, and the log says so.
    func vendors() -> Vendors {
        let (vendors, refusals, isReadable) = read()
        if !isReadable { logger.error("\(Self.unreadable), so no vendor is trusted", metadata: ["path": "\(path)"]) }
        for refusal in refusals { logger.warning("\(refusal.message)", metadata: ["hint": "\(refusal.hint)"]) }
        return vendors
    }

    /// What is said of a folder that is not there or may not be entered.
    static let unreadable = "the vendors folder can't be read"

    /// What an administrator does about a folder without a vendor's key.
    var fillingHint: String { "an administrator puts the vendor's .pub file into \(path); it counts at once" }

    /// What an administrator does about a folder that can't be read.
    var makingHint: String {
        "an administrator makes it (install -d -m 0755 \(path)) and puts the vendor's .pub file into it, or starts almd "
            + "with the right --vendors"
    }

    /// The vendors, why files don't count, and whether the folder could be read at all.
    func read() -> (vendors: Vendors, refusals: [LicenceError], isReadable: Bool) {
        guard let entries = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            return (Vendors([]), [], false)
        }
        let names = entries.filter { $0.hasSuffix(".pub") }.sorted()
        var (vendors, refusals): ([Vendor], [LicenceError]) = ([], [])
        for name in names.prefix(Self.mostFiles) {
            let file = "\(path)/\(name)"
            do throws(LicenceError) {
                vendors.append(try Vendor(fileText: Self.text(of: file), path: file))
            } catch {
                refusals.append(error)
            }
        }
        return (Vendors(vendors), refusals, true)
    }

    private static func text(of file: String) throws(LicenceError) -> String {
        do {
            return try SmallFile.text(of: file, atMost: largestFile)
        } catch {
            throw Self.refusal(error, of: file)
        }
    }

    /// That a vendor's file was not read.
    static func refusal(_ refusal: SmallFile.Refusal, of file: String) -> LicenceError {
        LicenceError(
            .vendorFileMalformed, refusal.isForbidden ? .unreadable : nil, [.path: file, .reason: refusal.reason])
    }
}
