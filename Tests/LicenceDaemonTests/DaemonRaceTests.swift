import Control
import Foundation
import Licensing
import TestKit
import Testing
import TransferCodes
import VaultStore
import Vaults

@testable import LicenceDaemon

/// Many people at one daemon: a whole one, with its socket and its database.
@Suite struct DaemonRaceTests {
    /// Few, since the reading of so many codes takes its time; `make guarantees` asks for 200. `TransferDeskTests` has as
    /// many without sockets and database.
    private static let rounds = ProcessInfo.processInfo.environment["ALMD_RACE_ROUNDS"].flatMap { Int($0) } ?? 5
    /// How many rounds there are in one store: more keys and transfers would only make each round longer.
    private static let roundsInAStore = 20
    private static let clients = 64

    /// 64 clients at once, each over a connection of its own, load two different requests for one start code.
    @Test func ofTwoRequestsLoadedOverConnectionsOfTheirOwnExactlyOneWins() async throws {
        var done = 0
        while done < Self.rounds { done += try await race(rounds: min(Self.rounds - done, Self.roundsInAStore)) }
        print("shown: \(done) rounds over \(Self.clients) connections")
    }

    /// - Returns: how many rounds there were.
    private func race(rounds: Int) async throws -> Int {
        let bench = try DaemonBench(isOnDisk: false)
        let configuration = try bench.configuration()
        let vendor = try TestVendor()
        let keys = try (0..<rounds).map { try vendor.key("key \($0)") }
        try bench.mint(keys, into: configuration)
        let others = (0..<2).map { _ in
            MemoryVault(location: .local, capacity: .localStore, random: SystemSources.random)
        }
        var done = 0
        try await bench.running(configuration) {
            var clients: [ControlClient] = []
            for _ in 0..<Self.clients { clients.append(try await ControlClient.connect(path: configuration.socket)) }
            for key in keys {
                let start = try await clients[0].call(Calls.Offer(key: key.number.description, anew: nil)).step
                let secret = try start.read.startCode.offerSecret
                let asking = TransferStep.request(key.certificate, offerSecret: secret)
                let requests = try others.map { other in
                    let request = try other.perform(asking, on: Occasion(now: Timestamp(seconds: 1), user: 0)).code
                    return try #require(request).lines.joined(separator: "\n")
                }
                let outcomes = await Self.release(requests, by: clients)
                let winner = outcomes["0 released"] == 1 ? 0 : 1
                #expect(
                    outcomes == [
                        "\(winner) released": 1, "\(winner) again": 31, "\(1 - winner) releasedToAnother": 32,
                    ])
                done += 1
            }
            let list = try await clients[0].call(Calls.List())
            #expect(list.keys.isEmpty)
            for client in clients { await client.close() }
        }
        return done
    }

    /// Has every other client load the one request, and the rest the other one, and counts what they were answered.
    private static func release(_ requests: [String], by clients: [ControlClient]) async -> [String: Int] {
        await withTaskGroup(of: String.self) { group in
            for (number, client) in clients.enumerated() {
                let which = number % 2
                let code = requests[which]
                group.addTask {
                    do throws(LicenceError) {
                        let step = try await client.call(
                            Calls.Release(code: code, fingerprint: nil, evenIfInUse: nil)
                        ).step
                        return "\(which) \(step.repeated ? "again" : "released")"
                    } catch {
                        return "\(which) \(error.code.rawValue)"
                    }
                }
            }
            return await group.reduce(into: [:] as [String: Int]) { $0[$1, default: 0] += 1 }
        }
    }
}
