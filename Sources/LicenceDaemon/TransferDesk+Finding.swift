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
        var found: [(key: HeldKey, place: Place)] = []
        for place in await mounts.places {
            for key in try await place.keys() where key.number.begins(with: text) { found.append((key, place)) }
        }
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
            throw LicenceError(.noSuchKey, [.licence: text])
        }
        guard found.count == 1 else { throw LicenceError(.keyAmbiguous, [.licence: text]) }
        return first
    }

    /// Every transfer of the places that are here, and of dongles that were here.
    func transfers() async throws -> [(location: Location, transfer: TransferSummary)] {
        var all: [(Location, TransferSummary)] = []
        for place in await mounts.places {
            all += try await place.transfers().map { (place.location, $0) }
        }
        return all + (try await mounts.absentTransfers())
    }

    /// A transfer by its name.
    ///
    /// - Throws: `noSuchTransfer`, `transferAmbiguous`, or `dongleMissing` where it is on a dongle that is not here.
    func transfer(
        named text: String, side: Side, at location: String?
    ) async throws -> (transfer: TransferSummary, place: Place) {
        guard let identifier = TransferIdentifier(text) else {
            throw LicenceError(.noSuchTransfer, [.transfer: text])
        }
        let wanted = try location.map { text throws(LicenceError) in try Location(text) }
        let found = try await transfers().filter {
            $0.transfer.identifier == identifier && side.includes($0.transfer) && (wanted ?? $0.location) == $0.location
        }
        guard let first = found.first else { throw LicenceError(.noSuchTransfer, [.transfer: identifier.description]) }
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

    /// The place that knows which transfer a code belongs to.
    ///
    /// A place that can't tell (LOCKED, or pulled out at this moment) counts only where no other place knows: then its
    /// error is the answer.
    func recognise(_ code: TransferCode) async throws -> (place: Place, transfer: TransferSummary)? {
        var doubt: LicenceError?
        for place in await mounts.places {
            do {
                if let transfer = try await place.recognise(code) { return (place, transfer) }
            } catch {
                doubt = doubt ?? error
            }
        }
        if let doubt { throw doubt }
        return nil
    }

    /// Certificate and secret of a start code; of a short one, the certificate is looked for among those known here.
    func offer(of code: TransferCode) async throws -> (Certificate, [UInt8]) {
        switch code {
        case .start(let code): return (try Certificate(bytes: code.certificate), code.offerSecret)
        case .shortStart(let code):
            for place in await mounts.places {
                for certificate in try await place.transfers().map(\.certificate)
                where code.verifies(certificateHash: certificate.hash) {
                    return (certificate, code.offerSecret)
                }
            }
            throw LicenceError(.certificateUnknown)
        default: throw Self.unexpected
        }
    }

    /// Why a code that nobody here knows is refused: where a dongle that is not here waits for such a code, it is named.
    func missing(
        waiting state: WaitingState, or code: LicenceError.Code, _ read: ReadCode, instead: LicenceError? = nil
    ) async throws -> LicenceError {
        let waiting = try await mounts.absentTransfers().filter { state.includes($0.transfer) }
        guard case .usb(let serial)? = waiting.first?.location else {
            return Self.suspecting(read, instead ?? LicenceError(code))
        }
        return LicenceError(.dongleMissing, [.serial: serial.description])
    }

    /// What an absent dongle may be waiting for.
    enum WaitingState {
        case offered, open

        func includes(_ transfer: TransferSummary) -> Bool {
            switch (self, transfer.standing) {
            case (.offered, .source(.offered)), (.offered, .source(.released)), (.open, .target(.open)): true
            default: false
            }
        }
    }

    // MARK: - Codes

    /// Reads the code in a text.
    static func read(_ text: String, expecting kind: CodeKind?) throws -> ReadCode {
        do {
            return try CodeReader.read(text, expecting: kind)
        } catch {
            throw LicenceError(error)
        }
    }

    /// A repaired code that was refused may have been repaired wrongly: then the repaired lines are named.
    static func suspecting(_ read: ReadCode, _ error: LicenceError) -> LicenceError {
        guard !read.repairedLines.isEmpty else { return error }
        return LicenceError(error.code, error.parameters.mapValues { $0 })
            .with(.suspects, read.repairedLines.map(String.init).joined(separator: ", "))
    }

    /// Runs a step with a code; where it is refused, names the lines that were repaired.
    func naming<Answer: Sendable>(_ read: ReadCode, _ body: () async throws -> Answer) async throws -> Answer {
        do {
            return try await body()
        } catch let error as LicenceError {
            throw Self.suspecting(read, error)
        }
    }

    /// The operator gave the fingerprint that the other side sees; it has to be the request's.
    static func compare(_ given: String, _ transfer: TransferSummary) throws(LicenceError) {
        guard Fingerprint(given) == transfer.fingerprint else {
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
