@testable import TransferCodes

/// Each kind as it is printed.
extension CodeVectorFactory {
    static func plain() throws -> [CodeVector] {
        var vectors = try CodeKind.allCases.map { kind in
            let code = try SampleCodes.code(kind, certificateLength: 137)
            let word = CodeVector.word(kind)
            return success(
                "plain-\(word)", "\(kind.nameWithArticle) as it is printed", code, lines(code), expecting: kind)
        }
        for length in [1, 2, 150] {
            let code = try SampleCodes.code(.start, certificateLength: length)
            vectors.append(
                success(
                    "plain-start-\(length)", "a start code with a certificate of \(length) bytes", code, lines(code)))
        }
        let code = try SampleCodes.code(.request, flags: 5)
        vectors.append(success("plain-request-flags", "a request code with flags", code, lines(code)))
        let zero = TransferCode.activation(
            try ActivationCode(maskedSeed: [UInt8](repeating: 0, count: 16), tag: [0, 0]))
        vectors.append(success("plain-activation-zero", "an activation code of zeros", zero, lines(zero)))
        let ones = TransferCode.receipt(
            try ReceiptCode(receipt: [UInt8](repeating: 0xFF, count: 8) + [0x80]))
        vectors.append(success("plain-receipt-ones", "a receipt code of ones", ones, lines(ones)))
        return vectors
    }
}
