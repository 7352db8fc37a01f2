import Foundation
import Glibc
import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

@testable import VaultStore

/// A store just before a step, the same each time, and the means to run the step in another process.
final class CrashScene {
    /// A call that makes something durable: its number among them, counted from 1, and what it was.
    struct Point: CustomStringConvertible {
        let index: Int
        /// `fsync ./vault.sqlite`
        let call: String

        var description: String { "\(index): \(call)" }
    }

    let job: StoreJob
    private let scratch: Scratch

    init(_ step: StoreJob.Step) throws {
        scratch = try Scratch(in: Scratch.places.last ?? "/tmp")
        job = try Self.prepare(step, in: scratch)
    }

    /// Does everything up to `step`, and says what is left to do.
    private static func prepare(_ step: StoreJob.Step, in scratch: Scratch) throws -> StoreJob {
        let clock = ManualClock()
        func open(_ name: String, _ seed: UInt64) throws -> SQLiteVault {
            try SQLiteVault.open(
                localStoreIn: scratch.path(name), machine: StoreJob.machine,
                random: DeterministicRandom(seed: seed).source)
        }
        func perform(_ step: TransferStep, _ vault: SQLiteVault) throws -> TransferAnswer {
            try vault.perform(step, on: clock.occasion())
        }
        func job(at store: String, name: String = "first", _ bytes: [UInt8] = []) -> StoreJob {
            StoreJob(path: scratch.path(store), step: step, name: name, bytes: bytes)
        }
        if step == .open { return job(at: "source") }
        let (source, target) = (try open("source", 1), try open("target", 2))
        let (vendor, key) = (try TestVendor(), try TestVendor().key("first"))
        for key in [key, try vendor.key("second"), try vendor.key("third")] {
            try source.mint(key.certificate, key.seed, on: clock.occasion())
        }
        if step == .mint { return job(at: "source", name: "fourth") }
        if step == .offer { return job(at: "source") }
        let offer = try perform(.offer(key.number, anew: false), source)
        guard case .start(let start) = try #require(offer.code) else { throw LicenceError(.codeWrongKind) }
        let transfer = offer.transfer.identifier
        if step == .anew { return job(at: "source") }
        if step == .cancel { return job(at: "source", name: transfer.description) }
        if step == .request { return job(at: "target", start.offerSecret) }
        let request = try perform(.request(key.certificate, offerSecret: start.offerSecret), target).requestCode
        if step == .release { return job(at: "source", request.point + request.mac) }
        if step == .decline { return job(at: "target", name: transfer.description) }
        let activation = try perform(.release(request), source).activationCode
        if step == .activate { return job(at: "target", activation.maskedSeed + activation.tag) }
        if step == .close { return job(at: "source", name: transfer.description) }
        if step == .reclaim {
            let code = try perform(.decline(transfer), target).returnCode
            return job(at: "source", code.returnKey + code.tag)
        }
        _ = try perform(.activate(activation), target)
        return job(at: "source", try perform(.receipt(transfer), target).receiptCode.receipt)
    }

    /// Runs the job, or another one, in a process of its own.
    ///
    /// - Returns: what the worker said: `done`, `refused CODE`, or `killed`.
    @discardableResult
    func runWorker(
        _ fault: FaultLibrary.Fault, at index: Int, job: StoreJob? = nil
    ) throws -> String {
        try run(job ?? self.job, fault, at: index).outcome
    }

    /// The calls of a job, which is done by that.
    func points(of job: StoreJob) throws -> [Point] {
        try run(job, nil, at: 0).lines.enumerated().map { Point(index: $0 + 1, call: $1) }
    }

    private func run(
        _ job: StoreJob, _ fault: FaultLibrary.Fault?, at index: Int
    ) throws -> (outcome: String, lines: [String]) {
        let (log, output) = (scratch.path("log"), Pipe())
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Scratch.program)
        process.arguments = ["--testing-library", "swift-testing", "--filter", "StoreWorker"]
        var environment = try FaultLibrary.environment(under: job.path, log: log, fault: fault, at: index)
        environment[StoreWorker.variable] = String(decoding: try JSONEncoder().encode(job), as: UTF8.self)
        process.environment = environment
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let isKilled = process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL
        let outcome = said.split(separator: "\n").first { $0.hasPrefix("worker: ") }?.dropFirst("worker: ".count)
        try #require(isKilled || process.terminationStatus == 0, "the worker failed: \(said)")
        let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map(String.init)
        return (isKilled ? "killed" : outcome.map(String.init) ?? "nothing", lines)
    }
}

extension Scratch {
    /// This program.
    static let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
}
