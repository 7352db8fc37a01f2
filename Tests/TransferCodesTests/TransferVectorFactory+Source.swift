import TestKit
import TransferCodes

/// The steps at the source.
extension TransferVectorFactory {
    // MARK: Release

    func releases() throws -> [TransferVector] {
        func release(
            _ name: String, _ title: String, _ expect: String, _ code: TransferCode, state: String = "offered",
            answer: TransferCode? = nil
        ) -> TransferVector {
            atSource("release-\(name)", title, "release", state, expect, code, answer: answer)
        }
        func request(flags: UInt8 = 0, _ point: [UInt8], mac: [UInt8]? = nil) throws -> TransferCode {
            let right = transfer.authenticator(header: [0x02, 0xE0 | flags], point: point)
            return .request(try RequestCode(flags: flags, point: point, mac: mac ?? right))
        }
        let (point, mac) = (try transfer.point, try transfer.authenticator)
        var (otherSecret, otherCertificate) = (transfer, transfer)
        otherSecret.offerSecret[9] ^= 1
        otherCertificate.certificate = another.certificate
        var vectors = [
            release(
                "right", "the right request code", "success", try transfer.request, answer: try transfer.activation),
            release(
                "again", "the request code that was released to, again", "success", try transfer.request,
                state: "released \(CodeVector.hex(point))", answer: try transfer.activation),
            release(
                "to-another", "a right request code of another machine, after a release", "released-to-another",
                try elsewhere.request, state: "released \(CodeVector.hex(point))"),
            release(
                "withdrawn", "the right request code for an offer that was withdrawn", "request-for-older-start-code",
                try transfer.request, state: "withdrawn"),
            release(
                "no-offer", "a request code where nothing was offered", "request-unknown", try transfer.request,
                state: "held"),
            release(
                "other-secret", "a request code for another start code", "request-unknown", try otherSecret.request),
            release(
                "other-certificate", "a request code for another certificate", "request-unknown",
                try otherCertificate.request),
            release(
                "other-point", "the mac of another point", "request-unknown",
                try request(point, mac: try elsewhere.authenticator)),
            release(
                "other-header", "the mac of a header with flags", "request-unknown",
                try request(point, mac: transfer.authenticator(header: [0x02, 0xE1], point: point))),
        ]
        for bit in [0, 17, 34] {
            var wrong = mac
            wrong[bit / 8] ^= 0x80 >> UInt8(bit % 8)
            vectors.append(
                release(
                    "mac-bit-\(bit)", "bit \(bit) of the mac is wrong", "request-unknown",
                    try request(point, mac: wrong)))
        }
        for line in 1...4 {
            // Every line is right in itself; only the mac tells that one of them is another request's.
            let lines = zip(try transfer.request.lines, try elsewhere.request.lines).enumerated().map { index, pair in
                index + 1 == line ? pair.1 : pair.0
            }
            vectors.append(
                release(
                    "mixed-\(line)", "line \(line) is that of a request code of another machine", "request-unknown",
                    try CodeReader.read(lines.joined(separator: "\n")).code))
        }
        for flags in 1...7 as ClosedRange<UInt8> {
            vectors.append(
                release(
                    "flags-\(flags)", "a request code with flags \(flags) and a right mac", "request-too-new",
                    try request(flags: flags, point)))
        }
        for (index, point) in PointEncodings.refusedInRequests.enumerated() {
            vectors.append(
                release(
                    "point-\(index < 9 ? "0" : "")\(index + 1)",
                    "a point of low order or above the prime, with a right mac", "request-point-refused",
                    try request(point)))
        }
        return vectors
    }

    // MARK: Reclaim and settle

    func waysBack() throws -> [TransferVector] {
        let released = "released \(CodeVector.hex(try transfer.point))"
        func reclaim(
            _ name: String, _ title: String, _ expect: String, _ code: TransferCode, state: String? = nil
        ) -> TransferVector {
            atSource("reclaim-\(name)", title, "reclaim", state ?? released, expect, code)
        }
        func settle(
            _ name: String, _ title: String, _ expect: String, _ code: TransferCode, state: String? = nil
        ) -> TransferVector {
            atSource("settle-\(name)", title, "settle", state ?? released, expect, code)
        }
        func returning(_ key: [UInt8], _ tag: [UInt8]) throws -> TransferCode {
            .returning(try ReturnCode(returnKey: key, tag: tag))
        }
        func flipped(_ bytes: [UInt8], _ bit: Int) -> [UInt8] {
            var bytes = bytes
            bytes[bit / 8] ^= 0x80 >> UInt8(bit % 8)
            return bytes
        }
        let (key, tag, receipt) = (try transfer.returnKey, try transfer.tag, try transfer.receipt)
        var vectors = [
            reclaim("right", "the right return code", "success", try transfer.returning),
            reclaim(
                "too-early", "the right return code before the release", "nothing-to-take-back",
                try transfer.returning, state: "offered"),
            reclaim(
                "withdrawn", "the right return code for an offer that was withdrawn", "nothing-to-take-back",
                try transfer.returning, state: "withdrawn"),
            reclaim(
                "other-machine", "the return code of another machine's request", "return-unknown",
                try elsewhere.returning),
            reclaim(
                "activation-key", "the activation's key in place of the return's", "return-unknown",
                try returning(try transfer.activationKey, tag)),
            settle("right", "the right receipt code", "success", try transfer.receiptCode),
            settle(
                "too-early", "the right receipt code before the release", "receipt-unknown", try transfer.receiptCode,
                state: "offered"),
            settle(
                "other-machine", "the receipt code of another machine's request", "receipt-unknown",
                try elsewhere.receiptCode),
        ]
        for bit in [0, 64, 127] {
            vectors.append(
                reclaim(
                    "key-bit-\(bit)", "bit \(bit) of K_ret is wrong", "return-unknown",
                    try returning(flipped(key, bit), tag)))
        }
        for bit in [0, 11] {
            vectors.append(
                reclaim(
                    "tag-bit-\(bit)", "bit \(bit) of the tag is wrong", "return-unknown",
                    try returning(key, flipped(tag, bit))))
        }
        for bit in [0, 32, 64] {
            vectors.append(
                settle(
                    "bit-\(bit)", "bit \(bit) of the receipt is wrong", "receipt-unknown",
                    .receipt(try ReceiptCode(receipt: flipped(receipt, bit)))))
        }
        return vectors
    }
}
