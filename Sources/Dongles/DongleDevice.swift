package import DongleProtocol
package import Licensing
package import Vaults

/// The device side of the protocol: frames in, frames out, over any vault.
///
/// It remembers nothing from one frame to the next but what the vault stores, so that a cable can be pulled anywhere. It
/// takes any bytes; what is no request gets a reply that says so.
package final class DongleDevice {
    /// The dongle's serial number.
    package let serial: SerialNumber
    /// Whether the medium takes what is written to it; a fault can be asked for.
    package var storage = Storage.working
    /// Set once the disk under the vault has failed. The dongle is of no use then until it is plugged in again, because
    /// what is on the disk is known only after reading it anew.
    package private(set) var failure: LicenceError?
    private let vault: any Vault

    /// What the medium is like.
    package enum Storage: Sendable, Hashable {
        /// As it has to be.
        case working
        /// There is no room left on it.
        case full
        /// It can't be written to.
        case readOnly
    }

    /// A dongle with what `vault` holds, whose location has to be `usb:SERIAL`.
    ///
    /// - Throws: `noSuchLocation` where it is not, and what the vault throws when it is asked.
    package init(_ vault: any Vault) throws(LicenceError) {
        let location = try vault.status().location
        guard case .usb(let serial) = location else {
            throw LicenceError(.noSuchLocation, [.location: location.description])
        }
        self.serial = serial
        self.vault = vault
    }

    /// The frame that answers `bytes`.
    package func reply(to bytes: [UInt8]) -> [UInt8] {
        guard let frame = try? Frame(bytes: bytes) else { return unreadable }
        return reply(to: frame)
    }

    /// The frame that answers bytes in which no frame could be found.
    package var unreadable: [UInt8] {
        Self.frame(command: 0, .notUnderstood, sequence: 0, payload: [NotUnderstood.frame.rawValue])
    }

    /// The frame that answers `frame`.
    package func reply(to frame: Frame) -> [UInt8] {
        func reply(_ status: Frame.Status, _ payload: [UInt8]) -> [UInt8] {
            Self.frame(command: frame.command, status, sequence: frame.sequence, payload: payload)
        }
        func notUnderstood(_ reason: NotUnderstood) -> [UInt8] { reply(.notUnderstood, [reason.rawValue]) }

        guard frame.direction == .request else { return notUnderstood(.frame) }
        guard frame.version == DongleVersion.current else { return notUnderstood(.version) }
        guard let command = DongleCommand(rawValue: frame.command) else { return notUnderstood(.command) }
        do {
            return reply(.done, try answer(to: try DongleRequest(command, payload: frame.payload)))
        } catch let error as LicenceError {
            if error.code == .storeFailed, storage == .working { failure = failure ?? error }
            return reply(.refused, error.payload)
        } catch PayloadError.certificateTooNew(let version) {
            return reply(.refused, LicenceError(.certificateTooNew, [.version: version]).payload)
        } catch {
            return notUnderstood(.payload)
        }
    }

    private func answer(to request: DongleRequest) throws(LicenceError) -> [UInt8] {
        switch request {
        case .hello:
            let status = try vault.status()
            return HelloReply(
                versions: DongleVersion.spoken, serial: serial, capacity: status.capacity,
                stateCounter: status.stateCounter, lockedReason: status.lockedReason
            ).payload
        case .keys(let start):
            return KeyPage(of: try vault.keys(), from: start, stateCounter: try vault.status().stateCounter).payload
        case .transfers(let start):
            return TransferPage(
                of: try vault.transfers(), from: start, stateCounter: try vault.status().stateCounter
            ).payload
        case .perform(let step, let occasion): return try perform(step, on: occasion).payload
        case .recognise(let code): return try vault.recognise(code).payload
        case .prove(let licence, let challenge): return try vault.prove(licence, challenge).payload
        }
    }

    private func perform(_ step: TransferStep, on occasion: Occasion) throws(LicenceError) -> TransferAnswer {
        switch step {
        case .show, .receipt: break
        default:
            switch storage {
            case .working: break
            case .full:
                throw LicenceError(
                    .storeFailed,
                    [.location: Location.usb(serial).description, .detail: "no space is left on the dongle"])
            case .readOnly: throw LicenceError(.dongleReadOnly, [.serial: serial.description])
            }
        }
        return try vault.perform(step, on: occasion)
    }

    private static func frame(
        command: UInt8, _ status: Frame.Status, sequence: UInt16, payload: [UInt8]
    ) -> [UInt8] {
        // Every payload has bounds below the limit; an empty one stands in for one that would not.
        let frame =
            (try? Frame(command: command, direction: .reply(status), sequence: sequence, payload: payload))
            ?? (try? Frame(command: command, direction: .reply(.notUnderstood), sequence: sequence, payload: []))
        return frame?.bytes ?? []
    }
}
