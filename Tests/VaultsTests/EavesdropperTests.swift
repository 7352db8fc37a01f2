import Licensing
import TestKit
import Testing
import TransferCodes

@testable import Vaults

/// Somebody who reads every code that is carried has nothing of which a key could be made.
///
/// That nothing follows from the codes is an argument about the agreement of two secrets (SECURITY.md). What a test can
/// show is that no secret stands in them, at whatever bit, and the seed not under a mask that stands in them as well; and
/// that no vault makes a key of them.
@Suite struct EavesdropperTests {
    /// How a transfer ended of which all codes were read.
    enum Ending: CaseIterable, Sendable { case arrived, takenBack }

    /// A transfer with every code that it has shown, and every secret that its two sides had.
    private struct Overheard {
        let codes: [TransferCode]
        let secrets: [(name: String, bytes: [UInt8])]
        let exchange: TransferExchange
        let seed: [UInt8]

        init(_ ending: Ending) throws {
            // What the target draws: its requests' secrets.
            let record = DrawRecord()
            let bench = try TransferBench { location, capacity, random in
                let isTarget = location.description == "usb:TARGET"
                return VaultSubject(
                    MemoryVault(location: location, capacity: capacity) { count in
                        isTarget ? record.draw(count, from: random) : random(count)
                    })
            }
            let certificate = bench.key.certificate
            let start = try bench.offer()
            let short = try ShortStartCode(offerSecret: start.offerSecret, certificateHash: certificate.hash)
            let request = try bench.request(start)
            let activation = try bench.release(request)
            let last: TransferCode
            switch ending {
            case .arrived:
                try bench.changes(bench.target, .activate(activation))
                #expect(try bench.numbers(bench.target) == [bench.key.number])
                let receipt = try bench.receipt(start)
                try bench.changes(bench.source, .settle(receipt))
                last = .receipt(receipt)
            case .takenBack:
                let back = try bench.decline(start)
                try bench.changes(bench.source, .reclaim(back))
                #expect(try bench.numbers(bench.source) == [bench.key.number])
                last = .returning(back)
            }
            codes = [.start(start), .shortStart(short), .request(request), .activation(activation), last]

            let drawn = record.draws
            try #require(drawn.map(\.count) == [32])
            let key = try #require(AgreementKey(Secret(drawn[0])))
            try #require(key.point.bytes == request.point)
            exchange = try TransferExchange(
                key, with: certificate.publicKey, certificate: certificate, offerSecret: start.offerSecret,
                requestHeader: request.header, point: key.point)
            seed = bench.key.seed.secret.bytes
            secrets = [
                ("seed", seed),
                ("private half", Derivation.key.secret(from: bench.key.seed.secret, salt: [], count: 32).bytes),
                ("e", drawn[0]), ("Z", try key.sharedSecret(with: certificate.publicKey).bytes),
                ("K_act", exchange.activationKey.bytes), ("K_ret", exchange.returnKey.bytes),
                ("escrow", try #require(exchange.returnKey.combined(with: seed))),
            ]
        }

        /// Every run of `length` bits that stands in one of the codes.
        func runs(of length: Int) throws -> Set<UInt128> {
            Set(try codes.flatMap { EavesdropperTests.runs(of: length, in: try EavesdropperTests.bits(of: $0)) })
        }
    }

    /// What the characters of a code say, without its check groups, which follow from the rest.
    private static func bits(of code: TransferCode) throws -> [Bool] {
        let alphabet = (UInt8(0)..<32).map(Alphabet.character)
        return try code.codeLines.flatMap { $0.groups.prefix(3).joined() }.flatMap { character in
            let value = try #require(alphabet.firstIndex(of: character))
            return (0..<5).reversed().map { value >> $0 & 1 == 1 }
        }
    }

    private static func bits(of bytes: [UInt8]) -> [Bool] {
        bytes.flatMap { byte in (0..<8).reversed().map { byte >> $0 & 1 == 1 } }
    }

    private static func runs(of length: Int, in bits: [Bool]) -> [UInt128] {
        var (found, run) = ([UInt128](), UInt128(0))
        for (index, bit) in bits.enumerated() {
            run = run << 1 | (bit ? 1 : 0)
            if length < UInt128.bitWidth { run &= 1 << length - 1 }
            if index + 1 >= length { found.append(run) }
        }
        return found
    }

