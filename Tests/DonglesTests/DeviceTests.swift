import DongleProtocol
import Dongles
import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

/// The device's replies to what is no request of this version.
struct DeviceTests {
    private let plugged: Plugged

    init() throws {
        plugged = try Plugged()
    }

    @Test func repeatsTheNumberAndTheCommandOfTheRequest() throws {
        let reply = try plugged.reply(.hello(versions: 1...1), sequence: 0xBEEF)
        #expect(reply.sequence == 0xBEEF)
        #expect(reply.command == DongleCommand.hello.rawValue)
        #expect(reply.direction == .reply(.done))
    }

    @Test func greetsAHostOfLaterVersionsToo() throws {
        let reply = try HelloReply(payload: try plugged.reply(.hello(versions: 2...9)).payload)
        #expect(reply.versions == 1...1)
        #expect(reply.serial.description == "4711")
    }

    @Test func saysWhatItDoesNotUnderstand() throws {
        func reason(_ frame: Frame) throws -> NotUnderstood? {
            let reply = try Frame(bytes: plugged.device.reply(to: frame.bytes))
            #expect(reply.direction == .reply(.notUnderstood))
            #expect(reply.sequence == frame.sequence)
            return reply.payload.first.flatMap(NotUnderstood.init(rawValue:))
        }
        #expect(try reason(Frame(command: 0, direction: .request, sequence: 5, payload: [])) == .command)
        #expect(try reason(Frame(command: 7, direction: .request, sequence: 5, payload: [])) == .command)
        #expect(try reason(Frame(command: 127, direction: .request, sequence: 5, payload: [])) == .command)
        #expect(
            try reason(Frame(version: 2, command: 1, direction: .request, sequence: 5, payload: [1, 1])) == .version)
        #expect(try reason(Frame(command: 1, direction: .request, sequence: 5, payload: [1])) == .payload)
        #expect(try reason(Frame(command: 1, direction: .reply(.done), sequence: 5, payload: [1, 1])) == .frame)
    }

    @Test func keepsNothingBetweenFrames() throws {
        // A page in the middle of a list, asked for by a host that never greeted.
        let plugged = try Plugged(keys: 18)
        let page = try KeyPage(payload: try plugged.reply(.keys(from: 16)).payload)
        #expect(page.items == Array(plugged.memory.keys().suffix(2)))
        #expect(page.total == 18)
        #expect(page.stateCounter == plugged.memory.status().stateCounter)
    }

    @Test func refusesInTheVaultsOwnWords() throws {
        let other = try TestVendor().key("another")
        let occasion = plugged.clock.occasion()
        let reply = try plugged.reply(.perform(.offer(other.number, anew: false), occasion))
        #expect(reply.direction == .reply(.refused))
        #expect(
            try LicenceError(payload: reply.payload)
                == LicenceError(.noSuchKey, [.licence: other.number.description]))
    }

    /// What is on a disk that failed is known only once it is read anew, so the device says what happened and is gone.
    @Test func aDongleWhoseDiskFailsSaysSoAndIsPulledOut() throws {
        let failing = FailingVault(plugged.memory)
        let device = try DongleDevice(failing)
        let end = CableEnd(device)
        func frame(_ request: DongleRequest) throws -> [UInt8] {
            try Frame(
                command: request.command.rawValue, direction: .request, sequence: 3, payload: request.payload
            ).bytes
        }
        let keys = try frame(.keys(from: 0))
        guard case .reply = end.carry(keys) else {
            Issue.record("it ended before its disk failed")
            return
        }
        #expect(device.failure == nil)
        let key = try #require(plugged.keys.first)
        let offer = try frame(.perform(.offer(key.number, anew: false), plugged.clock.occasion()))
        guard case .pull(let bytes) = end.carry(offer) else {
            Issue.record("it went on although its disk failed")
            return
        }
        let reply = try Frame(bytes: bytes)
        #expect(reply.direction == .reply(.refused))
        #expect(try LicenceError(payload: reply.payload) == FailingVault.failure)
        #expect(device.failure == FailingVault.failure)
        #expect(end.isPulled)
        #expect(end.carry(keys) == .pull(after: []))
    }
}

/// A vault on a disk that can be read and no longer written to.
private final class FailingVault: Vault {
    static let failure = LicenceError(.storeFailed, [.location: "usb:4711", .detail: "SQLite 778: disk I/O error"])
    private let vault: MemoryVault

    init(_ vault: MemoryVault) { self.vault = vault }

    func status() throws(LicenceError) -> VaultStatus { vault.status() }
    func keys() throws(LicenceError) -> [HeldKey] { vault.keys() }
    func transfers() throws(LicenceError) -> [TransferSummary] { try vault.transfers() }
    func perform(_ step: TransferStep, on occasion: Occasion) throws(LicenceError) -> TransferAnswer {
        throw Self.failure
    }
    func recognise(_ code: TransferCode) throws(LicenceError) -> TransferSummary? {
        try vault.recognise(code)
    }
    func prove(_ licence: LicenceNumber, _ challenge: ProofChallenge) throws(LicenceError) -> ProofAnswer {
        try vault.prove(licence, challenge)
    }
}
