import Licensing
import Testing
import TransferCodes
import Vaults

/// Giving up a key.
extension VaultConformance {
    static let releases = [
        VaultConformance("a release takes the key away, and repeated it shows the identical activation code") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            let open = try bench.changes(bench.target, bench.step(start))
            let request = try open.requestCode
            let released = try bench.changes(bench.source, .release(request))
            let code = try #require(released.code)
            #expect(released.transfer.standing == .source(.released))
            #expect(released.transfer.fingerprint == open.transfer.fingerprint)
            #expect(try bench.numbers(bench.source).isEmpty)
            for step in [TransferStep.release(request), .show(try bench.name(start)), .release(request)] {
                let again = try bench.repeats(bench.source, step)
                #expect(again.code?.lines == code.lines)
            }
        },
        VaultConformance("the activation code is shown again after the target has used it") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            let request = try bench.request(start)
            let activation = try bench.release(request)
            try bench.changes(bench.target, .activate(activation))
            #expect(try bench.repeats(bench.source, .release(request)).code == .activation(activation))
        },
        VaultConformance("the first request released wins; a second machine's is refused as released to another") {
            make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            let first = try bench.request(start)
            let second = try bench.request(start, at: bench.other)
            try bench.changes(bench.target, .activate(try bench.release(first)))
            try bench.refuses(bench.source, .release(second), .releasedToAnother)
            try bench.changes(bench.source, .settle(try bench.receipt(start)))
            try bench.refuses(bench.source, .release(second), .releasedToAnother)
        },
        VaultConformance("a request is refused where its start code was not made") { make in
            let bench = try TransferBench(make)
            let request = try bench.request(try bench.offer())
            try bench.refuses(bench.other, .release(request), .requestUnknown)
            try bench.refuses(bench.target, .release(request), .requestUnknown)
        },
        VaultConformance("of several offered keys the one that was asked for leaves") { make in
            let bench = try TransferBench(make)
            let second = try bench.mint(try bench.vendor.key("second"), into: bench.source)
            let third = try bench.mint(try bench.vendor.key("third"), into: bench.source)
            let starts = try [bench.key, second, third].map { try bench.offer($0) }
            let activation = try bench.release(try bench.request(starts[1]))
            #expect(try bench.numbers(bench.source) == [bench.key.number, third.number].sorted())
            try bench.changes(bench.target, .activate(activation))
            #expect(try bench.numbers(bench.target) == [second.number])
        },
    ]

    static let requestPoints = [
        VaultConformance("a point of low order or in a non-canonical form is refused, and the key stays") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            for point in PointEncodings.refusedInRequests {
                let request = try ForgedRequest.request(point: point, answering: start)
                try bench.refuses(bench.source, .release(request), .requestPointRefused)
            }
            #expect(try bench.numbers(bench.source) == [bench.key.number])
            #expect(try bench.standing(of: start, at: bench.source) == .source(.offered))
            // The forgery itself is sound: with a good point the same way of making a request succeeds.
            let good = try bench.vendor.key("someone").certificate.publicKey.bytes
            _ = try bench.release(try ForgedRequest.request(point: good, answering: start))
        }
    ]

    static let wrongRequests = [
        VaultConformance("the thousandth wrong request withdraws the offer, and is counted per offer") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            let request = try bench.request(start)
            var later: StartCode?
            for attempt in 1..<1000 {
                if attempt == 500 {
                    later = try bench.offer(try bench.mint(try bench.vendor.key("second"), into: bench.source))
                }
                let counter = try bench.source.vault.status().stateCounter
                bench.refusal(bench.source, .release(try ForgedRequest.guess(attempt, at: request)), .requestUnknown)
                #expect(try bench.source.vault.status().stateCounter > counter)
            }
            #expect(try bench.standing(of: start, at: bench.source) == .source(.offered))
            bench.refusal(bench.source, .release(try ForgedRequest.guess(1000, at: request)), .offerGuessed)
            #expect(try bench.standing(of: start, at: bench.source) == .source(.withdrawn))
            #expect(try bench.standing(of: try #require(later), at: bench.source) == .source(.offered))
            #expect(try bench.numbers(bench.source).contains(bench.key.number))
            try bench.refuses(bench.source, .release(request), .requestForOlderStartCode)
            // A fresh offer begins to count anew.
            let fresh = try bench.request(try bench.offer(anew: true), at: bench.other)
            bench.refusal(bench.source, .release(try ForgedRequest.guess(1, at: fresh)), .requestUnknown)
            _ = try bench.release(fresh)
        },
        VaultConformance("where nothing is offered a wrong request changes nothing") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            let request = try bench.request(start)
            try bench.changes(bench.source, .cancel(bench.name(start)))
            try bench.refuses(bench.source, .release(try ForgedRequest.guess(1, at: request)), .requestUnknown)
        },
        VaultConformance("a request with flags asks for what this release can't give") { make in
            let bench = try TransferBench(make)
            let request = try bench.request(try bench.offer())
            let changed = try RequestCode(flags: 1, point: request.point, mac: request.mac)
            bench.refusal(bench.source, .release(changed), .requestTooNew)
            #expect(try bench.numbers(bench.source) == [bench.key.number])
        },
    ]
}
