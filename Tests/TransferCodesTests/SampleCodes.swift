import Testing

@testable import TransferCodes

/// Codes with made-up fields, the same for the same seed.
enum SampleCodes {
    /// A code of the kind; the certificate of a start code has `certificateLength` bytes.
    static func code(
        _ kind: CodeKind, seed: UInt64 = 1, certificateLength: Int = 150, flags: UInt8 = 0
    ) throws -> TransferCode {
        var generator = SeededGenerator(seed: seed &* 64 &+ UInt64(kind.rawValue))
        func bits(_ count: Int) throws -> [UInt8] {
            try #require(leadingBits(count, of: generator.bytes((count + 7) / 8)))
        }
        switch kind {
        case .start:
            return .start(
                try StartCode(offerSecret: generator.bytes(10), certificate: generator.bytes(certificateLength)))
        case .shortStart:
            return .shortStart(
                try ShortStartCode(offerSecret: generator.bytes(10), certificateHash: generator.bytes(32)))
        case .request:
            var point = generator.bytes(32)
            point[31] &= 0x7f
            return .request(try RequestCode(flags: flags, point: point, mac: bits(35)))
        case .activation:
            return .activation(try ActivationCode(maskedSeed: generator.bytes(16), tag: bits(12)))
        case .returning:
            return .returning(try ReturnCode(returnKey: generator.bytes(16), tag: bits(12)))
        case .receipt:
            return .receipt(try ReceiptCode(receipt: bits(65)))
        }
    }

    /// One of each kind.
    static func all(seed: UInt64 = 1) throws -> [TransferCode] {
        try CodeKind.allCases.map { try code($0, seed: seed) }
    }

    /// The lines of a code, one under another.
    static func text(_ code: TransferCode) -> String { code.lines.joined(separator: "\n") + "\n" }
}
