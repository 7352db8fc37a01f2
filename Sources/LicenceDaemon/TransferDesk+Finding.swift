import Control
import Licensing
import TransferCodes
import Vaults

/// Which side of a transfer a command is for.
enum Side: Sendable, Hashable { case source, target, either }

/// Finding the place that something belongs to.
extension TransferDesk {
    /// A key, by its number or an unambiguous beginning of it.
    ///
    /// - Throws: `noSuchKey`, `keyAmbiguous`, or `keyReleased` where it left with a transfer that is known here.
    func keys(beginning text: String) async throws -> (key: HeldKey, place: Place) {
        let (found, doubt) = try await heldKeys(beginning: text)
        guard let first = found.first else {
            for (location, transfer) in try await transfers() where transfer.certificate.number.begins(with: text) {
                if case .source(.released) = transfer.standing {
                    throw LicenceError(
                        .keyReleased,
                        [
                            .licence: transfer.certificate.number.description, .location: location.description,
                            .transfer: transfer.identifier.description,
                        ])
                }
            }
            throw doubt ?? LicenceError(.noSuchKey, [.licence: text])
        }
        guard found.allSatisfy({ $0.key.number == first.key.number }) else {
            throw LicenceError(.keyAmbiguous, [.licence: text])
        }
        // A store that was restored still lists keys that have left it. It is LOCKED, and the key is where it is not.
        for candidate in found where try await candidate.place.status().lockedReason == nil { return candidate }
        return first
    }

    /// Every key whose number begins so, or every key at all. A dongle that does not answer holds up no other place;
    /// `doubt` is what it said instead.
    func heldKeys(
        beginning text: String?
    ) async throws -> (found: [(key: HeldKey, place: Place)], doubt: LicenceError?) {
        let answers = await mounts.places.sideBySide { place in
            (place, await Self.answer { () throws(LicenceError) in try await place.keys() })
        }
        var found: [(key: HeldKey, place: Place)] = []
        var doubt: LicenceError?
        for (place, answer) in answers {
            switch answer {
            case .success(let keys):
                found += keys.filter { key in text.map(key.number.begins) ?? true }.map { ($0, place) }
            case .failure(let error):
                guard place.location != .local else { throw error }
                doubt = doubt ?? error
            }
        }
        return (found, doubt)
    }

    /// Every transfer of the places that are here, and of dongles that were here or do not answer as they were when last
    /// seen.
    func transfers() async throws -> [(location: Location, transfer: TransferSummary)] {
        let answers = await mounts.places.sideBySide { place in
            (place.location, await Self.answer { () throws(LicenceError) in try await place.transfers() })
        }
        var all: [(location: Location, transfer: TransferSummary)] = []
        var read: Set<Location> = []
        for (location, answer) in answers {
            switch answer {
            case .success(let transfers):
                all += transfers.map { (location, $0) }
                read.insert(location)
            case .failure(let error):
                guard location != .local else { throw error }
            }
        }
        return all + (try await mounts.rememberedTransfers().filter { !read.contains($0.location) })
    }

    /// A transfer by its name.
    ///
    /// - Throws: `noSuchTransfer`, `transferAmbiguous`, `transferOtherSide`, or `dongleMissing` where it is on a dongle
    ///   that is not here.
    func transfer(
        named text: String, side: Side, at location: String?
    ) async throws -> (transfer: TransferSummary, place: Place) {
        guard let identifier = TransferIdentifier(text) else {
            throw LicenceError(.noSuchTransfer, [.transfer: text])
        }
        let wanted = try location.map { text throws(LicenceError) in try Location(text) }
        let named = try await transfers().filter {
            $0.transfer.identifier == identifier && (wanted ?? $0.location) == $0.location
        }
        let found = named.filter { side.includes($0.transfer) }
        guard let first = found.first else {
            guard let other = named.first else {
                throw LicenceError(.noSuchTransfer, [.transfer: identifier.description])
            }
            throw await wrongSide(other.transfer, at: other.location)
        }
        guard found.count == 1 else {
            throw LicenceError(
                .transferAmbiguous,
                [
                    .transfer: identifier.description,
                    .location: found.map(\.location.description).joined(separator: ", "),
                ])
        }
        return (first.transfer, try await mounts.place(at: first.location))
    }