    /// No six bytes of a secret, at whatever bit of either; but for what the return code is there to show.
    @Test(arguments: Ending.allCases) func noPieceOfASecretStandsInTheCodes(_ ending: Ending) throws {
        let overheard = try Overheard(ending)
        let read = try overheard.runs(of: 48)
        func isRead(_ bytes: [UInt8]) -> Bool {
            Self.runs(of: 48, in: Self.bits(of: bytes)).contains(where: read.contains)
        }
        for (name, bytes) in overheard.secrets {
            #expect(isRead(bytes) == (name == "K_ret" && ending == .takenBack), "\(name)")
        }
        // The search finds what is carried.
        for case .start(let start) in overheard.codes {
            #expect(isRead(start.offerSecret))
            #expect(isRead(start.certificate))
        }
        for case .request(let request) in overheard.codes { #expect(isRead(request.point)) }
        #expect(isRead(try #require(overheard.exchange.activationKey.combined(with: overheard.seed))))
        #expect(overheard.codes.map(\.kind).count == 5)
    }

    /// No two pieces of the codes give the seed together, as the activation code and its key would.
    @Test(arguments: Ending.allCases) func theSeedIsNotUnderAMaskThatIsRead(_ ending: Ending) throws {
        let overheard = try Overheard(ending)
        let read = try overheard.runs(of: 128)
        func number(_ bytes: [UInt8]) -> UInt128 { bytes.reduce(0) { $0 << 8 | UInt128($1) } }
        let seed = number(overheard.seed)
        func isMasked(in read: Set<UInt128>) -> Bool { read.contains { read.contains($0 ^ seed) } }
        #expect(read.count > 1000)
        #expect(!isMasked(in: read))
        // The search finds it once the key of the activation code stands there as well, and that of the return code does
        // not help without what the source keeps.
        #expect(isMasked(in: read.union([number(overheard.exchange.activationKey.bytes)])))
        #expect(!isMasked(in: read.union([number(overheard.exchange.returnKey.bytes)])))
        let escrow = try #require(overheard.exchange.returnKey.combined(with: overheard.seed))
        #expect(isMasked(in: read.union([number(overheard.exchange.returnKey.bytes), number(escrow)])))
    }

    /// A vault that is given all codes, in whatever order and twice over, has no key of them.
    @Test(arguments: Ending.allCases) func noVaultMakesAKeyOfTheCodes(_ ending: Ending) throws {
        let overheard = try Overheard(ending)
        let clock = ManualClock()
        var refused: [CodeKind: Set<LicenceError.Code>] = [:]
        var requests = 0
        for (number, order) in Self.orders(of: overheard.codes).enumerated() {
            let vault = MemoryVault(
                location: .local, random: DeterministicRandom(seed: 1000 + UInt64(number)).source)
            for code in order + order {
                do {
                    let answer = try vault.perform(try step(code, overheard), on: clock.occasion())
                    #expect(answer.code?.kind == .request)
                    requests += answer.isRepeat ? 0 : 1
                } catch let error as LicenceError {
                    refused[code.kind, default: []].insert(error.code)
                }
                #expect(vault.keys().isEmpty)
            }
            #expect(try vault.transfers().map(\.standing) == [.target(.open)])
        }
        // Each of them made one request of its own, which its owner would have to bring to the source.
        #expect(requests == 120)
        #expect(refused[.request] == [.requestUnknown])
        #expect(refused[.activation] == [.activationForAnotherRequest])
        #expect(refused[.receipt] == (ending == .arrived ? [.receiptUnknown] : nil))
        #expect(refused[.returning] == (ending == .takenBack ? [.returnUnknown] : nil))
        #expect(refused[.start] == nil && refused[.shortStart] == nil)
    }

    private func step(_ code: TransferCode, _ overheard: Overheard) throws -> TransferStep {
        switch code {
        case .start(let code):
            return .request(try Certificate(bytes: code.certificate), offerSecret: code.offerSecret)
        case .shortStart(let code):
            // Who hears the long one has the certificate.
            let certificates = try overheard.codes.compactMap { code -> Certificate? in
                if case .start(let start) = code { try Certificate(bytes: start.certificate) } else { nil }
            }
            return .request(try #require(certificates.first), offerSecret: code.offerSecret)
        case .request(let code): return .release(code)
        case .activation(let code): return .activate(code)
        case .returning(let code): return .reclaim(code)
        case .receipt(let code): return .settle(code)
        }
    }

    private static func orders<Element>(of elements: [Element]) -> [[Element]] {
        guard !elements.isEmpty else { return [[]] }
        return elements.indices.flatMap { index in
            var rest = elements
            let first = rest.remove(at: index)
            return orders(of: rest).map { [first] + $0 }
        }
    }
}
