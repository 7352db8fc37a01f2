import Licensing
import TestKit
import Testing
import Vaults

@testable import TransferCodes

/// Two releases in one transfer: it goes through, or it is refused in step 2, before anything changed.
///
/// The later release is played here: its codes have another version or flags, with right line checks and a right mac.
@Suite struct CompatibilityTests {
    private let occasion = Occasion(now: Timestamp(seconds: 1_800_000_000), user: 0)

    /// The lines of a code with its header's version and flags replaced.
    private func later(_ code: TransferCode, version: UInt8, flags: UInt8 = 0) -> String {
        var symbols = code.dataSymbols
        symbols[1] = (version - 1) << 3 | flags
        return String(decoding: CodeVectorFactory.carrying(code.kind.rawValue, symbols), as: UTF8.self)
    }

    private func source(_ key: TestKey) throws -> MemoryVault {
        let vault = MemoryVault(location: .local, random: DeterministicRandom(seed: 1).source)
        try vault.mint(key.certificate, key.seed, on: occasion)
        return vault
    }

    @Test(arguments: 2...4 as ClosedRange<UInt8>)
    func aStartCodeOfALaterVersionIsRefusedInStepTwo(version: UInt8) throws {
        for code in [try SampleCodes.code(.start), try SampleCodes.code(.shortStart)] {
            let text = later(code, version: version)
            #expect(throws: CodeError.unknownVersion(code.kind, version: Int(version))) {
                try CodeReader.read(text, expecting: .start)
            }
            // Typed, it is refused with its first line.
            var typed = TypedCode(expecting: .start)
            let first = String(text.prefix { $0 != "\n" })
            #expect(typed.enter(first) == .refused(.unknownVersion(code.kind, version: Int(version))))
        }
    }

    @Test(arguments: 1...7 as ClosedRange<UInt8>)
    func aStartCodeWithFlagsIsRefusedInStepTwo(flags: UInt8) throws {
        for code in [try SampleCodes.code(.start), try SampleCodes.code(.shortStart)] {
            #expect(throws: CodeError.flagsNotZero(code.kind, flags: flags)) {
                try CodeReader.read(later(code, version: 1, flags: flags), expecting: .start)
            }
        }
    }

    @Test(arguments: 1...7 as ClosedRange<UInt8>)
    func aRequestWithFlagsIsRefusedBeforeTheKeyLeaves(flags: UInt8) throws {
        let key = try TestVendor().key("first")
        let source = try source(key)
        let offered = try source.perform(.offer(key.number, anew: false), on: occasion)
        let start = try offered.startCode
        let transfer = SpecifiedTransfer(key, number: 5)
        let request = try ForgedRequest.request(flags: flags, point: try transfer.point, answering: start)
        let text = TransferCode.request(request).lines.joined(separator: "\n")
        let read = try CodeReader.read(text, expecting: .request).code.requestCode
        let before = source.status()
        #expect { try source.perform(.release(read), on: occasion) } throws: {
            ($0 as? LicenceError)?.code == .requestTooNew
        }
        #expect(source.keys().map(\.number) == [key.number])
        #expect(source.status() == before)
    }

    @Test(arguments: 2...4 as ClosedRange<UInt8>)
    func aRequestOfALaterVersionIsRefusedBeforeTheKeyLeaves(version: UInt8) throws {
        let text = later(try SampleCodes.code(.request), version: version)
        #expect(throws: CodeError.unknownVersion(.request, version: Int(version))) {
            try CodeReader.read(text, expecting: .request)
        }
    }

    /// All that a later target knows of its source is the start code. Here it reads the version out of the first two
    /// symbols, as any release can, and answers in that version.
    @Test func aStartCodeOfVersionOneIsEnoughToAnswerInVersionOne() throws {
        let key = try TestVendor().key("first")
        let source = try source(key)
        let offered = try #require(try source.perform(.offer(key.number, anew: false), on: occasion).code)
        let firstLine = try #require(offered.lines.first)
        let symbols = firstLine.dropFirst(3).utf8.prefix(2).compactMap { Alphabet.value(ofASCII: $0) }
        let (version, flags) = (symbols[1] >> 3 + 1, symbols[1] & 7)
        #expect(version == 1)
        #expect(flags == 0)
        let start = try offered.startCode
        var transfer = SpecifiedTransfer(key, number: 6)
        transfer.offerSecret = start.offerSecret
        let answer = TransferCode.request(
            try ForgedRequest.request(flags: flags, point: try transfer.point, answering: start))
        let request = try CodeReader.read(later(answer, version: version), expecting: .request).code.requestCode
        let released = try source.perform(.release(request), on: occasion)
        #expect(released.code == (try transfer.activation))
    }
}
