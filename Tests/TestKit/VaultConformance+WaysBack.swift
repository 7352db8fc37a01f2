import Licensing
import Testing
import TransferCodes
import Vaults

/// Declining a request and taking the key back; a key that comes home by itself.
extension VaultConformance {
    static let waysBack = [
        VaultConformance("declining shows the same return code as often as asked for") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            _ = try bench.request(start)
            let declined = try bench.changes(bench.target, .decline(bench.name(start)))
            #expect(declined.transfer.standing == .target(.declined))
            let code = try declined.returnCode
            #expect(try bench.repeats(bench.target, .decline(bench.name(start))).code == .returning(code))
            #expect(try bench.repeats(bench.target, .show(bench.name(start))).code == .returning(code))
        },
        VaultConformance("an active key can't be declined") { make in
            let bench = try TransferBench(make)
            let start = try bench.move()
            try bench.refuses(bench.target, .decline(bench.name(start)), .notOpen)
        },
        VaultConformance("a return code brings the key back once, and the old request opens nothing") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            let request = try bench.request(start)
            let second = try bench.request(start, at: bench.other)
            _ = try bench.release(request)
            let code = try bench.decline(start)
            let returned = try bench.changes(bench.source, .reclaim(code))
            #expect(returned.transfer.standing == .source(.returned))
            #expect(
                try bench.source.vault.keys()
                    == [HeldKey(certificate: bench.key.certificate, since: returned.transfer.changed)])
            try bench.repeats(bench.source, .reclaim(code))
            let name = try bench.name(start)
            try bench.refuses(bench.source, .release(request), .keyTakenBack)
            try bench.refuses(bench.source, .release(second), .releasedToAnother)
            try bench.refuses(bench.source, .cancel(name), .transferClosed)
            try bench.refuses(bench.source, .close(name), .transferClosed)
            try bench.refuses(bench.source, .show(name), .transferClosed)
            // It is the whole key: it can go another way, and come to the machine that declined it.
            _ = try bench.decline(start, at: bench.other)
            try bench.move(to: bench.other)
            try bench.move(from: bench.other, to: bench.target)
            #expect(try bench.numbers(bench.target) == [bench.key.number])
            // Loaded after the key left again, the return code still changes nothing.
            try bench.repeats(bench.source, .reclaim(code))
            #expect(try bench.numbers(bench.source).isEmpty)
        },
        VaultConformance("a return code that comes before the release is kept, and takes back after it") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            let request = try bench.request(start)
            let code = try bench.decline(start)
            try bench.refuses(bench.source, .reclaim(code), .nothingToTakeBack)
            _ = try bench.release(request)
            try bench.changes(bench.source, .reclaim(code))
            #expect(try bench.numbers(bench.source) == [bench.key.number])
        },
        VaultConformance("a return code is refused where it answers nothing") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            let request = try bench.request(start)
            _ = try bench.request(start, at: bench.other)
            _ = try bench.release(request)
            let otherCode = try bench.decline(start, at: bench.other)
            try bench.refuses(bench.source, .reclaim(otherCode), .returnUnknown)
            let code = try bench.decline(start)
            try bench.refuses(bench.target, .reclaim(code), .returnUnknown)
            try bench.refuses(bench.other, .reclaim(code), .returnUnknown)
            var key = code.returnKey
            key[15] ^= 0x80
            try bench.refuses(
                bench.source, .reclaim(try ReturnCode(returnKey: key, tag: code.tag)), .returnUnknown)
            try bench.changes(bench.source, .reclaim(code))
        },
        VaultConformance("a return code that looks like a closed transfer's is kept while an offer is open") { make in
            let bench = try TransferBench(make)
            let second = try bench.mint(try bench.vendor.key("second"), into: bench.source)
            let closed = try bench.offer(second)
            let activation = try bench.release(try bench.request(closed))
            try bench.changes(bench.target, .activate(activation))
            try bench.changes(bench.source, .settle(try bench.receipt(closed)))
            let start = try bench.offer()
            _ = try bench.request(start)
            // Of 4,096 return codes one has the tag of a given closed transfer.
            let code = try ReturnCode(returnKey: try bench.decline(start).returnKey, tag: activation.tag)
            try bench.refuses(bench.source, .reclaim(code), .nothingToTakeBack)
        },
        VaultConformance("a return code is refused once the source gave up its claim") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            _ = try bench.release(try bench.request(start))
            let code = try bench.decline(start)
            try bench.changes(bench.source, .close(bench.name(start)))
            try bench.refuses(bench.source, .reclaim(code), .transferClosed)
        },
    ]

    static let homecomings = [
        VaultConformance("a key that comes back settles the older record of the same key") { make in
            let bench = try TransferBench(make)
            let away = try bench.move()
            #expect(try bench.standing(of: away, at: bench.source) == .source(.released))
            let home = try bench.move(from: bench.target, to: bench.source)
            #expect(try bench.standing(of: away, at: bench.source) == .source(.settled))
            #expect(try bench.standing(of: home, at: bench.source) == .target(.active))
            #expect(try bench.numbers(bench.source) == [bench.key.number])
        },
        VaultConformance("another key with the same licence number settles nothing of the first one's") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            let request = try bench.request(start)
            let activation = try bench.release(request)
            let number = bench.key.number.rawValue
            let stranger = try TestVendor("Other Works").key("stranger", TestTerms().with { $0.number = number })
            try bench.mint(stranger, into: bench.other)
            try bench.move(stranger, from: bench.other, to: bench.source)
            #expect(try bench.standing(of: start, at: bench.source) == .source(.released))
            #expect(try bench.repeats(bench.source, .release(request)).code == .activation(activation))
        },
        VaultConformance("a key goes round and round") { make in
            let bench = try TransferBench(make)
            for _ in 1...3 {
                try bench.move()
                try bench.move(from: bench.target, to: bench.other)
                let start = try bench.move(from: bench.other, to: bench.source)
                try bench.changes(bench.other, .settle(try bench.receipt(start, at: bench.source)))
            }
            #expect(try bench.numbers(bench.source) == [bench.key.number])
            #expect(try bench.numbers(bench.target).isEmpty)
            #expect(try bench.numbers(bench.other).isEmpty)
        },
        VaultConformance("a key is taken back also where a request for it stands open by an outdated start code") {
            make in
            let bench = try TransferBench(make)
            try bench.move()
            let outdated = try bench.offer(at: bench.target)
            try bench.move(from: bench.target, to: bench.source, anew: true)
            let start = try bench.offer()
            _ = try bench.release(try bench.request(start, at: bench.other))
            _ = try bench.request(outdated, at: bench.source)
            try bench.changes(bench.source, .reclaim(try bench.decline(start, at: bench.other)))
            #expect(try bench.numbers(bench.source) == [bench.key.number])
            _ = try bench.decline(outdated, at: bench.source)
        },
    ]
}
