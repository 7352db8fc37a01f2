import Control
import Licensing
import Logging
import TransferCodes
import Vaults

/// The transfers of this machine: finds the place that a code or a transfer belongs to and has it do the step.
struct TransferDesk: Sendable {
    let mounts: MountTable
    let leases: LeaseTable
    let events: EventLog
    let vendors: VendorFolder
    let certificates: CertificateFolder
    let clock: Clock
    let logger: Logger

    // MARK: - The steps

    /// Source, step 1. The short form of the code leaves the certificate out.
    func offer(_ key: String, anew: Bool, short: Bool = false, by user: UInt32) async throws -> StepEntry {
        let found = try await keys(beginning: key)
        // From now on people carry it.
        await mounts.moveEnds(found.key.number)
        guard short else { return try await perform(.offer(found.key.number, anew: anew), at: found.place, by: user) }
        let answer = try await answer(to: .offer(found.key.number, anew: anew), at: found.place, by: user)
        return try await report(Self.shortened(answer), at: found.place)
    }

    /// Source and target: the code that was made last, once more; of a start code its short form where that is wanted.
    ///
    /// - Throws: `codeWrongKind` where another code is wanted in its short form.
    func show(_ transfer: String, at location: String?, short: Bool, by user: UInt32) async throws -> StepEntry {
        let found = try await self.transfer(named: transfer, side: .either, at: location)
        let answer = try await answer(to: .show(found.transfer.identifier), at: found.place, by: user)
        return try await report(short ? Self.shortened(answer) : answer, at: found.place)
    }

    /// The answer with the short form of its start code.
    private static func shortened(_ answer: TransferAnswer) throws -> TransferAnswer {
        guard case .start(let code)? = answer.code else {
            let name = answer.transfer.identifier.description
            throw LicenceError(
                .codeWrongKind,
                [
                    .expected: CodeKind.shortStart.name, .transfer: name,
                    .reason: "only a start code has a short form, and transfer \(name) has made another code since",
                    .command: "almctl offline-transfer show \(name)",
                ])
        }
        let short = try ShortStartCode(
            offerSecret: code.offerSecret, certificateHash: answer.transfer.certificate.hash)
        return TransferAnswer(transfer: answer.transfer, code: .shortStart(short), isRepeat: answer.isRepeat)
    }

    /// Target: takes in a certificate that a short start code may ask for.
    func importCertificate(_ text: String) async throws -> Calls.ImportCertificate.Reply {
        guard let bytes = [UInt8](hexadecimal: text) else {
            throw LicenceError(.certificateMalformed, [.reason: "it is not in hexadecimal digits"])
        }
        let certificate = try Certificate(bytes: bytes)
        // Whether it is still valid is asked when the key comes; what no vendor here has signed could not be used.
        _ = try vendors.vendors().verify(certificate)
        let terms = certificate.terms
        return Calls.ImportCertificate.Reply(
            name: certificate.name, licence: certificate.number.description, product: terms.product,
            productVersion: terms.productVersion, repeated: try await certificates.keep(certificate))
    }

    /// Target, step 2: checks everything that could make this side refuse later, then asks for the key.
    func request(_ text: String, to location: String, by user: UInt32) async throws -> StepEntry {
        let read = try await read(text, toLoad: .start)
        let place = try await mounts.place(at: Location(location))
        let (certificate, offerSecret) = try await offer(of: read.code)
        try TargetPolicy(vendors: vendors.vendors(), today: clock()).check(certificate)
        return try await perform(
            .request(certificate, offerSecret: offerSecret), at: place, by: user, repairs: read.repairs)
    }

    /// Source, step 3.
    func release(
        _ text: String, fingerprint: String?, evenIfInUse: Bool, by user: UInt32
    ) async throws -> StepEntry {
        let read = try await read(text, toLoad: .request)
        guard case .request(let code) = read.code else { throw Self.unexpected }
        let places = await mounts.places
        guard let (place, transfer) = try await recognise(read.code, among: places) else {
            // No place knows it. The ones with an open offer count the attempt, since somebody may be guessing. A dongle
            // that was plugged in since is not asked: it might know the request, and the key's use was not looked at.
            return try await countWrong(code, read, at: places, by: user)
        }
        if let fingerprint { try Self.compare(fingerprint, transfer) }
        guard transfer.standing == .source(.offered) else {
            // Nothing leaves any more: the same code again, or why not.
            return try await perform(.release(code), at: place, by: user, repairs: read.repairs)
        }
        return try await whileLeaving(transfer.certificate.number, at: place, evenIfInUse: evenIfInUse) {
            try await perform(.release(code), at: place, by: user, repairs: read.repairs)
        }
    }

    /// Target, step 4.
    func activate(_ text: String, by user: UInt32) async throws -> StepEntry {
        let read = try await read(text, toLoad: .activation)
        guard case .activation(let code) = read.code else { throw Self.unexpected }
        guard let (place, _) = try await recognise(read.code) else {
            throw try await missing(waiting: .open, or: LicenceError(.activationForAnotherRequest), read)
        }
        return try await naming(read) {
            try await perform(.activate(code), at: place, by: user, repairs: read.repairs)
        }
    }

    func reclaim(_ text: String, by user: UInt32) async throws -> StepEntry {
        let read = try await read(text, toLoad: .returning)
        guard case .returning(let code) = read.code else { throw Self.unexpected }
        let places = await mounts.places
        if let (place, _) = try await recognise(read.code, among: places) {
            return try await perform(.reclaim(code), at: place, by: user, repairs: read.repairs)
        }
        return try await reclaimUnrecognised(code, read, at: places, by: user)
    }

