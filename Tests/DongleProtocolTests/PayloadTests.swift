import DongleProtocol
import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

/// A payload and how to read it: gives the bytes that the read value is written as.
struct PayloadSample: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let rewritten: @Sendable ([UInt8]) throws -> [UInt8]

    init<Value: Payload & Sendable>(_ name: String, _ value: Value) {
        testDescription = name
        bytes = value.payload
        rewritten = { try Value(payload: $0).payload }
    }

    init(_ request: DongleRequest) {
        let command = request.command
        testDescription = "request \(request)"
        bytes = request.payload
        rewritten = { try DongleRequest(command, payload: $0).payload }
    }

    /// Everything that crosses the cable but errors, which leave out what they do not know.
    static func all() throws -> [PayloadSample] {
        let samples = try Samples()
        let states =
            OutgoingState.allCases.map { TransferSummary.Standing.source($0) }
            + IncomingState.allCases.map { .target($0) }
        let summaries = try states.map { try samples.summary($0) }
        let held = HeldKey(certificate: samples.certificate, since: Timestamp(seconds: .max))
        return try samples.requests().map { PayloadSample($0) } + [
            PayloadSample("hello", try samples.hello()),
            PayloadSample("hello, locked", try samples.hello(lockedReason: "it is a copy")),
            PayloadSample("page of keys", KeyPage(of: [held, held, held], from: 1, stateCounter: 7)),
            PayloadSample("empty page", KeyPage(of: [], from: 0, stateCounter: .max)),
            PayloadSample("page of transfers", TransferPage(of: summaries, from: 0, stateCounter: 1)),
            PayloadSample("no transfer", TransferSummary?.none),
            PayloadSample("proof", try #require(ProofAnswer(bytes: [UInt8](1...32)))),
        ] + summaries.map { PayloadSample("transfer \($0.stateName)", $0) }
            + ([nil] + samples.codes()).map { code in
                PayloadSample(
                    "answer with \(code?.kind.name ?? "no code")",
                    TransferAnswer(transfer: summaries[0], code: code, isRepeat: code == nil))
            }
    }
}

/// Every payload has one form, and nothing else is read as one.
struct PayloadTests {
    @Test(arguments: try PayloadSample.all())
    func isWrittenAsItWasRead(_ sample: PayloadSample) throws {
        #expect(try sample.rewritten(sample.bytes) == sample.bytes)
        #expect(sample.bytes.count <= DongleLimits.payload)
    }

    @Test(arguments: try PayloadSample.all())
    func isRefusedWithAnythingMissingOrLeftOver(_ sample: PayloadSample) throws {
        let taken = (0..<sample.bytes.count).filter { (try? sample.rewritten(Array(sample.bytes.prefix($0)))) != nil }
        #expect(taken.isEmpty)
        #expect(throws: PayloadError.malformed("more than belongs into it")) {
            try sample.rewritten(sample.bytes + [0])
        }
    }

    @Test(arguments: try PayloadSample.all())
    func isEitherRefusedOrReadExactlyWithAnyWrongBit(_ sample: PayloadSample) throws {
        let readAsSomethingElse = (0..<sample.bytes.count * 8).filter { bit in
            var changed = sample.bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            return (try? sample.rewritten(changed)).map { $0 != changed } ?? false
        }
        #expect(readAsSomethingElse.isEmpty)
    }

    @Test func aCodeComesBackTheSame() throws {
        for code in try Samples().codes() { #expect(try TransferCode(payload: code.payload) == code) }
    }

    @Test func aRequestComesBackTheSame() throws {
        for request in try Samples().requests() {
            #expect(try DongleRequest(request.command, payload: request.payload) == request)
        }
    }

    @Test func aPageHasAtMostSixteenItemsAndBeginsWhereItWasAskedTo() throws {
        let key = HeldKey(certificate: try Samples().certificate, since: Timestamp(seconds: 1))
        let list = [HeldKey](repeating: key, count: 40)
        #expect(
            [0, 16, 32, 40, .max].map { KeyPage(of: list, from: $0, stateCounter: 0).items.count } == [16, 16, 8, 0, 0])
        var payload = KeyPage(of: Array(list.prefix(16)), from: 0, stateCounter: 0).payload
        payload[16] = 17
        #expect(throws: PayloadError.malformed("a page of 17 items")) {
            try KeyPage(payload: payload + key.payload)
        }
    }

    @Test func theLargestPayloadsFitIntoAFrame() throws {
        let samples = try Samples()
        let certificate = try TestVendor().key(
            "longest",
            TestTerms().with {
                $0.product = String(repeating: "P", count: LicenceTerms.longestProduct)
                $0.productVersion = String(repeating: "9", count: LicenceTerms.longestVersion)
            }
        ).certificate
        let other = try samples.summary(.source(.released))
        let largest = TransferSummary(
            identifier: other.identifier, certificate: certificate, standing: other.standing, begun: other.begun,
            changed: other.changed, fingerprint: other.fingerprint, isWithheld: true)
        let page = TransferPage(of: [TransferSummary](repeating: largest, count: 99), from: 0, stateCounter: 0)
        let values = Dictionary(
            uniqueKeysWithValues: LicenceError.Parameter.allCases.map {
                ($0, String(repeating: "x", count: 512) as String?)
            })
        let error = LicenceError(.requestForOlderStartCode, values)
        for payload in [page.payload, error.payload] { #expect(payload.count <= DongleLimits.payload) }
        #expect(try LicenceError(payload: error.payload).parameters.count == DongleLimits.errorValues)
    }

    @Test func aCertificateOfALaterFormatIsSaidToBeOne() throws {
        var payload = try Samples().certificate.payload
        payload[1] = 2
        #expect(throws: PayloadError.certificateTooNew("2")) { try Certificate(payload: payload) }
    }

    @Test func textThatCouldSteerATerminalIsNoText() throws {
        let hello = try Samples().hello(lockedReason: "abc")
        let place = hello.payload.count - 2
        for byte: UInt8 in [0x1B, 0x0A, 0x00, 0x7F, 0xFF] {
            var payload = hello.payload
            payload[place] = byte
            #expect(throws: PayloadError.self) { try HelloReply(payload: payload) }
        }
        // U+202E turns the text around that follows.
        let turned = Array(hello.payload.dropLast(3)) + Array("\u{202E}".utf8)
        #expect(throws: PayloadError.self) { try HelloReply(payload: turned) }
    }

    @Test func aReasonThatIsTooLongOrCanNotBePrintedIsMadeToFit() throws {
        let reason = "copied\u{1B}[2J" + String(repeating: "é", count: 200)
        let read = try HelloReply(payload: try Samples().hello(lockedReason: reason).payload)
        let text = try #require(read.lockedReason)
        #expect(text.hasPrefix("copied\u{FFFD}[2Jé"))
        #expect(text.utf8.count == 240 || text.utf8.count == 239)
        #expect(text.hasSuffix("é"))
    }
}
