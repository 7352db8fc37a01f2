import Licensing
import Testing
import TransferCodes
import Vaults

/// Offering a key, and taking the offer back.
extension VaultConformance {
    static let offers = [
        VaultConformance("an offered key stays, and the same start code is shown as often as asked for") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            #expect(start.certificate == bench.key.certificate.bytes)
            #expect(try bench.numbers(bench.source) == [bench.key.number])
            #expect(try bench.standing(of: start, at: bench.source) == .source(.offered))
            let again = try bench.repeats(bench.source, .offer(bench.key.number, anew: false))
            #expect(again.code == .start(start))
            #expect(try bench.repeats(bench.source, .show(bench.name(start))).code == .start(start))
        },
        VaultConformance("a fresh start code withdraws the older one, whose request is refused by name") { make in
            let bench = try TransferBench(make)
            let older = try bench.offer()
            let request = try bench.request(older)
            let newer = try bench.offer(anew: true)
            #expect(newer.offerSecret != older.offerSecret)
            #expect(try bench.standing(of: older, at: bench.source) == .source(.withdrawn))
            #expect(try bench.standing(of: newer, at: bench.source) == .source(.offered))
            try bench.refuses(bench.source, .release(request), .requestForOlderStartCode)
            try bench.refuses(bench.source, .show(bench.name(older)), .transferClosed)
            #expect(try bench.numbers(bench.source) == [bench.key.number])
        },
        VaultConformance("a fresh start code may be the first one") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer(anew: true)
            #expect(try bench.standing(of: start, at: bench.source) == .source(.offered))
        },
        VaultConformance("a cancelled offer answers nothing, and cancelling it again changes nothing") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            let request = try bench.request(start)
            let cancelled = try bench.changes(bench.source, .cancel(bench.name(start)))
            #expect(cancelled.transfer.standing == .source(.withdrawn))
            #expect(cancelled.code == nil)
            try bench.repeats(bench.source, .cancel(bench.name(start)))
            try bench.refuses(bench.source, .release(request), .requestForOlderStartCode)
            let fresh = try bench.offer()
            #expect(fresh.offerSecret != start.offerSecret)
        },
        VaultConformance("only a key that is here can be offered") { make in
            let bench = try TransferBench(make)
            try bench.refuses(bench.target, .offer(bench.key.number, anew: false), .noSuchKey)
            let start = try bench.offer()
            _ = try bench.release(try bench.request(start))
            try bench.refuses(bench.source, .offer(bench.key.number, anew: false), .keyReleased)
            try bench.refuses(bench.source, .offer(bench.key.number, anew: true), .keyReleased)
            try bench.refuses(bench.source, .cancel(bench.name(start)), .notOffered)
        },
        VaultConformance("a transfer that a vault does not know is refused by every step that names one") { make in
            let bench = try TransferBench(make)
            let name = try bench.name(try bench.offer())
            for step in [
                TransferStep.cancel(name), .close(name), .show(name), .receipt(name), .decline(name),
            ] {
                try bench.refuses(bench.other, step, .noSuchTransfer)
            }
            // A source knows the transfer, but not as a target, and the other way round.
            try bench.refuses(bench.source, .decline(name), .noSuchTransfer)
            try bench.refuses(bench.source, .receipt(name), .noSuchTransfer)
        },
    ]
}
