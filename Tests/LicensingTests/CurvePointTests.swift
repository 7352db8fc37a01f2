import Crypto
import Licensing
import TestKit
import Testing

@Suite struct CurvePointTests {
    /// What makes a point one of low order: everybody's shared secret with it is zero. swift-crypto lets it pass.
    @Test func exactlyTheRefusedPointsGiveAnAllZeroSecret() throws {
        let privateKey = try Curve25519.KeyAgreement.PrivateKey(
            rawRepresentation: DeterministicRandom(seed: 3).bytes(32))
        func sharedSecretIsZero(_ point: [UInt8]) -> Bool {
            guard let peer = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: point),
                let secret = try? privateKey.sharedSecretFromKeyAgreement(with: peer)
            else { return true }
            return secret.withUnsafeBytes { $0.allSatisfy { $0 == 0 } }
        }
        for point in PointEncodings.lowOrder { #expect(sharedSecretIsZero(point)) }
        for point in PointEncodings.refusedInRequests {
            let refusal = #expect(throws: CurvePoint.Refusal.self) { try CurvePoint(point) }
            #expect((refusal == .lowOrder) == sharedSecretIsZero(point), "\(point)")
        }
    }

    @Test func thereAreTwelveEncodingsOfLowOrderAndAllAreRefused() {
        #expect(PointEncodings.twelve.count == 12)
        #expect(Set(PointEncodings.twelve).count == 12)
        for point in PointEncodings.twelve {
            #expect(throws: CurvePoint.Refusal.self) { try CurvePoint(point) }
        }
        print("shown: \(PointEncodings.twelve.count) encodings")
    }

    @Test func refusesWhatIsNotCanonical() throws {
        for point in PointEncodings.aboveThePrime.dropFirst(2) { refuses(point, .notCanonical) }
        let good = try TestVendor().key("first").certificate.publicKey.bytes
        refuses(good.dropLast() + [good[31] | 0x80], .notCanonical)
        for count in [0, 1, 31, 33, 64] { refuses([UInt8](repeating: 9, count: count), .notCanonical) }
        for point in PointEncodings.lowOrder { refuses(point.dropLast() + [point[31] | 0x80], .lowOrder) }
    }

    @Test func takesTheNeighboursOfWhatItRefuses() throws {
        for decimal in ["2", "9"] { #expect(try CurvePoint(PointEncodings.number(decimal)).bytes.count == 32) }
        var belowMinusOne = PointEncodings.prime
        belowMinusOne[0] -= 2
        #expect(try CurvePoint(belowMinusOne).bytes == belowMinusOne)
    }

    /// The first vector of RFC 7748, section 5.2.
    @Test func agreesAsTheStandardSays() throws {
        let scalar = try bytes("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4")
        let point = try CurvePoint(bytes("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"))
        let key = try #require(AgreementKey(Secret(scalar)))
        let shared = try key.sharedSecret(with: point)
        #expect(try shared.bytes == bytes("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"))
    }

    @Test func anAgreementKeyHas32Bytes() {
        for count in [0, 16, 31, 33] {
            #expect(AgreementKey(Secret([UInt8](repeating: 1, count: count))) == nil)
        }
    }

    private func bytes(_ hexadecimal: String) throws -> [UInt8] { try #require([UInt8](hexadecimal: hexadecimal)) }

    private func refuses(
        _ point: [UInt8], _ refusal: CurvePoint.Refusal, _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(throws: refusal, sourceLocation: location) { try CurvePoint(point) }
    }
}
