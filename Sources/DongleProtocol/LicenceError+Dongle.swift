package import Licensing
import Vaults

extension LicenceError {
    /// This error as a host may repeat it when a dongle gave it.
    ///
    /// Taken are the codes that a vault gives, and of their values those that a vault knows of: were there others, a
    /// dongle could say in the host's name that it was pulled, or have a text of its own printed as the next command.
    /// What hints put into commands, the licence and the transfer, has to be one.
    ///
    /// - Throws: `malformed` where it may not be repeated.
    package func givenByDongle() throws(PayloadError) -> LicenceError {
        guard code.isGivenByVaults else { throw .malformed("an error that is not a vault's") }
        if let licence = parameters[.licence], LicenceNumber(licence)?.description != licence {
            throw .malformed("an error about a licence that is none")
        }
        if let transfer = parameters[.transfer], TransferIdentifier(transfer)?.description != transfer {
            throw .malformed("an error about a transfer that is none")
        }
        return LicenceError(code, parameters.filter { $0.key.isGivenByVaults }.mapValues { $0 })
    }
}

extension LicenceError.Parameter {
    /// Whether a vault gives values of this name.
    fileprivate var isGivenByVaults: Bool {
        switch self {
        case .licence, .product, .transfer, .vendor, .location, .serial, .since, .until, .path, .reason, .detail,
            .capacity, .version:
            true
        default: false
        }
    }
}

extension LicenceError.Code {
    /// Whether a vault gives this error while it is open. A new code is taken from no dongle until it is named here.
    fileprivate var isGivenByVaults: Bool {
        switch self {
        case .certificateMalformed, .certificateTooNew, .noSuchKey, .keyAlreadyHere, .keyReleased,
            .noSuchTransfer, .requestUnknown, .requestTooNew, .transferNameTaken, .requestForOlderStartCode,
            .requestPointRefused,
            .releasedToAnother, .transferClosed, .keyTakenBack, .alreadyActive, .requestDeclined, .requestAlreadyOpen,
            .activationForAnotherRequest, .activationWrong, .returnUnknown, .nothingToTakeBack,
            .receiptUnknown, .receiptNotYet, .notReleased, .notOffered, .notOpen, .codeWithheld, .returnWithheld,
            .offerGuessed,
            .vaultFull, .recordsFull, .vaultLocked, .storeFailed, .storeUnsafe, .fileSystemRefused, .anchorKept,
            .dongleReadOnly, .challengeRefused, .unrecognised:
            true
        default:
            false
        }
    }
}
