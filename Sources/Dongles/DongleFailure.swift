import Licensing
import Vaults

/// Why an exchange with a dongle gave no answer.
enum DongleFailure: Error {
    /// The dongle refused, in the words that it may use.
    case refused(LicenceError)
    /// It is gone.
    case pulled
    /// It did not answer in time.
    case silent
    /// It answered what no dongle should; the text stands behind "it sent".
    case garbled(String)
    /// It speaks no version of the protocol that is known here.
    case tooNew(version: UInt8)

    /// Whether nothing may be asked of the dongle any more.
    var isFatal: Bool {
        if case .refused = self { false } else { true }
    }

    /// The error as callers of a vault see it.
    func licenceError(serial: SerialNumber?) -> LicenceError {
        let name = serial?.description
        return switch self {
        case .refused(let error):
            error.restated(
                [
                    .location: serial.map { Location.usb($0).description }, .serial: serial?.description,
                    .path: serial.map { Location.usb($0).description },
                    .detail: error.parameters[.detail] ?? "the dongle says no more",
                ])
        case .pulled: LicenceError(.donglePulled, [.serial: name])
        case .silent: LicenceError(.dongleSilent, [.serial: name])
        case .garbled(let reason): LicenceError(.dongleGarbled, [.serial: name, .reason: "it sent \(reason)"])
        case .tooNew(let version): LicenceError(.dongleTooNew, [.serial: name, .version: String(version)])
        }
    }
}

extension LicenceError {
    /// The same error with these values, where its texts speak of them, and with no others of these names: where an error
    /// is from is not for the dongle to say, nor to leave out.
    fileprivate func restated(_ values: [Parameter: String?]) -> LicenceError {
        let spokenOf = code.parameters
        let own: [Parameter: String?] = parameters.filter { !values.keys.contains($0.key) }
        return LicenceError(code, own.merging(values.filter { spokenOf.contains($0.key) }) { $1 })
    }
}
