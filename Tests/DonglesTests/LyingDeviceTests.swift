import DongleProtocol
import Dongles
import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

/// The host believes nothing: a device that lies is found out, named, and never asked again.
struct LyingDeviceTests {
    private let plugged: Plugged

    init() throws {
        plugged = try Plugged(keys: 20)
    }

    /// A vault whose dongle tells the truth when greeted, and after that what `lie` makes of it.
    private func vault(
        _ lie: @escaping (Int, [UInt8]) throws(TransportError) -> [UInt8]
    ) throws -> (vault: DongleVault, pipe: TamperedPipe) {
        let pipe = TamperedPipe(plugged.device) { (number, reply) throws(TransportError) in
            number == 1 ? reply : try lie(number, reply)
        }
        return (try DongleVault(pipe), pipe)
    }

    /// Makes sure that `ask` ends the vault as garbled, with `reason`, and that nothing is sent any more.
    private func isFoundOut(
        _ reason: String, _ lie: @escaping (Int, [UInt8]) -> [UInt8],
        when ask: (DongleVault) throws -> Void = { _ = try $0.keys() },
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        let (vault, pipe) = try vault(lie)
        let expected = LicenceError(
            .dongleGarbled, [LicenceError.Parameter.serial: "4711", .reason: "it sent \(reason)"])
        #expect(throws: expected, sourceLocation: location) { try ask(vault) }
        #expect(vault.ending == expected, sourceLocation: location)
        let sent = pipe.exchanges
        #expect(throws: expected, sourceLocation: location) { try vault.status() }
        #expect(pipe.exchanges == sent, "it was asked again", sourceLocation: location)
    }

    // MARK: - Frames

    @Test func wrongFramesAreFoundOut() throws {
        try isFoundOut("half a frame", { _, _ in [] })
        try isFoundOut("half a frame", { _, reply in Array(reply.dropLast()) })
        try isFoundOut("more than one frame", { _, reply in reply + reply })
        try isFoundOut("bytes that are no frame", { _, _ in [UInt8](repeating: 0x1B, count: 99) })
        try isFoundOut("a frame with a wrong checksum", { _, reply in reply.dropLast() + [0x55] })
    }

    @Test func anAnswerToSomethingElseIsFoundOut() throws {
        try isFoundOut("the answer to another request", { _, reply in Frame.changed(reply) { $0 &+ 1 } })
        try isFoundOut("the answer to another request", { _, reply in Frame.changed(reply) { $0 &- 1 } })
        try isFoundOut("the answer to another command", { _, reply in Frame.changed(reply, command: 3) })
        try isFoundOut("the answer to another command", { _, reply in Frame.changed(reply, version: 2) })
        try isFoundOut("a request", { _, reply in Frame.changed(reply, direction: .request) })
    }

    /// Where an error is from, the host knows by itself.
    @Test func aDongleThatRefusesWithoutSayingWhereIsNamed() throws {
        let (vault, _) = try vault { _, reply in
            Frame.changed(reply, direction: .reply(.refused), payload: { _ in LicenceError(.storeFailed).payload })
        }
        let expected = LicenceError(.storeFailed, [.location: "usb:4711", .detail: "the dongle says no more"])
        #expect(throws: expected) { try vault.keys() }
    }

    @Test func aDongleThatDoesNotUnderstandIsNotAskedAgain() throws {
        func reply(_ reason: UInt8) -> (Int, [UInt8]) -> [UInt8] {
            { Frame.changed($1, direction: .reply(.notUnderstood), payload: { _ in [reason] }) }
        }
        try isFoundOut("word that the request arrived damaged", reply(1))
        try isFoundOut("word that it does not know the command keys", reply(3))
        try isFoundOut("word that it can't read the command keys", reply(4))
        try isFoundOut("an answer that can't be read", reply(5))
        // What arrived unreadable has no number to be repeated.
        try isFoundOut("word that the request arrived damaged", { _, _ in self.plugged.device.unreadable })
    }

