import Foundation
import Glibc
import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

@testable import VaultStore

/// A machine for tests: vaults in a scratch directory, opened and closed at will.
final class Workbench {
    let scratch: Scratch
    let clock = ManualClock()
    let vendor: TestVendor
    var machine: MachineIdentity? = MachineIdentity("0123456789abcdef0123456789abcdef")
    private let random = DeterministicRandom(seed: 1)

    init(in place: String = "/tmp") throws {
        scratch = try Scratch(in: place)
        vendor = try TestVendor()
    }

    /// Opens the local store `name`, and makes it where there is none.
    func open(_ name: String, creation: StoreDirectory.Creation = .ifMissing) throws(LicenceError) -> SQLiteVault {
        try open(at: scratch.path(name), creation: creation)
    }

    /// Opens the local store at a path that may be anywhere.
    func open(at path: String, creation: StoreDirectory.Creation) throws(LicenceError) -> SQLiteVault {
        try SQLiteVault.open(localStoreIn: path, creation: creation, machine: machine, random: random.source)
    }

    func mint(_ name: String, into vault: SQLiteVault) throws -> TestKey {
        let key = try vendor.key(name)
        try vault.mint(key.certificate, key.seed, on: clock.occasion())
        return key
    }

    @discardableResult
    func perform(_ step: TransferStep, _ vault: SQLiteVault) throws(LicenceError) -> TransferAnswer {
        try vault.perform(step, on: clock.occasion())
    }

    /// Offers `key` at one vault and requests it at another.
    func request(
        _ key: TestKey, from source: SQLiteVault, at target: SQLiteVault
    ) throws -> (transfer: TransferIdentifier, code: RequestCode) {
        let start = try perform(.offer(key.number, anew: false), source).startCode
        let answer = try perform(.request(key.certificate, offerSecret: start.offerSecret), target)
        return (answer.transfer.identifier, try answer.requestCode)
    }

    /// The return key K_ret of a request that was not answered yet, as the source reaches it.
    func returnKey(of key: TestKey, _ request: RequestCode, from source: SQLiteVault) throws -> [UInt8] {
        let start = try perform(.offer(key.number, anew: false), source).startCode
        let exchange = try TransferExchange(of: key.seed, key.certificate, offerSecret: start.offerSecret, request)
        return exchange.returnKey.bytes
    }

    /// Copies a closed store as a backup program does, permissions and times included; over one that is there, too.
    func copy(_ from: String, to: String) throws {
        try scratch.run("mkdir", "-p", "-m", "0700", to)
        try scratch.run("cp", "-a", "\(from)/.", to)
    }

    /// The names in a store that begin with `anchor.`.
    func anchors(_ name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: scratch.path(name)).filter { $0.hasPrefix("anchor.") }
    }

    /// The bytes of every file in a store, by path; of a folder, none.
    func files(_ name: String) throws -> [String: [UInt8]] {
        let root = scratch.path(name)
        var files: [String: [UInt8]] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: root) {
            let place = URL(fileURLWithPath: "\(root)/\(path)")
            let isFolder = try place.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true
            files[path] = isFolder ? [] : Array(try Data(contentsOf: place))
        }
        return files
    }

    /// How often `bytes` occur in the files of a store.
    func occurrences(of bytes: [UInt8], in name: String) throws -> Int {
        let needle = try #require(Needle(bytes))
        return try files(name).values.reduce(0) { $0 + needle.occurrences(in: $1) }
    }
}
