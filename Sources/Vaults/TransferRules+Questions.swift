package import Licensing
package import TransferCodes

/// What a vault is asked without anything changing.
extension TransferRules {
    /// The transfer of this vault that `code` belongs to; for a request code, with that request's fingerprint.
    package func recognise(_ code: TransferCode) throws(LicenceError) -> TransferSummary? {
        switch code {
        case .start, .shortStart: nil
        case .request(let code): try answered(by: code).map { $0.summary(answering: code) }
        case .activation(let code): try match(code).transfer?.summary
        case .returning(let code): try answered(by: code)?.summary
        case .receipt(let code): try awaiting(code)?.summary
        }
    }

    /// Every transfer of the vault, oldest first.
    package func transfers() throws(LicenceError) -> [TransferSummary] {
        let all = try vault.outgoing().map(\.summary) + vault.incoming().map(\.summary)
        return all.sorted { ($0.begun, $0.identifier) < ($1.begun, $1.identifier) }
    }

    /// The proof that the key is here.
    package func prove(
        _ licence: LicenceNumber, _ challenge: ProofChallenge
    ) throws(LicenceError) -> ProofAnswer {
        guard let key = try vault.keys().first(where: { $0.number == licence }) else {
            throw LicenceError(.noSuchKey, [.licence: licence.description])
        }
        return try ProofAnswer(
            try vault.seed(of: licence).agreementKey, with: challenge.point, certificate: key.certificate,
            nonce: challenge.nonce, lease: challenge.lease)
    }

    /// Takes in a key that the vendor has just made.
    ///
    /// - Throws: `keyAlreadyHere`, `vaultFull`, and `certificateMalformed` where the certificate is not the seed's.
    package func mint(_ certificate: Certificate, _ seed: Seed) throws(LicenceError) -> Plan<HeldKey> {
        guard seed.agreementKey.point == certificate.publicKey else {
            throw LicenceError(.certificateMalformed, [.reason: "it is not the certificate of this key"])
        }
        try requireAbsent(certificate.number)
        try requireRoomForKey()
        let key = HeldKey(certificate: certificate, since: occasion.now)
        return Plan(
            changes: [.insertKey(key, seed)],
            history: [
                HistoryEntry(event: .minted, licence: certificate.number, transfer: nil, occasion: occasion)
            ],
            outcome: .success(key))
    }
}
