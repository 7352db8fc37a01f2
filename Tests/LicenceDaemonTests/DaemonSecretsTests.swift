import Control
import Crypto
import Foundation
import Glibc
import Licensing
import Synchronization
import TestKit
import Testing
import TransferCodes
import VaultStore
import Vaults

@testable import LicenceDaemon

/// What a whole daemon, with transfers both ways over its socket, leaves in its log and in its history.
@Suite struct DaemonSecretsTests {
    private let bench: DaemonBench

    init() throws { bench = try DaemonBench() }

    /// Another machine, whose codes come by people.
    private final class Elsewhere {
        let vault = MemoryVault(location: .local, capacity: .localStore, random: SystemSources.random)
        private let occasion = Occasion(now: Timestamp(seconds: 1), user: 0)

        func mint(_ key: TestKey) throws {
            try vault.mint(key.certificate, key.seed, on: occasion)
        }

        @discardableResult
        func perform(_ step: TransferStep) throws -> TransferCode? {
            try vault.perform(step, on: occasion).code
        }
    }

    private func text(_ code: TransferCode?) throws -> String { try #require(code).lines.joined(separator: "\n") }

    /// At the finest level, through all steps of both sides and what is refused: neither seeds, private halves, request
    /// secrets and return keys, nor a line of a code that carries one of them.
    @Test func noSecretAndNoCodeStandsInTheLog() async throws {
        let configuration = try bench.configuration()
        let vendor = try TestVendor()
        try bench.scratch.write(vendor.vendor.fileText, to: "vendors/vendor.pub")
        let (leaving, back, coming) = (try vendor.key("leaving"), try vendor.key("back"), try vendor.key("coming"))
        let (elsewhere, log, draws) = (Elsewhere(), DaemonBench.LogRecord(), DrawRecord())
        try elsewhere.mint(coming)
        try bench.mint([leaving, back], into: configuration)
        var secrets = [leaving, back, coming].flatMap { key in
            [key.seed.secret.bytes, Derivation.key.secret(from: key.seed.secret, salt: [], count: 32).bytes]
        }
        var (lines, points): ([String], [[UInt8]]) = ([], [])
        try await bench.running(configuration, log: log, draws: draws) {
            let client = try await ControlClient.connect(path: configuration.socket)
            func done(_ reply: Calls.StepReply) -> StepEntry {
                lines += reply.step.code
                return reply.step
            }
            func returnKey(_ key: TestKey, _ start: StartCode, _ request: RequestCode) throws -> [UInt8] {
                try TransferExchange(of: key.seed, key.certificate, offerSecret: start.offerSecret, request).returnKey
                    .bytes
            }
            func answered(_ key: TestKey, _ start: StepEntry) throws -> String {
                let code = try start.read.startCode
                let asking = TransferStep.request(key.certificate, offerSecret: code.offerSecret)
                let request = try #require(try elsewhere.perform(asking))
                secrets.append(try returnKey(key, code, request.requestCode))
                return try text(request)
            }
            // A key leaves for good, and one comes back.
            for key in [leaving, back] {
                let start = done(try await client.call(Calls.Offer(key: key.number.description, anew: nil)))
                let request = try answered(key, start)
                let released = done(
                    try await client.call(Calls.Release(code: request, fingerprint: nil, evenIfInUse: nil)))
                await refuses(.codeWrongKind) { try await client.call(Calls.Activate(code: request)) }
                if key.number == leaving.number {
                    try elsewhere.perform(.activate(try released.read.activationCode))
                } else {
                    let transfer = try #require(TransferIdentifier(start.transfer.transfer))
                    let code = try #require(try elsewhere.perform(.decline(transfer)))
                    #expect(secrets.last == (try code.returnCode.returnKey))
                    let words = try text(code)
                    lines += words.split(separator: "\n").map(String.init)
                    _ = done(try await client.call(Calls.Reclaim(code: words)))
                }
            }
            // A key is asked for and declined, and asked for again and taken in.
            for isTaken in [false, true] {
                let start = try elsewhere.perform(.offer(coming.number, anew: true))
                let request = done(try await client.call(Calls.Request(code: try text(start), to: "local")))
                points.append(try request.read.requestCode.point)
                secrets.append(try returnKey(coming, try #require(start).startCode, try request.read.requestCode))
                guard isTaken else {
                    let declined = done(
                        try await client.call(Calls.Decline(transfer: request.transfer.transfer, at: nil)))
                    #expect(secrets.last == (try declined.read.returnCode.returnKey))
                    continue
                }
                let activation = try elsewhere.perform(.release(try request.read.requestCode))
                let words = try text(activation)
                lines += words.split(separator: "\n").map(String.init)
                _ = done(try await client.call(Calls.Activate(code: words)))
            }
            await client.close()
        }
        let logged = log.lines.withLock { $0.joined(separator: "\n") }
        // The log is that of these steps, and the search finds what is there.
        for word in ["RELEASED", "RETURNED", "DECLINED", "ACTIVE", leaving.number.description] {
            #expect(logged.contains(word), "no \(word) in the log")
        }
        #expect(secrets.count == 10)
        // Whatever the daemon drew: the secrets of offers, and of requests e, which the points are made of.
        let drawn = draws.draws.filter { $0.count >= OutgoingTransfer.secretSize }
        let made = try drawn.filter { $0.count == 32 }.map {
            Array(try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: $0).publicKey.rawRepresentation)
        }
        #expect(points.count == 2 && points.allSatisfy(made.contains))
        secrets += drawn
        for secret in secrets {
            let forms = [
                secret.hexadecimal, Data(secret).base64EncodedString(),
                Crockford.text(secret, characters: min(20, secret.count * 8 / 5)), "\(secret)",
            ]
            for form in forms { #expect(!logged.uppercased().contains(form.uppercased())) }
        }
        #expect(lines.count > 20)
        for line in lines { #expect(!logged.contains(line), "a line of a code") }
    }

    /// The user that stands in the history is the one whom the kernel names at the other end of the socket.
    @Test func historyTellsTheUserOfTheSocket() async throws {
        let configuration = try bench.configuration()
        let key = try TestVendor().key("a")
        try bench.mint([key], into: configuration, by: 4242)
        try await bench.running(configuration) {
            let client = try await ControlClient.connect(path: configuration.socket)
            let start = try await client.call(Calls.Offer(key: key.number.description, anew: nil)).step
            _ = try await client.call(Calls.Cancel(transfer: start.transfer.transfer, at: nil))
            let history = try await client.call(Calls.History(key: nil)).lines
            await client.close()
            #expect(history.map(\.event) == ["minted", "offered", "withdrawn"])
            #expect(history.map(\.user) == [4242, Int(geteuid()), Int(geteuid())])
            #expect(history.map(\.transfer) == [nil, start.transfer.transfer, start.transfer.transfer])
        }
    }
}
