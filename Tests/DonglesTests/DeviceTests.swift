import DongleProtocol
import Dongles
import Licensing
import TestKit
import Testing
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
}
