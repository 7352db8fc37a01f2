import Licensing
import Testing
import TransferCodes
import Vaults

/// Taking a key in.
extension VaultConformance {
    static let activations = [
        VaultConformance("an activation makes the key held, and repeated it says since when") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            let activation = try bench.release(try bench.request(start))
            let active = try bench.changes(bench.target, .activate(activation))
            #expect(active.transfer.standing == .target(.active))
            #expect(active.code == nil)
            let held = try bench.target.vault.keys()
            #expect(held == [HeldKey(certificate: bench.key.certificate, since: active.transfer.changed)])
            let again = try bench.repeats(bench.target, .activate(activation))
            #expect(again.transfer == active.transfer)
        },
        VaultConformance("an activation code answers one request and opens nowhere else") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            let request = try bench.request(start)
            _ = try bench.request(start, at: bench.other)
            let activation = try bench.release(request)
            try bench.refuses(bench.other, .activate(activation), .activationForAnotherRequest)
            try bench.refuses(bench.source, .activate(activation), .activationForAnotherRequest)
            try bench.changes(bench.target, .activate(activation))
        },
        VaultConformance("an activation code with one wrong bit is refused, and the right one still opens") { make in
            let bench = try TransferBench(make)
            let activation = try bench.release(try bench.request(try bench.offer()))
            for bit in [0, 7, 64, 127] {
                var masked = activation.maskedSeed
                masked[bit / 8] ^= 1 << UInt8(bit % 8)
                let wrong = try ActivationCode(maskedSeed: masked, tag: activation.tag)
                try bench.refuses(bench.target, .activate(wrong), .activationWrong)
            }
            for bit in 0..<12 {
                var tag = activation.tag
                tag[bit / 8] ^= 0x80 >> UInt8(bit % 8)
                let wrong = try ActivationCode(maskedSeed: activation.maskedSeed, tag: tag)
                try bench.refuses(bench.target, .activate(wrong), .activationForAnotherRequest)
            }
            try bench.changes(bench.target, .activate(activation))
        },
        VaultConformance("once declined, the activation code opens nothing any more") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            let activation = try bench.release(try bench.request(start))
            _ = try bench.decline(start)
            try bench.refuses(bench.target, .activate(activation), .requestDeclined)
            #expect(try bench.numbers(bench.target).isEmpty)
        },
        VaultConformance("of several open requests the one that was answered becomes active") { make in
            let bench = try TransferBench(make)
            let second = try bench.mint(try bench.vendor.key("second"), into: bench.source)
            let starts = try [bench.key, second].map { try bench.offer($0) }
            let requests = try starts.map { try bench.request($0) }
            try bench.changes(bench.target, .activate(try bench.release(requests[1])))
            #expect(try bench.standing(of: starts[0], at: bench.target) == .target(.open))
            #expect(try bench.standing(of: starts[1], at: bench.target) == .target(.active))
            #expect(try bench.numbers(bench.target) == [second.number])
        },
    ]

    /// The receipt and what it does at the source.
    static let receipts = [
        VaultConformance("a receipt is there once the key is active, and settles the source for good") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            let request = try bench.request(start)
            let name = try bench.name(start)
            try bench.refuses(bench.target, .receipt(name), .receiptNotYet)
            let activation = try bench.release(request)
            try bench.changes(bench.target, .activate(activation))
            let receipt = try bench.receipt(start)
            #expect(try bench.repeats(bench.target, .receipt(name)).code == .receipt(receipt))
            #expect(try bench.repeats(bench.target, .show(name)).code == .receipt(receipt))

            let settled = try bench.changes(bench.source, .settle(receipt))
            #expect(settled.transfer.standing == .source(.settled))
            #expect(settled.code == nil)
            try bench.repeats(bench.source, .settle(receipt))
            try bench.repeats(bench.source, .close(name))
            try bench.refuses(bench.source, .release(request), .transferClosed)
            try bench.refuses(bench.source, .show(name), .transferClosed)
            try bench.refuses(bench.source, .cancel(name), .transferClosed)
            try bench.refuses(bench.source, .offer(bench.key.number, anew: false), .noSuchKey)
            #expect(try bench.repeats(bench.target, .receipt(name)).code == .receipt(receipt))
        },
        VaultConformance("a receipt is refused where nothing waits for it, and with one wrong bit") { make in
            let bench = try TransferBench(make)
            let start = try bench.move()
            let receipt = try bench.receipt(start)
            try bench.refuses(bench.other, .settle(receipt), .receiptUnknown)
            try bench.refuses(bench.target, .settle(receipt), .receiptUnknown)
            var bytes = receipt.receipt
            bytes[0] ^= 1
            try bench.refuses(bench.source, .settle(try ReceiptCode(receipt: bytes)), .receiptUnknown)
            #expect(try bench.standing(of: start, at: bench.source) == .source(.released))
        },
        VaultConformance("a declined request has no receipt") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            _ = try bench.request(start)
            _ = try bench.decline(start)
            try bench.refuses(bench.target, .receipt(bench.name(start)), .receiptNotYet)
        },
        VaultConformance("closing without a receipt needs a released key, and gives up the way back") { make in
            let bench = try TransferBench(make)
            let start = try bench.offer()
            let name = try bench.name(start)
            try bench.refuses(bench.source, .close(name), .notReleased)
            let request = try bench.request(start)
            let activation = try bench.release(request)
            let closed = try bench.changes(bench.source, .close(name))
            #expect(closed.transfer.standing == .source(.settled))
            try bench.repeats(bench.source, .close(name))
            try bench.refuses(bench.source, .release(request), .transferClosed)
            // The activation code that was written down before still opens its request.
            try bench.changes(bench.target, .activate(activation))
            let withdrawn = try bench.offer(at: bench.target)
            try bench.changes(bench.target, .cancel(bench.name(withdrawn)))
            try bench.refuses(bench.target, .close(bench.name(withdrawn)), .notReleased)
        },
    ]
}
