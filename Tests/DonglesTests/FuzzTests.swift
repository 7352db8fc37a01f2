import DongleProtocol
import Dongles
import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

/// Bytes of any kind, into both ends: nothing traps, nothing changes, and every reply is a frame.
struct FuzzTests {
    private static let rounds = 3000

    @Test func theDeviceAnswersAnyBytesWithAFrame() throws {
        let plugged = try Plugged(keys: 3)
        let random = DeterministicRandom(seed: 0xFEED)
        let before = try VaultSnapshot(plugged.memory)
        for _ in 0..<Self.rounds {
            let bytes = random.bytes(Int(random.next() % 200))
            let reply = try Frame(bytes: plugged.device.reply(to: bytes))
            #expect(reply.direction == .reply(.notUnderstood))
            #expect(reply.payload == [NotUnderstood.frame.rawValue])
        }
        #expect(try VaultSnapshot(plugged.memory) == before)
    }

    @Test func theDeviceAnswersAnyPayloadOfAnyCommand() throws {
        let plugged = try Plugged(keys: 3)
        let random = DeterministicRandom(seed: 0xBEEF)
        let before = try VaultSnapshot(plugged.memory)
        for round in 0..<Self.rounds {
            let command = UInt8(round % 9)
            let frame = try Frame(
                command: command, direction: .request, sequence: UInt16(truncatingIfNeeded: round),
                payload: random.bytes(Int(random.next() % 64)))
            let reply = try Frame(bytes: plugged.device.reply(to: frame.bytes))
            #expect(reply.sequence == frame.sequence)
            #expect(reply.command == command)
        }
        #expect(try VaultSnapshot(plugged.memory) == before)
    }

    @Test func theHostTakesAnyPayloadForAnAnswerOrRefusesIt() throws {
        let plugged = try Plugged(keys: 3)
        let random = DeterministicRandom(seed: 0xCAFE)
        let challenge = try ProofChallenge(
            nonce: [UInt8](1...16), point: plugged.key.certificate.publicKey.bytes, lease: [UInt8](1...16))
        let questions: [(DongleVault) throws -> Void] = [
            { _ = try $0.status() }, { _ = try $0.keys() }, { _ = try $0.transfers() },
            { _ = try $0.perform(.offer(plugged.key.number, anew: false), on: ManualClock().occasion()) },
            { _ = try $0.recognise(.receipt(try ReceiptCode(receipt: [UInt8](repeating: 0, count: 9)))) },
            { _ = try $0.prove(plugged.key.number, challenge) },
        ]
        for round in 0..<Self.rounds {
            // Random bytes, a frame with a random payload, or the right one with a few random bytes changed.
            let pipe = TamperedPipe(plugged.device) { number, reply in
                guard number > 1 else { return reply }
                if round.isMultiple(of: 7) { return random.bytes(Int(random.next() % 100)) }
                return Frame.changed(
                    reply,
                    payload: { payload in
                        guard !round.isMultiple(of: 3), !payload.isEmpty else {
                            return random.bytes(Int(random.next() % 300))
                        }
                        var payload = payload
                        for _ in 0...round % 4 {
                            payload[Int(random.next() % UInt64(payload.count))] = random.bytes(1)[0]
                        }
                        return payload
                    })
            }
            let vault = try DongleVault(pipe)
            do {
                try questions[round % questions.count](vault)
            } catch let error as LicenceError {
                #expect((error.code == .dongleGarbled) == (vault.ending != nil))
            }
        }
    }
}
