import Foundation
import Testing

@testable import Varlink

struct MessageProbeTests {
    /// Mutations of sound messages, the same ones in every run: none traps, how a stream is cut into chunks changes
    /// nothing, and what passes the scan is JSON to another reader, too.
    @Test func whatPassesIsJSONHoweverItArrives() throws {
        var random = SplitMix(state: 7)
        let sound = HostileInput.all.filter { $0.bytes.count < 1_000 }.map(\.bytes)
        var calls = 0
        for _ in 0..<20_000 {
            var bytes = sound.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
                let index = bytes.indices.randomElement(using: &random) ?? 0
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.insert(Array("{}[]\",:\\eE+-.0\0".utf8).randomElement(using: &random) ?? 0, at: index)
                case 2: bytes.remove(at: index)
                default: bytes.insert(contentsOf: bytes[index...].prefix(9), at: index)
                }
            }
            let outcome = MessageProbe.read(bytes, chunk: bytes.count)
            #expect(MessageProbe.read(bytes, chunk: 3) == outcome)
            calls += outcome.calls
            guard let message = bytes.split(separator: 0, omittingEmptySubsequences: false).first,
                message.count < bytes.count,
                let members = try? MessageScanner.members(of: Array(message), limits: Limits()),
                members.unrepresentable == nil
            else { continue }
            if (try? JSONSerialization.jsonObject(with: Data(message))) == nil {
                Issue.record("not JSON to Foundation: \(String(decoding: message, as: UTF8.self))")
                return
            }
        }
        #expect(calls > 1_000)
    }
}

/// Sebastiano Vigna's SplitMix64: small, and the same everywhere.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
