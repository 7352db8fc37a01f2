import Licensing
import TestKit
import Testing

@Suite struct SecretTests {
    /// 16 bytes that are easy to find in any form in which they could be printed.
    private let bytes = [UInt8](0xa1...0xb0)

    @Test func neverPrintsWhatItHolds() throws {
        let secret = Secret(bytes)
        let seed = try #require(Seed(bytes))
        let long = Secret(bytes + bytes)
        let agreement = try #require(AgreementKey(long))
        let signing = try #require(VendorSigningKey(name: "Works", secret: long))
        let values: [Any] = [
            secret, seed, [secret], ["key": seed], (seed, secret), agreement, signing,
            Result<Seed, LicenceError>.success(seed),
        ]
        for value in values {
            var dumped = ""
            dump(value, to: &dumped)
            for text in ["\(value)", String(describing: value), String(reflecting: value), dumped] {
                #expect(!Self.shows(text, bytes), "\(text)")
            }
        }
        #expect("\(secret)" == "<16 secret bytes>")
        #expect("\(seed)" == "<16 secret bytes>")
    }

    @Test func theSearchFindsWhatIsPrinted() {
        #expect(Self.shows("\(bytes)", bytes))
        #expect(Self.shows(bytes.hexadecimal, bytes))
    }

    @Test func comparesAndCombines() {
        let secret = Secret(bytes)
        #expect(secret == Secret(bytes))
        #expect(secret != Secret(bytes.reversed()))
        #expect(secret != Secret(bytes + [0]))
        #expect(secret.count == 16)
        #expect(secret.bytes == bytes)
        #expect(secret.combined(with: bytes) == [UInt8](repeating: 0, count: 16))
        #expect(secret.combined(with: bytes.dropLast()) == nil)
        #expect(secret.combined(with: bytes + [0]) == nil)
    }

    @Test func aSeedHas16Bytes() {
        for count in [0, 15, 17, 32] { #expect(Seed([UInt8](repeating: 1, count: count)) == nil) }
    }

    @Test func everyDerivationHasALabelOfItsOwn() {
        let labels = Derivation.allCases.map(\.label)
        #expect(Set(labels).count == labels.count)
        #expect(Derivation.allCases.allSatisfy { $0.rawValue.hasPrefix("alm/1/") })
        // No label is the beginning of another, so that no label with data behind it reads as another one with less.
        for label in Derivation.allCases {
            #expect(!Derivation.allCases.contains { $0 != label && $0.rawValue.hasPrefix(label.rawValue) })
        }
    }

    /// Whether two bytes in a row stand in a text in decimal or hexadecimal, in any of the usual forms.
    private static func shows(_ text: String, _ bytes: [UInt8]) -> Bool {
        let lowered = text.lowercased()
        return zip(bytes, bytes.dropFirst()).contains { first, second in
            let hexadecimal = [first, second].map { String($0, radix: 16) }
            return lowered.contains("\(first), \(second)") || lowered.contains(hexadecimal.joined())
                || lowered.contains("- \(first)\n") || lowered.contains(hexadecimal.joined(separator: " "))
        }
    }
}