    func settle(_ text: String, by user: UInt32) async throws -> StepEntry {
        let read = try await read(text, toLoad: .receipt)
        guard case .receipt(let code) = read.code else { throw Self.unexpected }
        guard let (place, _) = try await recognise(read.code) else {
            throw try await missing(waiting: .released, or: LicenceError(.receiptUnknown), read)
        }
        return try await perform(.settle(code), at: place, by: user, repairs: read.repairs)
    }

    /// A step that names its transfer: decline, receipt, cancel, close, show.
    func step(
        _ step: (TransferIdentifier) -> TransferStep, _ transfer: String, side: Side, at location: String?,
        by user: UInt32
    ) async throws -> StepEntry {
        let found = try await self.transfer(named: transfer, side: side, at: location)
        return try await perform(step(found.transfer.identifier), at: found.place, by: user)
    }

    /// What a code is, and the transfer it belongs to where a place here knows it.
    func recognise(_ text: String) async throws -> Calls.Recognise.Reply {
        let reading = try Self.reading(text, expecting: nil)
        let read = try reading.result.mapError { LicenceError($0) }.get()
        let found = try await known(read.code)
        let entry: TransferEntry? =
            if let found { await entry(for: found.transfer, at: found.location) } else { nil }
        return Calls.Recognise.Reply(
            kind: read.code.kind.name, transfer: entry, repairs: read.repairs.map(RepairEntry.init))
    }

    // MARK: - Doing it

    func perform(
        _ step: TransferStep, at place: Place, by user: UInt32, repairs: [Repair] = []
    ) async throws -> StepEntry {
        try await report(try await answer(to: step, at: place, by: user), at: place, repairs: repairs)
    }

    /// What a step came to, as it is told.
    private func report(_ answer: TransferAnswer, at place: Place, repairs: [Repair] = []) async throws -> StepEntry {
        StepEntry(answer, await entry(for: answer.transfer, at: place.location), repairs: repairs)
    }

    /// Has a place do a step, and tells of it.
    func answer(to step: TransferStep, at place: Place, by user: UInt32) async throws -> TransferAnswer {
        let answer = try await place.perform(step, on: Occasion(now: clock(), user: user))
        if !answer.isRepeat {
            logger.info(
                "\(answer.transfer.stateName)",
                metadata: [
                    "transfer": "\(answer.transfer.identifier)", "licence": "\(answer.transfer.certificate.number)",
                    "location": "\(place.location)", "user": "\(user)",
                ])
            await mounts.changed(place, by: answer.transfer)
        }
        return answer
    }

    /// Keeps a licence from being acquired while its key is given up, and ends its leases if it left.
    ///
    /// Whether it did is asked of the place, for a step that fails may have come after the one that gave the key up. A
    /// dongle that was pulled out can't tell; its leases end with it.
    func whileLeaving<Answer: Sendable>(
        _ licence: LicenceNumber, at place: Place, evenIfInUse: Bool, _ body: () async throws -> Answer
    ) async throws -> Answer {
        try await leases.beginLeaving(licence, at: place.location, evenIfInUse: evenIfInUse)
        do {
            let answer = try await body()
            await endLeaving(licence, at: place)
            return answer
        } catch {
            await endLeaving(licence, at: place)
            throw error
        }
    }

    private func endLeaving(_ licence: LicenceNumber, at place: Place) async {
        let isHere = await place.mayHold(licence)
        for lease in await leases.endLeaving(licence, at: place.location, left: !isHere) {
            events.post(
                EventEntry(
                    kind: "released", time: Int(clamping: clock().seconds), location: lease.location.description,
                    licence: licence.description, detail: lease.holder))
        }
    }

    /// Has every place count a request that none of them recognised, and says why it is refused.
    ///
    /// A place may answer it all the same: a dongle that recognises nothing and releases is a device's own affair. Then the
    /// key has left, and what the place answered is all that brings it on.
    private func countWrong(
        _ code: RequestCode, _ read: ReadCode, at places: [Place], by user: UInt32
    ) async throws -> StepEntry {
        var reason = LicenceError(.requestUnknown)
        for place in places {
            do {
                let step = try await perform(.release(code), at: place, by: user, repairs: read.repairs)
                if let licence = LicenceNumber(step.transfer.licence) { await endLeaving(licence, at: place) }
                return step
            } catch let error as LicenceError {
                if error.code != .requestUnknown, error.code != .vaultLocked { reason = error }
            }
        }
        guard reason.code == .requestUnknown else { throw reason.suspecting(read.repairs) }
        throw try await missing(waiting: .offered, or: reason, read)
    }

    /// Asks every place why it refuses a return code that none of them recognised. One place that may yet release to it is
    /// reason enough to keep it, whatever the others say.
    ///
    /// Where somebody released the key since they were asked, the code takes it back after all.
    private func reclaimUnrecognised(
        _ code: ReturnCode, _ read: ReadCode, at places: [Place], by user: UInt32
    ) async throws -> StepEntry {
        var reason = LicenceError(.returnUnknown)
        for place in places {
            do {
                return try await perform(.reclaim(code), at: place, by: user, repairs: read.repairs)
            } catch let error as LicenceError {
                if reason.code != .nothingToTakeBack, error.code != .returnUnknown { reason = error }
            }
        }
        throw try await missing(waiting: .released, or: reason, read)
    }
}
