import Licensing
import Testing
import TransferCodes
import Vaults

/// What a vault may hold, and what it forgets to hold more.
extension VaultConformance {
    static let keyCapacity = [
        VaultConformance("an open request keeps its room for the key") { make in
            let bench = try TransferBench(make, target: VaultCapacity(keys: 2, records: 32))
            try bench.mint(try bench.vendor.key("at the target"), into: bench.target)
            let second = try bench.mint(try bench.vendor.key("second"), into: bench.source)
            let starts = try [bench.key, second].map { try bench.offer($0) }
            let request = try bench.request(starts[0])
            try bench.refuses(bench.target, bench.step(starts[1]), .vaultFull)
            try bench.refusesToMint(try bench.vendor.key("minted"), into: bench.target, .vaultFull)
            // Full as it is, it takes in what it has room reserved for.
            try bench.changes(bench.target, .activate(try bench.release(request)))
            #expect(try bench.numbers(bench.target).count == 2)
            try bench.refuses(bench.target, bench.step(starts[1]), .vaultFull)
        },
        VaultConformance("declining gives the reserved room back") { make in
            let bench = try TransferBench(make, target: VaultCapacity(keys: 1, records: 32))
            let second = try bench.mint(try bench.vendor.key("second"), into: bench.source)
            let starts = try [bench.key, second].map { try bench.offer($0) }
            _ = try bench.request(starts[0])
            try bench.refuses(bench.target, bench.step(starts[1]), .vaultFull)
            _ = try bench.decline(starts[0])
            _ = try bench.request(starts[1])
        },
        VaultConformance("a full source takes a key back as soon as there is room again") { make in
            let bench = try TransferBench(make, source: VaultCapacity(keys: 1, records: 32))
            let start = try bench.offer()
            _ = try bench.release(try bench.request(start))
            let code = try bench.decline(start)
            let second = try bench.mint(try bench.vendor.key("second"), into: bench.source)
            try bench.refuses(bench.source, .reclaim(code), .vaultFull)
            try bench.move(second)
            try bench.changes(bench.source, .reclaim(code))
            #expect(try bench.numbers(bench.source) == [bench.key.number])
        },
        VaultConformance("a key is minted once, and only with its own certificate") { make in
            let bench = try TransferBench(make)
            try bench.refusesToMint(bench.key, into: bench.source, .keyAlreadyHere)
            let second = try bench.vendor.key("second")
            let mixed = TestKey(certificate: second.certificate, seed: bench.key.seed)
            try bench.refusesToMint(mixed, into: bench.source, .certificateMalformed)
            let counter = try bench.source.vault.status().stateCounter
            try bench.mint(second, into: bench.source)
            #expect(try bench.source.vault.status().stateCounter > counter)
            #expect(try bench.numbers(bench.source) == [bench.key.number, second.number].sorted())
        },
    ]

    static let recordCapacity = [
        VaultConformance("the finished transfer that changed longest ago is forgotten first") { make in
            let bench = try TransferBench(make, source: VaultCapacity(keys: 8, records: 3))
            // Finished in another order than begun: the second first, then the first; the third stays open.
            let second = try bench.mint(try bench.vendor.key("second"), into: bench.source)
            let third = try bench.mint(try bench.vendor.key("third"), into: bench.source)
            let fourth = try bench.mint(try bench.vendor.key("fourth"), into: bench.source)
            let starts = try [bench.key, second, third].map { try bench.offer($0) }
            try bench.changes(bench.source, .cancel(bench.name(starts[1])))
            try bench.changes(bench.source, .cancel(bench.name(starts[0])))
            let fresh = try bench.offer(fourth)
            #expect(try bench.standing(of: starts[1], at: bench.source) == nil)
            #expect(try bench.standing(of: starts[0], at: bench.source) == .source(.withdrawn))
            #expect(try bench.standing(of: starts[2], at: bench.source) == .source(.offered))
            #expect(try bench.standing(of: fresh, at: bench.source) == .source(.offered))
        },
        VaultConformance("a transfer that may still be needed is never forgotten") { make in
            let bench = try TransferBench(make, source: VaultCapacity(keys: 8, records: 4))
            let keys = try ["away", "open", "declined", "more"].map { try bench.vendor.key($0) }
            try bench.mint(keys[0], into: bench.source)
            for key in keys.dropFirst() { try bench.mint(key, into: bench.other) }
            let offered = try bench.offer()
            let away = try bench.offer(keys[0])
            _ = try bench.release(try bench.request(away))
            let open = try bench.offer(keys[1], at: bench.other)
            _ = try bench.request(open, at: bench.source)
            let declined = try bench.offer(keys[2], at: bench.other)
            _ = try bench.request(declined, at: bench.source)
            _ = try bench.decline(declined, at: bench.source)

            let more = try bench.offer(keys[3], at: bench.other)
            try bench.refuses(bench.source, bench.step(more), .recordsFull)
            try bench.refuses(bench.source, .offer(bench.key.number, anew: true), .recordsFull)
            let second = try bench.mint(try bench.vendor.key("second"), into: bench.source)
            try bench.refuses(bench.source, .offer(second.number, anew: false), .recordsFull)
            #expect(try bench.source.vault.transfers().count == 4)

            try bench.changes(bench.source, .cancel(bench.name(offered)))
            _ = try bench.request(more, at: bench.source)
            #expect(try bench.standing(of: offered, at: bench.source) == nil)
            #expect(try bench.standing(of: away, at: bench.source) == .source(.released))
            #expect(try bench.standing(of: open, at: bench.source) == .target(.open))
            #expect(try bench.standing(of: declined, at: bench.source) == .target(.declined))
        },
        VaultConformance("settled, returned and active transfers make room, and the keys stay") { make in
            let bench = try TransferBench(make, source: VaultCapacity(keys: 8, records: 3))
            let returned = try bench.offer()
            _ = try bench.release(try bench.request(returned, at: bench.other))
            try bench.changes(bench.source, .reclaim(try bench.decline(returned, at: bench.other)))
            let second = try bench.mint(try bench.vendor.key("second"), into: bench.source)
            let settled = try bench.move(second)
            try bench.changes(bench.source, .settle(try bench.receipt(settled)))
            let third = try bench.mint(try bench.vendor.key("third"), into: bench.other)
            let start = try bench.offer(third, at: bench.other)
            let activation = try bench.release(try bench.request(start, at: bench.source), at: bench.other)
            try bench.changes(bench.source, .activate(activation))

            let offered = try bench.offer()
            #expect(try bench.standing(of: returned, at: bench.source) == nil)
            let again = try bench.offer(third, at: bench.source)
            #expect(try bench.standing(of: settled, at: bench.source) == nil)
            let fourth = try bench.mint(try bench.vendor.key("fourth"), into: bench.source)
            _ = try bench.offer(fourth)
            #expect(try bench.standing(of: start, at: bench.source) == nil)
            #expect(try bench.standing(of: offered, at: bench.source) == .source(.offered))
            #expect(try bench.standing(of: again, at: bench.source) == .source(.offered))
            #expect(
                try bench.numbers(bench.source) == [bench.key.number, third.number, fourth.number].sorted())
            // Of a transfer that is forgotten its codes answer nothing, and take nothing away.
            try bench.refuses(bench.source, .activate(activation), .activationForAnotherRequest)
        },
    ]
}
