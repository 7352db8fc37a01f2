import Licensing
import TestKit
import TransferCodes
import Vaults

/// What a deed asks a vault for, and what becomes of a code on its way.
extension World {
    /// The step of a deed; nil where what it refers to is not there.
    func step(_ deed: Deed) throws -> TransferStep? {
        switch deed {
        case .offer(let key, let anew):
            return keys.indices.contains(key) ? .offer(keys[key].number, anew: anew) : nil
        case .decline(let transfer): return transfers[transfer].map { .decline($0) }
        case .cancel(let transfer): return transfers[transfer].map { .cancel($0) }
        case .receipt(let transfer): return transfers[transfer].map { .receipt($0) }
        case .show(let transfer): return transfers[transfer].map { .show($0) }
        case .close(let transfer):
            // Who closes the books of a key that has not arrived gives it up; only what is done rightly is simulated.
            guard let identifier = transfers[transfer], hasArrived(identifier) else { return nil }
            return .close(identifier)
        case .load(let source, let carriage):
            guard let shown = shown[source] else { return nil }
            guard let code = try carry(shown.code, carriage) else {
                note("the code can't be read")
                return nil
            }
            return try load(code)
        default: return nil
        }
    }

    /// The step that loads a code; nil for one whose certificate no machine would take.
    private func load(_ code: TransferCode) throws -> TransferStep? {
        switch code {
        case .start(let code):
            guard let certificate = try? Certificate(bytes: code.certificate),
                keys.contains(where: { $0.certificate == certificate })
            else {
                note("the certificate is refused")
                return nil
            }
            return .request(certificate, offerSecret: code.offerSecret)
        case .shortStart: return nil
        case .request(let code): return .release(code)
        case .activation(let code): return .activate(code)
        case .returning(let code): return .reclaim(code)
        case .receipt(let code): return .settle(code)
        }
    }

    /// Whether the key of a released transfer is active at its target, or was and went on.
    private func hasArrived(_ transfer: TransferIdentifier) -> Bool {
        let released = places.lazy.flatMap(\.view.transfers).first {
            $0.identifier == transfer && $0.standing == .source(.released)
        }
        guard let released else { return true }
        return !places.contains { place in
            place.view.transfers.contains { $0.isAwaiting(released) }
        }
    }

    private func carry(_ code: TransferCode, _ carriage: Carriage) throws -> TransferCode? {
        switch carriage {
        case .whole: return code
        case .typed(let mistakes, let seed):
            report.count(mistakes == 0 ? "typed" : "mistyped")
            let read = try? CodeReader.read(Self.typed(code, mistakes, seed)).code
            guard mistakes > 0 || read == code else {
                throw Fault("a \(code.kind.name) that is typed as it was shown is not read as itself")
            }
            if mistakes > 0, let read { report.count(read == code ? "put-right" : "read-otherwise") }
            return read
        case .flipped(let bit): return Self.flipped(code, bit)
        case .crossed(let other): return shown[other].flatMap { Self.crossed(code, $0.code) }
        }
    }

    /// A code as somebody types it who makes mistakes: wrong characters, missing, doubled and swapped lines.
    private static func typed(_ code: TransferCode, _ mistakes: Int, _ seed: UInt64) -> String {
        var chance = Chance(seed: seed)
        var lines = code.lines
        for _ in 0..<mistakes {
            let line = chance.below(lines.count)
            switch chance.below(12) {
            case 0 where lines.count > 1: lines.remove(at: line)
            case 1: lines.insert(lines[line], at: chance.below(lines.count))
            case 2: lines.swapAt(line, chance.below(lines.count))
            case 3:
                var text = Array(lines[line])
                text.remove(at: chance.below(text.count))
                lines[line] = String(text)
            default:
                var text = Array(lines[line])
                guard let letter = chance.pick("0123456789ABCDEFGHJKMNPQRSTVWXYZ?OIL") else { break }
                text[chance.below(text.count)] = letter
                lines[line] = String(text)
            }
            if lines.isEmpty { break }
        }
        return lines.joined(separator: "\n")
    }

    /// A code with one bit of its fields turned round; nil where that makes no code.
    private static func flipped(_ code: TransferCode, _ bit: Int) -> TransferCode? {
        func turned(_ bytes: [UInt8], _ bits: Int) -> [UInt8] {
            var bytes = bytes
            let place = bit % bits
            bytes[place / 8] ^= 0x80 >> UInt8(truncatingIfNeeded: place % 8)
            return bytes
        }
        switch code {
        case .start(let code):
            return (try? StartCode(offerSecret: turned(code.offerSecret, 80), certificate: code.certificate))
                .map { .start($0) }
        case .shortStart: return nil
        case .request(let code):
            let point = bit % 3 == 0 ? turned(code.point, 248) : code.point
            let mac = bit % 3 == 1 ? turned(code.mac, 35) : code.mac
            return (try? RequestCode(flags: bit % 3 == 2 ? 1 : code.flags, point: point, mac: mac))
                .map { .request($0) }
        case .activation(let code):
            return
                (try? ActivationCode(
                    maskedSeed: bit % 5 > 0 ? turned(code.maskedSeed, 128) : code.maskedSeed,
                    tag: bit % 5 == 0 ? turned(code.tag, 12) : code.tag)).map { .activation($0) }
        case .returning(let code):
            return
                (try? ReturnCode(
                    returnKey: bit % 5 > 0 ? turned(code.returnKey, 128) : code.returnKey,
                    tag: bit % 5 == 0 ? turned(code.tag, 12) : code.tag)).map { .returning($0) }
        case .receipt(let code): return (try? ReceiptCode(receipt: turned(code.receipt, 65))).map { .receipt($0) }
        }
    }

    /// The first half of one code and the second half of another of its kind.
    private static func crossed(_ code: TransferCode, _ other: TransferCode) -> TransferCode? {
        switch (code, other) {
        case (.start(let one), .start(let two)):
            (try? StartCode(offerSecret: one.offerSecret, certificate: two.certificate)).map { .start($0) }
        case (.request(let one), .request(let two)):
            (try? RequestCode(flags: one.flags, point: one.point, mac: two.mac)).map { .request($0) }
        case (.activation(let one), .activation(let two)):
            (try? ActivationCode(maskedSeed: one.maskedSeed, tag: two.tag)).map { .activation($0) }
        case (.returning(let one), .returning(let two)):
            (try? ReturnCode(returnKey: one.returnKey, tag: two.tag)).map { .returning($0) }
        // The way back and the way there hide the same seed in fields of the same form.
        case (.activation(let one), .returning(let two)):
            (try? ReturnCode(returnKey: one.maskedSeed, tag: two.tag)).map { .returning($0) }
        case (.returning(let one), .activation(let two)):
            (try? ActivationCode(maskedSeed: one.returnKey, tag: two.tag)).map { .activation($0) }
        default: nil
        }
    }
}

extension TransferStep {
    /// The step in one word, for counting.
    var word: String {
        switch self {
        case .offer(_, anew: false): "offer"
        case .offer(_, anew: true): "offer-anew"
        case .request: "request"
        case .release: "release"
        case .activate: "activate"
        case .receipt: "receipt"
        case .settle: "settle"
        case .decline: "decline"
        case .reclaim: "reclaim"
        case .cancel: "cancel"
        case .close: "close"
        case .show: "show"
        }
    }
}
