import Control
import Foundation
import Testing

/// A daemon with its own store, sockets and dongles.
final class Machine {
    let name: String
    let state: String
    let socket: String
    let bus: String
    private let vendors: String
    private(set) var daemon: Command?
    private var dongles: [String: Command] = [:]

    init(_ name: String, state: String, folder: String, vendors: String) {
        self.name = name
        self.state = state
        self.vendors = vendors
        socket = "\(folder)/\(name).sock"
        bus = "\(folder)/\(name).bus"
    }

    /// Starts the daemon and waits until it serves.
    ///
    /// - Parameter sync: which of its waits for the disk, counted from now on, is to kill it; nil: none. It is killed
    ///   by `strace`, as the wait begins, which leaves the daemon the process that is started here.
    func start(killedAtSync sync: Int? = nil) async throws {
        var command = [
            Products.path("almd"), "--state", state, "--socket", socket, "--vendors", vendors, "--bus", bus,
        ]
        if let sync {
            command =
                [
                    "/usr/bin/strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e",
                    "inject=fsync,fdatasync:signal=KILL:when=\(sync)",
                ] + command
        }
        let daemon = try Command(command[0], Array(command.dropFirst()))
        self.daemon = daemon
        guard await daemon.prints("ready") else {
            let result = await daemon.result()
            throw Failure(description: "almd did not start: \(result.errors)")
        }
    }

    struct Failure: Error, CustomStringConvertible { let description: String }

    /// SIGTERM, and the end.
    @discardableResult
    func stop() async -> Command.Result? {
        for dongle in dongles.values { await dongle.end() }
        dongles = [:]
        return await daemon?.end()
    }

    /// SIGKILL, and up again.
    func restartAfterKill() async throws {
        daemon?.signal(SIGKILL)
        try await startAgain()
    }

    /// Up again, once the daemon that was killed is gone.
    func startAgain() async throws {
        _ = await daemon?.result()
        for dongle in dongles.values { await dongle.end(SIGKILL) }
        dongles = [:]
        try await start()
    }

    /// Plugs a dongle in and waits until it is mounted.
    func plug(_ path: String, serial: String) async throws {
        dongles[serial] = try Command(Products.path("almdongle"), ["plug", path, "--bus", bus])
        try await waitFor(place: "usb:\(serial)", mounted: true)
    }

    /// Pulls a dongle out, by killing what it is, and waits until it is gone.
    func unplug(_ serial: String) async throws {
        await dongles.removeValue(forKey: serial)?.end(SIGKILL)
        try await waitFor(place: "usb:\(serial)", mounted: false)
    }

    private func waitFor(place: String, mounted: Bool) async throws {
        let watcher = try await ControlClient.connect(path: socket)
        let asker = try await ControlClient.connect(path: socket)
        try await watcher.monitor { _ in
            try await asker.call(Calls.List()).places.contains { $0.location == place } != mounted
        }
        await watcher.close()
        await asker.close()
    }

    /// The places, as the daemon lists them.
    func places() async throws -> [PlaceEntry] {
        let client = try await ControlClient.connect(path: socket)
        let places = try await client.call(Calls.List()).places
        await client.close()
        return places
    }

    // MARK: - almctl

    /// Runs `almctl` against this machine with `--json`.
    func almctl(_ arguments: [String], input: String? = nil) async throws -> Command.Result {
        try await Command(
            Products.path("almctl"), arguments + ["--json"], input: input, environment: ["ALMD_SOCKET": socket]
        ).result()
    }

    /// Runs `almctl` against this machine as a person does; it has to succeed. Gives what it printed.
    @discardableResult
    func almctlText(_ arguments: [String]) async throws -> String {
        let result = try await Command(
            Products.path("almctl"), arguments, environment: ["ALMD_SOCKET": socket]
        ).result()
        try #require(result.status == 0, "\(name): \(arguments): \(result.errors)")
        return result.output
    }

    /// Runs a step of an offline transfer, which has to succeed, and gives its code as text.
    func code(_ arguments: String..., input: String? = nil) async throws -> String {
        let object = try await step(arguments, input: input).object()
        let lines = try #require(object["code"] as? [String])
        return lines.joined(separator: "\n") + "\n"
    }

    /// Runs a step of an offline transfer, which has to succeed.
    @discardableResult
    func succeeds(_ arguments: String..., input: String? = nil) async throws -> Command.Result {
        try await step(arguments, input: input)
    }

    /// Runs a step of an offline transfer, which has to be refused, and gives the error's name.
    func refusal(_ arguments: String..., input: String? = nil) async throws -> String {
        let result = try await almctl(["offline-transfer"] + arguments, input: input)
        #expect(result.status == 1)
        return result.errorName ?? "no error: \(result.output)\(result.errors)"
    }

    /// The keys, by licence number.
    func keys() async throws -> [String: [String: Any]] {
        let list = try await almctl(["list"]).json() as? [[String: Any]] ?? []
        return Dictionary(
            uniqueKeysWithValues: list.compactMap { key in (key["licence"] as? String).map { ($0, key) } })
    }

    /// The locations of a licence's key on this machine, and its state there.
    func state(of licence: String) async throws -> String? { try await keys()[licence]?["state"] as? String }

    /// The unfinished transfers.
    func transfers(all: Bool = false) async throws -> [[String: Any]] {
        try await almctl(["transfers"] + (all ? ["--all"] : [])).json() as? [[String: Any]] ?? []
    }

    private func step(_ arguments: [String], input: String?) async throws -> Command.Result {
        let result = try await almctl(["offline-transfer"] + arguments, input: input)
        try #require(result.status == 0, "\(name): \(arguments): \(result.output)\(result.errors)")
        return result
    }
}