    // MARK: - Lists

    /// The first bytes of a page: state counter (8), total (4), start (4), count (1).
    private func page(_ change: @escaping (inout [UInt8]) -> Void) -> (Int, [UInt8]) -> [UInt8] {
        { number, reply in
            Frame.changed(
                reply,
                payload: { payload in
                    var payload = payload
                    change(&payload)
                    return payload
                })
        }
    }

    @Test func lyingCountsAreFoundOut() throws {
        try isFoundOut(
            "a list longer than it can hold", page { $0.replaceSubrange(8..<12, with: [0xFF, 0xFF, 0xFF, 0xFF]) })
        try isFoundOut("a list longer than it can hold", page { $0[11] = 65 })
        try isFoundOut("more items than the list has", page { $0[11] = 15 })
        try isFoundOut("another page than was asked for", page { $0[15] ^= 1 })
        try isFoundOut("a page of 17 items", page { $0[16] = 17 })
        try isFoundOut("no whole certificate", page { $0 = Array($0.dropLast(100)) })
        try isFoundOut("an empty page before the end of a list", page { $0 = $0.prefix(16) + [0] })
    }

    @Test func aListThatChangesEachTimeIsGivenUp() throws {
        let (vault, pipe) = try vault { number, reply in
            Frame.changed(
                reply,
                payload: { payload in
                    var payload = payload
                    payload[7] = UInt8(truncatingIfNeeded: number)
                    return payload
                })
        }
        #expect(throws: LicenceError.self) { try vault.keys() }
        #expect(vault.ending?.parameters[.reason] == "it sent a list that changes each time it is read")
        #expect(pipe.exchanges == 1 + 2 * DongleLimits.listAttempts)
    }

    @Test func aListThatChangedOnceIsReadAnew() throws {
        let plugged = plugged
        var changed = false
        let pipe = TamperedPipe(plugged.device) { number, reply in
            if number == 2, !changed {
                changed = true
                let added = try? TestVendor().key("added in between")
                if let added { try? plugged.memory.mint(added.certificate, added.seed, on: plugged.clock.occasion()) }
            }
            return reply
        }
        let vault = try DongleVault(pipe)
        #expect(try vault.keys() == plugged.memory.keys())
        #expect(try vault.keys().count == 21)
    }

    @Test func thePagesOfAListAreBounded() throws {
        // The most that a host believes, given one item at a time: it ends, at the limit and not later.
        let key = HeldKey(certificate: plugged.key.certificate, since: Timestamp(seconds: 1))
        let pipe = TamperedPipe(plugged.device) { number, reply in
            if number == 1 {
                return Frame.changed(reply) {
                    $0
                } payload: { payload in
                    // Versions (2), serial number (5), then how many keys it can hold.
                    Array(payload[..<7]) + [0, 0, 4, 0] + payload[11...]
                }
            }
            return Frame.changed(reply) {
                $0
            } payload: { payload in
                Array(payload[..<8]) + [0, 0, 4, 0] + payload[12..<16] + [1] + key.payload
            }
        }
        let vault = try DongleVault(pipe)
        #expect(throws: LicenceError.self) { try vault.keys() }
        #expect(vault.ending?.parameters[.reason] == "it sent the same key twice")
        #expect(pipe.exchanges == 1 + Int(DongleLimits.keys))
    }

    // MARK: - The greeting

