import Foundation
import Glibc
import Licensing
import TestKit
import Testing
import TransferCodes

@testable import Vaults

/// What the memory of a running daemon has of secrets that were given up, and of those that it keeps on disk.
struct MemoryTests {
    /// Also where the machine has a program that would write down what is in its memory.
    @Test(arguments: [SIGABRT, SIGILL, SIGSEGV])
    func aDaemonThatIsToDieDoesSoAndWritesNothingDown(_ number: Int32) async throws {
        let workshop = try await Workshop(minting: [])
        let daemon = try #require(try await workshop.machine("source").daemon)
        let result = await daemon.end(number)
        #expect(result.status == 128 + number)
        #expect(!result.errors.contains("crashed"), "\(result.errors)")
    }

    @Test(
        .needs(.root, "only the administrator reads another process's memory") { geteuid() == 0 })
    func aDaemonsMemoryHasNoSecretOnceItsStepIsDone() async throws {
        let workshop = try await Workshop(minting: ["First", "Second", "Third"])
        let maker = try OpenStore("\(workshop.folder)/maker")
        let certificates = try maker.certificates()
        let (first, second, third) = try #require(Self.named(["First", "Second", "Third"], of: certificates))
        let seeds = try [first, second, third].map { try maker.seed(of: $0) }
        let source = try await workshop.machine("maker")
        let target = try await workshop.machine("target")
        var gone = Secrets()
        gone.add("the source's key before any release", try maker.storeKey())

        let a = try await request(first, seeds[0], from: source, at: target)
        let b = try await request(second, seeds[1], from: source, at: target)
        let activation = try await source.code("activation", "--input", "-", input: a.request)
        gone.add("first", seeds[0], a.exchange, requestSecret: a.requestSecret)
        try gone.expectNone(in: source, "the source, after a release")
        gone.add("the source's key before the second release", try OpenStore(source.state).storeKey())
        _ = try await source.code("activation", "--input", "-", input: b.request)
        try await target.succeeds("activate", "--input", "-", input: activation)
        gone.add("second", seeds[1], b.exchange, requestSecret: b.requestSecret)
        try gone.expectNone(in: source, "the source, after a second release")
        try gone.expectNone(in: target, "the target, after activating")

        gone.add("the target's key before it declined", try OpenStore(target.state).storeKey())
        let name = try #require(
            try await target.transfers().first { $0["licence"] as? String == second.number.description })
        let returned = try await target.code("decline", try #require(name["transfer"] as? String))
        try gone.expectNone(in: target, "the target, after declining", but: ["second: return key"])
        // What is held rests sealed, as what never left does.
        try await source.succeeds("reclaim", "--input", "-", input: returned)
        gone.add("third", seeds[2], nil)
        try gone.expectNone(in: source, "the source, after taking back", but: ["second: return key"])

        // The search finds what is there.
        for machine in [source, target] {
            let process = try #require(machine.daemon).pid
            let memory = try ProcessMemory(of: process)
            #expect(try !memory.places(ofSecret: OpenStore(machine.state).storeKey()).isEmpty)
        }
        await target.stop()
        await source.stop()
    }

    private static func named(
        _ products: [String], of certificates: [Certificate]
    ) -> (Certificate, Certificate, Certificate)? {
        let found = products.compactMap { product in certificates.first { $0.terms.product == product } }
        return found.count == 3 ? (found[0], found[1], found[2]) : nil
    }

    /// Steps 1 and 2, and everything secret that follows from them.
    private func request(
        _ certificate: Certificate, _ seed: Seed, from source: Machine, at target: Machine
    ) async throws -> (request: String, exchange: TransferExchange, requestSecret: Secret) {
        let start = try await source.code("start", certificate.number.description)
        let request = try await target.code("request", "--input", "-", "--to", "local", input: start)
        let startCode = try CodeReader.read(start).code.startCode
        let requestCode = try CodeReader.read(request).code.requestCode
        let exchange = try TransferExchange(
            of: seed, certificate, offerSecret: startCode.offerSecret, requestCode)
        return (request, exchange, try OpenStore(target.state).requestSecret(for: certificate))
    }
}

/// Secrets that have to be gone, by name.
private struct Secrets {
    private var all: [(name: String, bytes: [UInt8])] = []

    mutating func add(_ name: String, _ bytes: [UInt8]) { all.append((name, bytes)) }

    mutating func add(_ name: String, _ seed: Seed, _ exchange: TransferExchange?, requestSecret: Secret? = nil) {
        add("\(name): seed", seed.secret.bytes)
        add("\(name): private half", Derivation.key.secret(from: seed.secret, salt: [], count: 32).bytes)
        if let requestSecret { add("\(name): e", requestSecret.bytes) }
        guard let exchange else { return }
        add("\(name): activation key", exchange.activationKey.bytes)
        add("\(name): return key", exchange.returnKey.bytes)
        if let escrow = exchange.returnKey.combined(with: seed.secret.bytes) { add("\(name): escrow", escrow) }
    }

    /// - Parameter shown: what was printed by then, and so is no secret any more.
    func expectNone(in machine: Machine, _ moment: String, but shown: [String] = []) throws {
        let memory = try ProcessMemory(of: try #require(machine.daemon).pid)
        for (name, bytes) in all where !shown.contains(name) {
            let places = try memory.places(ofSecret: bytes)
            #expect(places.isEmpty, "\(name) in \(moment): \(places)")
        }
    }
}
