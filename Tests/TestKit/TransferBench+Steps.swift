package import Licensing
package import Testing
package import TransferCodes
package import Vaults

/// The steps of a transfer that go well, each with the code it yields.
extension TransferBench {
    /// Offers `key`, or the bench's own one, at the source unless told otherwise.
    package func offer(
        _ key: TestKey? = nil, at subject: VaultSubject? = nil, anew: Bool = false,
        _ location: SourceLocation = #_sourceLocation
    ) throws -> StartCode {
        try changes(subject ?? source, .offer((key ?? self.key).number, anew: anew), location).startCode
    }

    /// Answers a start code, at the target unless told otherwise.
    package func request(
        _ start: StartCode, at subject: VaultSubject? = nil, _ location: SourceLocation = #_sourceLocation
    ) throws -> RequestCode {
        try changes(subject ?? target, step(start), location).requestCode
    }

    /// Releases to a request, at the source unless told otherwise.
    package func release(
        _ request: RequestCode, at subject: VaultSubject? = nil, _ location: SourceLocation = #_sourceLocation
    ) throws -> ActivationCode {
        try changes(subject ?? source, .release(request), location).activationCode
    }

    /// Declines the request that answered `start`, at the target unless told otherwise.
    package func decline(
        _ start: StartCode, at subject: VaultSubject? = nil, _ location: SourceLocation = #_sourceLocation
    ) throws -> ReturnCode {
        try changes(subject ?? target, .decline(name(start)), location).returnCode
    }

    /// The receipt of the transfer that `start` began, at the target unless told otherwise.
    package func receipt(
        _ start: StartCode, at subject: VaultSubject? = nil, _ location: SourceLocation = #_sourceLocation
    ) throws -> ReceiptCode {
        try repeats(subject ?? target, .receipt(name(start)), location).receiptCode
    }

    /// Moves a key all the way, without the receipt, and returns its start code.
    @discardableResult
    package func move(
        _ key: TestKey? = nil, from: VaultSubject? = nil, to: VaultSubject? = nil, anew: Bool = false,
        _ location: SourceLocation = #_sourceLocation
    ) throws -> StartCode {
        let start = try offer(key, at: from, anew: anew, location)
        let activation = try release(try request(start, at: to, location), at: from, location)
        try changes(to ?? target, .activate(activation), location)
        return start
    }

    /// Whether a vault proves that it holds the bench's key; the only refusal let pass is that it has no such key.
    package func proves(_ subject: VaultSubject, _ challenge: ProofChallenge) throws -> Bool {
        do {
            _ = try subject.vault.prove(key.number, challenge)
            return true
        } catch {
            guard error.code == .noSuchKey else { throw error }
            return false
        }
    }

    /// The step that loads a start code.
    package func step(_ start: StartCode) throws -> TransferStep {
        .request(try Certificate(bytes: start.certificate), offerSecret: start.offerSecret)
    }

    /// The name of the transfer that a start code begins.
    package func name(_ start: StartCode) throws -> TransferIdentifier {
        TransferIdentifier(certificate: try Certificate(bytes: start.certificate), secret: start.offerSecret)
    }

    /// Where the transfer that `start` began stands in a vault; nil where the vault does not know it.
    package func standing(
        of start: StartCode, at subject: VaultSubject
    ) throws -> TransferSummary.Standing? {
        let name = try name(start)
        return try subject.vault.transfers().first { $0.identifier == name }?.standing
    }

    /// The numbers of the keys that a vault holds.
    package func numbers(_ subject: VaultSubject) throws -> [LicenceNumber] {
        try subject.vault.keys().map(\.number)
    }
}