    /// That a transfer is known here from its other side alone.
    private func wrongSide(_ transfer: TransferSummary, at location: Location) async -> LicenceError {
        let entry = await entry(for: transfer, at: location)
        let needed = entry.role == "target" ? "source, which gives the key up" : "target, where the key goes to"
        return LicenceError(
            .transferOtherSide,
            [
                .transfer: entry.transfer, .expected: needed,
                .detail: "its \(entry.role) (\(entry.state) in \(entry.location))",
                .command: entry.next.isEmpty ? "nothing to do; see almctl transfers --all" : entry.next,
            ])
    }

    /// The place that knows which transfer a code belongs to.
    ///
    /// A place that can't tell (LOCKED, or pulled out at this moment) counts only where no other place knows: then its
    /// error is the answer.
    func recognise(
        _ code: TransferCode, among places: [Place]? = nil
    ) async throws -> (place: Place, transfer: TransferSummary)? {
        let asked =
            if let places { places } else { await mounts.places }
        let answers = await asked.sideBySide { place in
            (place, await Self.answer { () throws(LicenceError) in try await place.recognise(code) })
        }
        var doubt: LicenceError?
        for (place, answer) in answers {
            switch answer {
            case .success(let transfer?): return (place, transfer)
            case .success(nil): break
            case .failure(let error): doubt = doubt ?? error
            }
        }
        if let doubt { throw doubt }
        return nil
    }

    private static func answer<Answer>(
        _ question: () async throws(LicenceError) -> Answer
    ) async -> Result<Answer, LicenceError> {
        do {
            return .success(try await question())
        } catch {
            return .failure(error)
        }
    }

    /// Certificate and secret of a start code; of a short one, the certificate is looked for among those known here.
    func offer(of code: TransferCode) async throws -> (Certificate, [UInt8]) {
        switch code {
        case .start(let code): return (try Certificate(bytes: code.certificate), code.offerSecret)
        case .shortStart(let code):
            let known =
                try await heldKeys(beginning: nil).found.map(\.key.certificate)
                + transfers().map(\.transfer.certificate)
            let isMeant = { @Sendable (certificate: Certificate) in code.verifies(certificateHash: certificate.hash) }
            if let certificate = known.first(where: isMeant) { return (certificate, code.offerSecret) }
            guard let certificate = await certificates.certificate(hash: code.certificateID, isMeant) else {
                throw LicenceError(.certificateUnknown, [.detail: Certificate.name(hash: code.certificateID)])
            }
            return (certificate, code.offerSecret)
        default: throw Self.unexpected
        }
    }

    /// Why a code that nobody here knows is refused: where a dongle that is not here waits for such a code, it is named.
    func missing(
        waiting state: WaitingState, or error: LicenceError, _ read: ReadCode
    ) async throws -> LicenceError {
        let waiting = try await mounts.absentTransfers().filter { state.includes($0.transfer) }
        guard case .usb(let serial)? = waiting.first?.location else {
            return error.suspecting(read.repairs)
        }
        return LicenceError(.dongleMissing, [.serial: serial.description])
    }

    /// What an absent dongle may be waiting for.
    enum WaitingState {
        /// A request code.
        case offered
        /// A return code or a receipt.
        case released
        /// An activation code.
        case open

        func includes(_ transfer: TransferSummary) -> Bool {
            switch (self, transfer.standing) {
            case (.offered, .source(.offered)), (.offered, .source(.released)), (.released, .source(.released)),
                (.open, .target(.open)):
                true
            default: false
            }
        }
    }

    // MARK: - Codes

