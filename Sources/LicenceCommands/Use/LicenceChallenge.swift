import Control
import Licensing
import Vaults

/// An application's side of a proof: what it asks, and whether the answer can only have come from where the key is.
struct LicenceChallenge: Sendable {
    private let nonce: [UInt8]
    private let key: AgreementKey

    /// - Parameter randomBytes: so many bytes that nobody can guess.
    init(randomBytes: (Int) -> [UInt8]) {
        nonce = randomBytes(32)
        guard let key = AgreementKey(Secret(randomBytes(32))) else {
            preconditionFailure("the source of random bytes gave another number than asked for")
        }
        self.key = key
    }

    /// The call that carries the challenge.
    func call(for product: String, version: String?, holder: String?) -> Calls.Acquire {
        Calls.Acquire(
            product: product, productVersion: version, holder: holder, nonce: nonce.hexadecimal,
            point: key.point.bytes.hexadecimal)
    }

    /// Makes sure that the licence is what was asked for, and that whoever answered holds its key.
    ///
    /// - Parameters:
    ///   - vendor: who has to have signed it; nil: anyone. Without a vendor, only that some key is there is proved.
    ///   - path: the socket, for the error.
    /// - Throws: `vendorUnknown`, `signatureWrong`, `certificateMalformed`, `certificateTooNew`; `notADaemon` where the
    ///   proof or the licence is another one.
    func check(
        _ reply: Calls.Acquire.Reply, product: String, version: String?, vendor: Vendor?, path: String
    ) throws(LicenceError) {
        func refused(_ reason: String) -> LicenceError { LicenceError(.notADaemon, [.path: path, .reason: reason]) }
        guard let bytes = [UInt8](hexadecimal: reply.certificate) else {
            throw refused("its certificate is not in hexadecimal digits")
        }
        let certificate = try Certificate(bytes: bytes)
        if let vendor { _ = try Vendors([vendor]).verify(certificate) }
        guard certificate.terms.product == product,
            certificate.terms.productVersion == version ?? certificate.terms.productVersion,
            certificate.number.description == reply.licence
        else { throw refused("it gave another licence than was asked for") }
        guard let lease = [UInt8](hexadecimal: reply.lease), lease.count == ProofChallenge.leaseSize,
            let answer = [UInt8](hexadecimal: reply.proof)
        else { throw refused("its proof is not well formed") }
        let expected = try ProofAnswer(
            key, with: certificate.publicKey, certificate: certificate, nonce: nonce, lease: lease)
        // Secrets compare in constant time.
        guard Secret(answer) == Secret(expected.bytes) else {
            throw refused("its proof of licence \(certificate.number) is wrong")
        }
    }
}
