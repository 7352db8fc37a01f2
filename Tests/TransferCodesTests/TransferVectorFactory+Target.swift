import Licensing
import TestKit
import TransferCodes

/// The steps at the target.
extension TransferVectorFactory {
    // MARK: Request

    func requests() throws -> [TransferVector] {
        let trusted = "\(Crockford.text(vendor.vendor.publicKey, characters: 52)) \(vendor.vendor.name)"
        func request(
            _ name: String, _ title: String, _ expect: String, _ code: TransferCode, has certificate: [UInt8]? = nil,
            vendors: [String]? = nil, answer: TransferCode? = nil
        ) -> TransferVector {
            TransferVector(
                name: "crypto-request-\(name)",
                file: VectorFile(
                    [("title", title), ("step", "request"), ("e", CodeVector.hex(transfer.requestSecret))]
                        + (vendors ?? [trusted]).map { ("vendor", $0) }
                        + (certificate.map { [("certificate", CodeVector.hex($0))] } ?? []) + [("expect", expect)]
                        + (answer?.lines ?? []).map { ("answer", $0) }, input: Self.text(code)))
        }
        func start(_ certificate: String) throws -> TransferCode {
            .start(
                try StartCode(offerSecret: transfer.offerSecret, certificate: try Self.certificate(certificate)))
        }
        guard case .shortStart(let short) = try transfer.shortStart else { return [] }
        func shortened(id: UInt8, check: UInt8) throws -> TransferCode {
            var (identifier, sum) = (short.certificateID, short.check)
            identifier[0] ^= id
            sum[3] ^= check
            return .shortStart(
                try ShortStartCode(offerSecret: short.offerSecret, certificateID: identifier, check: sum))
        }
        return [
            request("start", "a start code", "success", try transfer.start, answer: try transfer.request),
            request(
                "short-start", "a short start code", "success", try transfer.shortStart, has: transfer.certificate,
                answer: try transfer.request),
            request(
                "short-start-other-certificate", "a short start code, and another certificate is here",
                "certificate-unknown", try transfer.shortStart, has: another.certificate),
            request(
                "short-start-no-certificate", "a short start code, and no certificate is here", "certificate-unknown",
                try transfer.shortStart),
            request(
                "short-start-wrong-id", "a short start code with a wrong certificate id", "certificate-unknown",
                try shortened(id: 0x80, check: 0), has: transfer.certificate),
            request(
                "short-start-wrong-check", "a short start code with a wrong check", "certificate-unknown",
                try shortened(id: 0, check: 1), has: transfer.certificate),
            request(
                "certificate-format", "a certificate of another format", "certificate-too-new",
                try start("frame-format-2")),
            request(
                "certificate-cut-short", "a certificate that is cut short", "certificate-malformed",
                try start("frame-cut-short")),
            request(
                "certificate-low-order", "a certificate whose public key is of low order", "certificate-malformed",
                try start("point-low-order-03")),
            request(
                "certificate-above-prime", "a certificate whose public key is not canonical", "certificate-malformed",
                try start("point-above-prime")),
            request(
                "signature", "a certificate whose signature is wrong", "signature-wrong",
                try start("signature-first-bit")),
            request(
                "vendor", "a certificate of a vendor who is not trusted", "vendor-unknown", try transfer.start,
                vendors: []),
        ]
    }

    // MARK: Activate

    func activations() throws -> [TransferVector] {
        func activate(
            _ name: String, _ title: String, _ expect: String, _ maskedSeed: [UInt8], _ tag: [UInt8],
            state: String = "open"
        ) throws -> TransferVector {
            TransferVector(
                name: "crypto-activate-\(name)",
                file: VectorFile(
                    [
                        ("title", title), ("step", "activate"),
                        ("certificate", CodeVector.hex(transfer.certificate)),
                        ("s", CodeVector.hex(transfer.offerSecret)), ("e", CodeVector.hex(transfer.requestSecret)),
                        ("state", state), ("expect", expect),
                    ],
                    input: Self.text(.activation(try ActivationCode(maskedSeed: maskedSeed, tag: tag)))))
        }
        func flipped(_ bytes: [UInt8], _ bit: Int) -> [UInt8] {
            var bytes = bytes
            bytes[bit / 8] ^= 0x80 >> UInt8(bit % 8)
            return bytes
        }
        let (masked, tag) = (try transfer.maskedSeed, try transfer.tag)
        var withoutHeader = transfer
        withoutHeader.offerSecret = Array(transfer.offerSecret.reversed())
        var vectors = [
            try activate("right", "the right activation code", "success", masked, tag),
            try activate(
                "declined", "the right activation code after the request was declined", "request-declined", masked, tag,
                state: "declined"),
            try activate(
                "other-machine", "an activation code for another machine", "activation-for-another-request",
                try elsewhere.maskedSeed, try elsewhere.tag),
            try activate(
                "other-key", "an activation code of another transfer", "activation-for-another-request",
                try another.maskedSeed, try another.tag),
            try activate(
                "other-offer", "an activation code for another offer of the same key",
                "activation-for-another-request", try withoutHeader.maskedSeed, try withoutHeader.tag),
            try activate("bare-seed", "the seed itself", "activation-wrong", transfer.seed, tag),
            try activate(
                "other-seed", "the seed of another key, hidden rightly", "activation-wrong",
                zip(another.seed, try transfer.activationKey).map { $0 ^ $1 }, tag),
            try activate(
                "escrow", "the escrow in place of the hidden seed", "activation-wrong", try transfer.escrow, tag),
            try activate(
                "zero", "zeros in place of the hidden seed", "activation-wrong", [UInt8](repeating: 0, count: 16), tag),
        ]
        for bit in [0, 63, 127] {
            vectors.append(
                try activate(
                    "act-bit-\(bit)", "bit \(bit) of act is wrong", "activation-wrong", flipped(masked, bit), tag))
        }
        for bit in [0, 5, 11] {
            vectors.append(
                try activate(
                    "tag-bit-\(bit)", "bit \(bit) of the tag is wrong", "activation-for-another-request", masked,
                    flipped(tag, bit)))
        }
        return vectors
    }
}