    /// Reads the code in a text that is to be loaded here. One of another kind is refused with what is known of it.
    func read(_ text: String, toLoad kind: CodeKind) async throws -> ReadCode {
        let reading = try Self.reading(text, expecting: kind)
        do throws(CodeError) {
            return try reading.result.get()
        } catch {
            guard let stray = reading.stray else { throw LicenceError(error) }
            let (transfer, product) = await names(of: stray)
            throw LicenceError(wrongKind: stray.kind, expected: kind, transfer: transfer, product: product)
        }
    }

    /// The transfer and the product that a code is of, as far as this machine, or the code itself, tells.
    private func names(of code: TransferCode) async -> (transfer: String?, product: String?) {
        func names(_ certificate: Certificate, _ transfer: TransferIdentifier) -> (String?, String?) {
            let terms = certificate.terms
            return (transfer.description, "\(terms.product) \(terms.productVersion)")
        }
        if let (certificate, secret) = try? await offer(of: code) {
            return names(certificate, TransferIdentifier(certificate: certificate, secret: secret))
        }
        guard let found = try? await known(code) else { return (nil, nil) }
        return names(found.transfer.certificate, found.transfer.identifier)
    }

    /// The transfer that a code belongs to, wherever it is known here; of a start code, the one that it began.
    func known(_ code: TransferCode) async throws -> (location: Location, transfer: TransferSummary)? {
        guard [.start, .shortStart].contains(code.kind) else {
            if let found = try await recognise(code) { return (found.place.location, found.transfer) }
            return await made(code)
        }
        guard let (certificate, secret) = try? await offer(of: code) else { return nil }
        let identifier = TransferIdentifier(certificate: certificate, secret: secret)
        return try await transfers().first { $0.transfer.identifier == identifier }
    }

    /// The transfer whose code this is, where it was made here: who brings a code back to where it comes from has it named.
    private func made(_ code: TransferCode) async -> (location: Location, transfer: TransferSummary)? {
        let candidates = ((try? await transfers()) ?? []).filter { $0.transfer.lastCode == code.kind }
        for (location, transfer) in candidates {
            guard let place = try? await mounts.place(at: location),
                let answer = try? await place.perform(
                    .show(transfer.identifier), on: Occasion(now: clock(), user: 0)),
                answer.code == code
            else { continue }
            return (location, transfer)
        }
        return nil
    }

    /// Reads a text of the length that a call may have.
    ///
    /// - Throws: `codeTooLarge`.
    static func reading(_ text: String, expecting kind: CodeKind?) throws(LicenceError) -> Reading {
        guard text.utf8.count <= Calls.longestCode else {
            throw LicenceError(
                .codeTooLarge,
                [
                    .reason: "the text has \(text.utf8.count) bytes; the daemon reads at most \(Calls.longestCode)",
                    .command: "give only the lines of the code",
                ])
        }
        return CodeReader.reading(Array(text.utf8), expecting: kind)
    }

    /// Runs a step with a code; where it is refused, names the lines that were repaired.
    func naming<Answer: Sendable>(_ read: ReadCode, _ body: () async throws -> Answer) async throws -> Answer {
        do {
            return try await body()
        } catch let error as LicenceError {
            throw error.suspecting(read.repairs)
        }
    }

    /// The operator gave the fingerprint that the other side sees; it has to be the request's.
    static func compare(_ given: String, _ transfer: TransferSummary) throws(LicenceError) {
        guard let fingerprint = Fingerprint(given), fingerprint == transfer.fingerprint else {
            throw LicenceError(.fingerprintDiffers, [.transfer: transfer.identifier.description, .detail: given])
        }
    }

    static let unexpected = LicenceError(.codeNotFound)
}

extension Side {
    func includes(_ transfer: TransferSummary) -> Bool {
        switch (self, transfer.standing) {
        case (.either, _), (.source, .source), (.target, .target): true
        default: false
        }
    }
}

extension TransferSummary {
    /// The code that this side made last for a transfer that is under way; nil where it shows none.
    fileprivate var lastCode: CodeKind? {
        switch standing {
        case .source(.offered): .start
        case .source(.released): .activation
        case .target(.open): .request
        case .target(.declined): .returning
        default: nil
        }
    }
}
