import Licensing
import Testing
import TransferCodes
import Vaults

/// Answering a start code.
extension VaultConformance {
    static let requests = [
        VaultConformance("the same start code loaded again shows the open request again") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            let first = try bench.changes(bench.target, bench.step(start))
            #expect(first.transfer.standing == .target(.open))
            #expect(first.transfer.fingerprint != nil)
            #expect(try bench.numbers(bench.target).isEmpty)
            #expect(try bench.repeats(bench.target, bench.step(start)).code == first.code)
            #expect(try bench.repeats(bench.target, .show(bench.name(start))).code == first.code)
        },
        VaultConformance("two machines answer one start code with requests of their own") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            #expect(try bench.request(start).point != (try bench.request(start, at: bench.other)).point)
        },
        VaultConformance("a vault does not request a key that it holds or that is on its way from it") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            try bench.refuses(bench.source, bench.step(start), .keyAlreadyHere)
            _ = try bench.release(try bench.request(start))
            try bench.refuses(bench.source, bench.step(start), .keyReleased)
        },
        VaultConformance("one request at a time is open for a licence") { make in
            let bench = try TransferBench(make)
            let older = try bench.offer()
            _ = try bench.request(older)
            let newer = try bench.offer(anew: true)
            try bench.refuses(bench.target, bench.step(newer), .requestAlreadyOpen)
            _ = try bench.decline(older)
            _ = try bench.request(newer)
        },
        VaultConformance("a start code that was declined or made active is refused by name") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            let request = try bench.request(start)
            _ = try bench.request(start, at: bench.other)
            _ = try bench.decline(start, at: bench.other)
            try bench.refuses(bench.other, bench.step(start), .requestDeclined)
            try bench.changes(bench.target, .activate(try bench.release(request)))
            try bench.refuses(bench.target, bench.step(start), .alreadyActive)
        },
        VaultConformance("a start code's secret of another size than 10 bytes is refused") { make in
            let bench = try TransferBench(make)
            for size in [0, 9, 11, 300] {
                let secret = [UInt8](repeating: 7, count: size)
                try bench.refuses(
                    bench.target, .request(bench.key.certificate, offerSecret: secret), .codeMalformed)
            }
        },
    ]
}
