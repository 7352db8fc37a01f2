import Foundation
import GRDB
import Licensing
import TestKit
import TransferCodes
import Vaults

/// What must not stand in any file of a store around one step: secrets in clear at any moment, a rollback journal that was
/// left in the middle of a commit included; and once the step is done, what it gave up, not even sealed.
struct Traces {
    private let clear: [Needle]
    private let givenUp: [Needle]

    /// What a store has that may have to go: its sealed values, and the beginning of its anchor's file, as a name for all
    /// of that.
    struct Belongings {
        fileprivate let all: Set<[UInt8]>

        /// Reads those of a closed store; none where there is no store yet.
        init(of path: String) throws {
            guard FileManager.default.fileExists(atPath: "\(path)/vault.sqlite") else {
                all = []
                return
            }
            var configuration = Configuration()
            configuration.readonly = true
            let database = try DatabaseQueue(path: "\(path)/vault.sqlite", configuration: configuration)
            let sealed = try database.read { database in
                try [
                    "SELECT seed FROM held_key", "SELECT escrow FROM outgoing_transfer WHERE escrow IS NOT NULL",
                    "SELECT request_secret FROM incoming_transfer WHERE request_secret IS NOT NULL",
                    "SELECT return_key FROM incoming_transfer WHERE return_key IS NOT NULL",
                ].flatMap { try Data.fetchAll(database, sql: $0).map { Array($0) } }
            }
            let keys = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasPrefix("anchor.") }
                .map { "\(path)/\($0)/key" }.filter(FileManager.default.fileExists)
            all = Set(sealed + (try keys.map { Array(try Files.contents($0).prefix(64)) }))
        }
    }

    /// - Parameters:
    ///   - before: what the store had before the step.
    ///   - after: what it has of that after the step.
    init(of job: StoreJob, before: Belongings, after: Belongings) throws {
        let seeds = try StoreJob.keys.map { try TestVendor().key($0).seed.secret.bytes }
        // A return key is a secret for as long as its code was not shown, and the seed hidden by it from then on.
        let hidden = job.returnKey.map { returnKey in zip(returnKey, seeds[0]).map { $0 ^ $1 } }
        clear = (seeds + job.requestSecrets + [job.returnKey, hidden].compactMap { $0 }).compactMap { Needle($0) }
        givenUp = before.all.subtracting(after.all).compactMap { Needle($0) }
    }

    /// How many secrets the step gave up.
    var count: Int { givenUp.count }

    /// How many of those a disk has.
    func left(on disk: DiskTree) -> Int { occurrences(of: givenUp, on: disk) }

    /// What is wrong with a disk in the middle of the step, or after it.
    func problem(with disk: DiskTree, isDone: Bool) -> String? {
        if occurrences(of: clear, on: disk) > 0 { return "a secret in clear" }
        return isDone && left(on: disk) > 0 ? "what was given up is still there" : nil
    }

    private func occurrences(of needles: [Needle], on disk: DiskTree) -> Int {
        disk.files.values.reduce(0) { count, file in
            needles.reduce(count) { $0 + $1.occurrences(in: file) }
        }
    }
}
