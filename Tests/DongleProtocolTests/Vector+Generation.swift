import DongleProtocol
import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

/// The vectors as this program makes them; the same in each run.
extension Vector {
    static func generated() throws -> [Vector] {
        try requests() + replies() + noFrames() + malformed()
    }

    private static func requests() throws -> [Vector] {
        try Samples().requests().enumerated().map { index, request in
            let number = index < 9 ? "0\(index + 1)" : "\(index + 1)"
            let frame = try Frame(
                command: request.command.rawValue, direction: .request, sequence: UInt16(index + 1),
                payload: request.payload)
            return Vector(
                "request-\(number)-\(request.command).txt", "What a host asks: \(request.command).",
                "request \(request.command)", frame.bytes)
        }
    }

    private static func replies() throws -> [Vector] {
        let samples = try Samples()
        let key = HeldKey(certificate: samples.certificate, since: Timestamp(seconds: 1_772_352_000))
        let offered = try samples.summary(.source(.offered))
        let open = try samples.summary(.target(.open))
        let codes = try samples.codes()
        func done(_ name: String, _ command: DongleCommand, _ comment: String, _ value: some Payload) throws -> Vector {
            Vector("done-\(name).txt", comment, "done \(command)", try reply(command, .done, value.payload))
        }
        func step(_ name: String, _ transfer: TransferSummary, _ code: TransferCode?) throws -> Vector {
            try done(
                "perform-\(name)", .perform, "The answer to a step: \(code?.kind.name ?? "no code").",
                TransferAnswer(transfer: transfer, code: code, isRepeat: code == nil))
        }
        let error = LicenceError(
            .vaultFull, [.location: "usb:SAMPLE-4711", .capacity: "64 keys"])
        return [
            try done("hello", .hello, "A dongle in order.", try samples.hello()),
            try done(
                "hello-locked", .hello, "A dongle that is LOCKED.", try samples.hello(lockedReason: "it is a copy")),
            try done("keys", .keys, "The only page of two keys.", KeyPage(of: [key, key], from: 0, stateCounter: 7)),
            try done("keys-none", .keys, "The page of an empty list.", KeyPage(of: [], from: 0, stateCounter: 0)),
            try done(
                "transfers", .transfers, "The only page of two transfers.",
                TransferPage(of: [offered, open], from: 0, stateCounter: 7)),
            try step("start", offered, codes[0]),
            try step("request", open, codes[2]),
            try step("activation", try samples.summary(.source(.released)), codes[3]),
            try step("return", try samples.summary(.target(.declined)), codes[4]),
            try step("receipt", try samples.summary(.target(.active)), codes[5]),
            try step("settled", try samples.summary(.source(.settled)), nil),
            try done("recognise", .recognise, "The transfer that a code belongs to.", Optional(offered)),
            try done("recognise-none", .recognise, "A code that belongs to no transfer here.", TransferSummary?.none),
            try done(
                "prove", .prove, "A proof.", try #require(ProofAnswer(bytes: [UInt8](0xA0...0xBF)))),
            Vector(
                "refused-full.txt", "A refusal with its values.", "refused vaultFull",
                try reply(.perform, .refused, error.payload)),
            Vector(
                "refused-unknown.txt", "A refusal by a name that no host of version 1 knows.", "refused unrecognised",
                try reply(.perform, .refused, [8] + Array("tooSunny".utf8) + [0])),
        ]
            + NotUnderstood.allCases.map { reason in
                Vector(
                    "not-understood-\(reason).txt", "A dongle did not understand: \(reason).",
                    "not-understood \(reason)", (try? reply(.keys, .notUnderstood, [reason.rawValue])) ?? [])
            }
    }

    private static func noFrames() throws -> [Vector] {
        let whole = try Frame(command: 1, direction: .request, sequence: 7, payload: [1, 1]).bytes
        func changed(_ place: Int, _ value: UInt8) -> [UInt8] {
            var bytes = whole
            bytes[place] = value
            let checksum = Checksum.of(bytes[..<12], bytes[16...])
            for index in 0..<4 { bytes[12 + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(24 - 8 * index)) }
            return bytes
        }
        var tooLong = whole
        (tooLong[10], tooLong[11]) = (0x10, 0x01)
        var wrongBit = whole
        wrongBit[17] ^= 0x10
        let all: [(FrameError, String, [UInt8])] = [
            (.magic, "It does not begin with the four letters.", changed(0, 0x61)),
            (.reserved, "The reserved byte is not zero.", changed(7, 1)),
            (.tooLong, "A payload of 4,097 bytes is announced.", tooLong),
            (.incomplete, "The last byte is missing.", Array(whole.dropLast())),
            (.trailing, "A byte stands behind the end.", whole + [0]),
            (.checksum, "A bit of the payload is wrong.", wrongBit),
            (.status, "A request with a status.", changed(6, 1)),
        ]
        return all.map { Vector("no-frame-\($0).txt", $1, "no-frame \($0)", $2) }
    }

    private static func malformed() throws -> [Vector] {
        let samples = try Samples()
        let perform = DongleRequest.perform(
            try samples.steps()[0], Occasion(now: Timestamp(seconds: 1), user: 0)
        ).payload
        let hello = try samples.hello().payload
        let page = KeyPage(of: [], from: 0, stateCounter: 0).payload
        func request(_ name: String, _ command: DongleCommand, _ comment: String, _ payload: [UInt8]) throws -> Vector {
            let frame = try Frame(command: command.rawValue, direction: .request, sequence: 1, payload: payload)
            return Vector("malformed-\(name).txt", comment, "malformed request \(command)", frame.bytes)
        }
        func answer(_ name: String, _ command: DongleCommand, _ comment: String, _ payload: [UInt8]) throws -> Vector {
            Vector(
                "malformed-\(name).txt", comment, "malformed done \(command)", try reply(command, .done, payload))
        }
        return [
            try request("versions-reversed", .hello, "The lowest version is above the highest.", [2, 1]),
            try request("version-zero", .hello, "There is no version 0.", [0, 1]),
            try request("left-over", .keys, "A byte too many.", [0, 0, 0, 0, 0]),
            try request("step-unknown", .perform, "There is no step 12.", [12] + perform.dropFirst()),
            try request("flag", .perform, "A flag is 0 or 1.", Array(perform[..<9]) + [2] + perform[10...]),
            try request("code-unknown", .recognise, "There is no code of kind 1.", [1]),
            try request(
                "padding", .recognise, "The unused bits of a tag are not zero.",
                [10] + [UInt8](repeating: 0, count: 16) + [0, 1]),
            try answer(
                "escape", .hello, "A serial number that would steer a terminal.",
                Array(hello[..<3]) + [0x1B] + hello[4...]),
            try answer("page-long", .keys, "A page of 17 items.", page.dropLast() + [17]),
            try answer("page-short", .keys, "A page of one item that is not there.", page.dropLast() + [1]),
            try answer(
                "state", .recognise, "A transfer at its target, in a state of the source.",
                {
                    var payload = Optional(try samples.summary(.target(.open))).payload
                    // Flag (1), name (6), certificate behind its length, side (1), state.
                    payload[1 + 6 + 1 + samples.certificate.bytes.count + 1] = 5
                    return payload
                }()),
        ]
    }

    private static func reply(
        _ command: DongleCommand, _ status: Frame.Status, _ payload: [UInt8]
    ) throws -> [UInt8] {
        try Frame(command: command.rawValue, direction: .reply(status), sequence: 7, payload: payload).bytes
    }
}