    @Test func aLyingGreetingIsFoundOut() throws {
        func greeting(_ change: @escaping ([UInt8]) -> [UInt8]) -> LicenceError? {
            let pipe = TamperedPipe(plugged.device) { _, reply in Frame.changed(reply, payload: change) }
            return #expect(throws: LicenceError.self) { _ = try DongleVault(pipe) }
        }
        let garbled: [([UInt8]) -> [UInt8]] = [
            { Array($0[..<2]) + [0] + $0[7...] },
            { Array($0[..<3]) + Array("\u{1B}[2J".utf8) + $0[7...] },
            { Array($0[..<3]) + Array("47 1".utf8) + $0[7...] },
            { Array($0[..<7]) + [0, 0, 0, 0] + $0[11...] },
            { Array($0[..<7]) + [0, 0, 4, 1] + $0[11...] },
            { Array($0[..<11]) + [0, 0, 16, 1] + $0[15...] },
            { [0, 1] + $0[2...] },
            { [2, 1] + $0[2...] },
            { $0 + [0] },
        ]
        for change in garbled { #expect(greeting(change)?.code == .dongleGarbled) }
        let tooNew = greeting { [2, 3] + $0[2...] }
        #expect(tooNew?.code == .dongleTooNew)
        #expect(tooNew?.parameters[.version] == "2")
    }

    @Test func anotherSerialNumberThanThePlugsIsFoundOut() throws {
        let announced = try #require(SerialNumber("4712"))
        let error = #expect(throws: LicenceError.self) {
            try DongleVault(DonglePipe(plugged.device), announced: announced)
        }
        #expect(error?.code == .dongleGarbled)
        #expect(error?.parameters[.serial] == "4712")
        let own = try #require(SerialNumber("4711"))
        #expect(try DongleVault(DonglePipe(plugged.device), announced: own).serial == own)
    }

    @Test func aDongleCanNotBecomeAnother() throws {
        let other = try Plugged(serial: "4712")
        let request = try Frame(
            command: 1, direction: .request, sequence: 2, payload: DongleRequest.hello(versions: 1...1).payload)
        try isFoundOut(
            "another serial number or capacity than before", { _, _ in other.device.reply(to: request.bytes) },
            when: {
                // The first answer is the greeting's own.
                _ = try $0.status()
                _ = try $0.status()
            })
    }

    @Test func aDongleThatWasJustGreetedIsNotGreetedAgain() throws {
        let (vault, pipe) = try vault { $1 }
        #expect(try vault.status().stateCounter == plugged.memory.status().stateCounter)
        #expect(pipe.exchanges == 1)
        #expect(try vault.status().stateCounter == plugged.memory.status().stateCounter)
        #expect(pipe.exchanges == 2)
        let (another, otherPipe) = try self.vault { $1 }
        _ = try another.keys()
        let asked = otherPipe.exchanges
        _ = try another.status()
        #expect(otherPipe.exchanges == asked + 1)
    }

    // MARK: - Errors

    @Test func anErrorThatIsNotADonglesIsFoundOut() throws {
        func refusal(_ error: LicenceError) -> (Int, [UInt8]) -> [UInt8] {
            { Frame.changed($1, direction: .reply(.refused), payload: { _ in error.payload }) }
        }
        try isFoundOut("an error that is not a vault's", refusal(LicenceError(.usage, [.command: "sh trap"])))
        try isFoundOut("an error that is not a vault's", refusal(LicenceError(.donglePulled)))
        try isFoundOut(
            "an error about a transfer that is none", refusal(LicenceError(.keyTakenBack, [.transfer: "; sh trap"])))
        let (vault, _) = try vault(refusal(LicenceError(.storeFailed, [.location: "local", .detail: "worn out"])))
        let expected = LicenceError(.storeFailed, [.location: "usb:4711", .detail: "worn out"])
        #expect(throws: expected) { try vault.keys() }
        // A refusal is an answer: the dongle goes on being asked.
        #expect(vault.ending == nil)
    }

    @Test func aCertificateOfALaterFormatIsNoLie() throws {
        let (vault, _) = try vault { _, reply in
            Frame.changed(
                reply,
                payload: { payload in
                    var payload = payload
                    payload[18] = 2
                    return payload
                })
        }
        #expect(throws: LicenceError(.certificateTooNew, [.version: "2"])) { try vault.keys() }
        #expect(vault.ending == nil)
    }
}
