package import Licensing

extension LicenceError.Code {
    /// Whether a dongle may answer with this error: whether it is one that a vault gives.
    ///
    /// The others are the host's own to give. Were they taken from a dongle, it could say in the host's name that it was
    /// pulled, or have a text of its own printed as the next command (`usage` and `codeWrongKind` consist of their
    /// values). A new code is taken from no dongle until it is named here.
    package var isGivenByVaults: Bool {
        switch self {
        case .certificateMalformed, .certificateTooNew, .signatureWrong, .vendorUnknown, .licenceExpired,
            .codeMalformed, .codeTooNew,
            .noSuchKey, .keyInUse, .keyAlreadyHere, .keyReleased,
            .noSuchTransfer, .requestUnknown, .requestForOlderStartCode, .requestPointRefused,
            .releasedToAnother, .transferClosed, .keyTakenBack, .alreadyActive, .requestDeclined, .requestAlreadyOpen,
            .activationForAnotherRequest, .activationWrong, .returnUnknown, .nothingToTakeBack, .alreadyTakenBack,
            .receiptUnknown, .receiptNotYet, .notReleased, .notOffered, .notOpen, .codeWithheld, .offerGuessed,
            .vaultFull, .recordsFull, .vaultLocked, .storeFailed, .storeInUse, .storeTooNew, .storeUnsafe,
            .storeMissing, .fileSystemRefused, .anchorKept,
            .dongleReadOnly, .challengeRefused, .unrecognised:
            true
        default:
            false
        }
    }
}
