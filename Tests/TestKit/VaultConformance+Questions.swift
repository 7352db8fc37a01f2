import Crypto
import Licensing
import Testing
import TransferCodes
import Vaults

/// What a vault is asked without anything changing.
extension VaultConformance {
    static let questions = [
        VaultConformance("a new vault is empty, in order, and says what it is") { make in
            let serial = try #require(SerialNumber("NEW-1"))
            let capacity = VaultCapacity(keys: 5, records: 7)
            let vault = try make(.usb(serial), capacity, DeterministicRandom(seed: 9).source).vault
            let status = try vault.status()
            #expect(status.location == .usb(serial))
            #expect(status.capacity == capacity)
            #expect(status.lockedReason == nil)
            #expect(try vault.keys().isEmpty)
            #expect(try vault.transfers().isEmpty)
        },
        VaultConformance("keys are listed by number, transfers oldest first") { make in
            let bench = try TransferBench(make)
            var keys = [bench.key]
            for name in ["second", "third", "fourth"] {
                keys.append(try bench.mint(try bench.vendor.key(name), into: bench.source))
            }
            #expect(try bench.numbers(bench.source) == keys.map(\.number).sorted())
            let order = [2, 0, 3, 1].map { keys[$0] }
            let names = try order.map { try bench.name(try bench.offer($0)) }
            #expect(try bench.source.vault.transfers().map(\.identifier) == names)
        },
        VaultConformance("each code is recognised by the vault that it is to be loaded in, and by no other") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            let short = try ShortStartCode(
                offerSecret: start.offerSecret, certificateHash: bench.key.certificate.hash)
            let request = try bench.request(start)
            try bench.recognises(.start(start), at: nil)
            try bench.recognises(.shortStart(short), at: nil)
            try bench.recognises(.request(request), at: bench.source)
            let activation = try bench.release(request)
            try bench.recognises(.request(request), at: bench.source)
            try bench.recognises(.activation(activation), at: bench.target)
            try bench.changes(bench.target, .activate(activation))
            try bench.recognises(.activation(activation), at: bench.target)
            let receipt = try bench.receipt(start)
            try bench.recognises(.receipt(receipt), at: bench.source)
            try bench.changes(bench.source, .settle(receipt))
            try bench.recognises(.receipt(receipt), at: bench.source)
            // A request that nothing answers is not counted either.
            try bench.recognises(.request(try ForgedRequest.guess(1, at: request)), at: nil)
        },
        VaultConformance("the source tells a request's fingerprint before it releases, and each request's own") {
            make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            let first = try bench.changes(bench.target, bench.step(start))
            let second = try bench.changes(bench.other, bench.step(start))
            #expect(first.transfer.fingerprint != second.transfer.fingerprint)
            for answer in [first, second] {
                let seen = try #require(try bench.source.vault.recognise(.request(answer.requestCode)))
                #expect(seen.fingerprint == answer.transfer.fingerprint)
                #expect(seen.standing == .source(.offered))
            }
        },
        VaultConformance("a return code is recognised where it takes the key back, before and after") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            let request = try bench.request(start)
            let activation = try bench.release(request)
            let code = try bench.decline(start)
            try bench.recognises(.returning(code), at: bench.source)
            try bench.recognises(.activation(activation), at: bench.target)
            try bench.changes(bench.source, .reclaim(code))
            try bench.recognises(.returning(code), at: bench.source)
        },
        VaultConformance("a proof verifies with the certificate and this challenge, and with nothing else") { make in
            let bench = try TransferBench(make)
            let application = try #require(AgreementKey(Secret(DeterministicRandom(seed: 5).bytes(32))))
            let (nonce, lease) = ([UInt8](1...32), [UInt8](repeating: 9, count: ProofChallenge.leaseSize))
            let before = try VaultSnapshot(bench.source.vault)
            let answer = try bench.source.vault.prove(
                bench.key.number, try ProofChallenge(nonce: nonce, point: application.point.bytes, lease: lease))
            #expect(try VaultSnapshot(bench.source.vault) == before)

            func expected(_ key: TestKey, _ nonce: [UInt8], _ lease: [UInt8]) throws -> ProofAnswer {
                try ProofAnswer(
                    application, with: key.certificate.publicKey, certificate: key.certificate, nonce: nonce,
                    lease: lease)
            }
            #expect(answer == (try expected(bench.key, nonce, lease)))
            #expect(answer != (try expected(try bench.vendor.key("second"), nonce, lease)))
            #expect(answer != (try expected(bench.key, nonce.reversed(), lease)))
            #expect(answer != (try expected(bench.key, nonce, lease.map { $0 + 1 })))
        },
        VaultConformance("only a vault that holds the key proves it") { make in
            let bench = try TransferBench(make)
            let application = try #require(AgreementKey(Secret(DeterministicRandom(seed: 5).bytes(32))))
            let challenge = try ProofChallenge(
                nonce: [UInt8](1...16), point: application.point.bytes, lease: [UInt8](1...16))
            #expect(try bench.proves(bench.source, challenge))
            let start = try bench.offer()
            let request = try bench.request(start)
            #expect(try bench.proves(bench.source, challenge))
            #expect(try !bench.proves(bench.target, challenge))
            let activation = try bench.release(request)
            #expect(try !bench.proves(bench.source, challenge))
            #expect(try !bench.proves(bench.target, challenge))
            try bench.changes(bench.target, .activate(activation))
            #expect(try !bench.proves(bench.source, challenge))
            #expect(try bench.proves(bench.target, challenge))
        },
    ]
}
