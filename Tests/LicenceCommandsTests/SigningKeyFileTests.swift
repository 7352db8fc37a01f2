import Crypto
import Licensing
import Testing

@testable import VendorTools

/// The `.signing-key` file as bytes.
@Suite struct SigningKeyFileTests {
    private let secret = Secret([UInt8](1...32))
    private let passphrase = Secret(Array("correct horse".utf8))
    private let random = RandomSource()
    /// The least cost, so that the tests don't wait.
    private let cost: UInt8 = 10

    private func file(protected: Bool) throws -> SigningKeyFile {
        try SigningKeyFile(
            secret, name: "Example Automation", passphrase: protected ? passphrase : nil, cost: cost,
            randomBytes: random.bytes)
    }

    private func refusal(_ bytes: [UInt8], _ passphrase: Secret?) -> SigningKeyFile.Refusal? {
        do throws(SigningKeyFile.Refusal) {
            _ = try SigningKeyFile(bytes: bytes).key(passphrase: passphrase)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [false, true])
    func givesTheKeyBack(protected: Bool) throws {
        let file = try file(protected: protected)
        #expect(file.isProtected == protected)
        let key = try SigningKeyFile(bytes: file.bytes).key(passphrase: protected ? passphrase : nil)
        #expect(key.vendor == VendorSigningKey(name: "Example Automation", secret: secret)?.vendor)
        #expect(file.bytes.count <= SigningKeyFile.largest)
    }

    @Test func isLargestForTheLongestName() throws {
        let name = String(repeating: "n", count: Vendor.longestName)
        let file = try SigningKeyFile(
            secret, name: name, passphrase: passphrase, cost: cost, randomBytes: random.bytes)
        #expect(file.bytes.count <= SigningKeyFile.largest)
        #expect(try file.key(passphrase: passphrase).vendor.name == name)
    }

    @Test func hasNothingOfTheSecretInItUnderAPassphrase() throws {
        let bytes = try file(protected: true).bytes
        for start in 0...24 {
            #expect(!bytes.contains(secret.bytes[start..<start + 8]))
        }
        #expect(try file(protected: false).bytes.contains(secret.bytes))
    }

    @Test func isAnotherEachTime() throws {
        #expect(try file(protected: true) != file(protected: true))
    }

    @Test func refusesAnotherPassphrase() throws {
        let bytes = try file(protected: true).bytes
        for words in ["", "correct hors", "correct horse ", "Correct horse"] {
            #expect(refusal(bytes, Secret(Array(words.utf8))) == .passphraseWrong)
        }
        #expect(refusal(bytes, nil) == .passphraseNeeded)
    }

    @Test func noticesEveryFlippedBitInClear() throws {
        let bytes = try file(protected: false).bytes
        for index in bytes.indices {
            for bit in 0..<8 {
                var flipped = bytes
                flipped[index] ^= 1 << bit
                #expect(refusal(flipped, nil) != nil, "byte \(index), bit \(bit)")
            }
        }
    }

    /// One bit of each byte, since every look at the file derives its key anew.
    @Test func noticesEveryFlippedByteUnderAPassphrase() throws {
        let bytes = try file(protected: true).bytes
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 1 << (index == bytes.count - 77 ? 0 : index % 8)
            #expect(refusal(flipped, passphrase) != nil, "byte \(index)")
        }
    }

    /// The cost is where the test above takes it to be.
    @Test func namesItsCost() throws {
        let bytes = try file(protected: true).bytes
        #expect(bytes[bytes.count - 77] == cost)
    }

    @Test(arguments: [false, true])
    func noticesEveryLengthThatIsNotItsOwn(protected: Bool) throws {
        let bytes = try file(protected: protected).bytes
        for length in bytes.indices {
            let isMalformed =
                if case .malformed = refusal(Array(bytes.prefix(length)), passphrase) { true } else { false }
            #expect(isMalformed, "\(length) bytes")
        }
        #expect(refusal(bytes + [0], passphrase) != nil)
        #expect(SigningKeyFile(bytes: []).isProtected == nil)
    }

    @Test(arguments: [UInt8(0), 1, 9, 19, 30, 63, 255])
    func readsNoCostThatCouldExhaustTheMachine(cost: UInt8) throws {
        var bytes = try file(protected: true).bytes
        bytes[bytes.count - 77] = cost
        #expect(refusal(bytes, passphrase) == .malformed("its cost \(cost) is not possible"))
        #expect(throws: SigningKeyFile.Refusal.self) {
            try SigningKeyFile(secret, name: "n", passphrase: passphrase, cost: cost, randomBytes: random.bytes)
        }
    }

    @Test func makesFilesOfTheCostThatIsPromised() throws {
        let file = try SigningKeyFile(secret, name: "n", passphrase: passphrase, randomBytes: random.bytes)
        #expect(file.bytes[file.bytes.count - 77] == 17)
    }

    /// RFC 7914, section 12, the third vector: N = 16384, r = 8, p = 1; of its 64 bytes the first 32.
    @Test func derivesAsTheStandardSays() throws {
        let key = PassphraseDerivation.key(
            of: Secret(Array("pleaseletmein".utf8)), salt: Array("SodiumChloride".utf8), cost: 14)
        #expect(
            key?.bytes.hexadecimal == "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2")
    }

    /// What the documentation of the format says, put together by hand.
    @Test func isLaidOutAsDocumented() throws {
        let publicKey = try Curve25519.Signing.PrivateKey(rawRepresentation: secret.bytes).publicKey.rawRepresentation
        let name = Array("Example Automation".utf8)
        var clear = Array("alm signing key 1\n".utf8) + [0, UInt8(name.count)] + name + Array(publicKey) + secret.bytes
        clear += SHA256.hash(data: clear).prefix(16)
        #expect(try file(protected: false).bytes == clear)

        let sealed = try file(protected: true).bytes
        let heading = Array("alm signing key 1\n".utf8) + [1, UInt8(name.count)] + name + Array(publicKey) + [cost]
        #expect(sealed.starts(with: heading))
        let salt = Array(sealed.dropFirst(heading.count).prefix(16))
        let key = try #require(PassphraseDerivation.key(of: passphrase, salt: salt, cost: cost))
        let box = try ChaChaPoly.SealedBox(combined: sealed.dropFirst(heading.count + 16))
        #expect(
            try Array(ChaChaPoly.open(box, using: key.symmetricKey, authenticating: heading + salt)) == secret.bytes)
    }
}
