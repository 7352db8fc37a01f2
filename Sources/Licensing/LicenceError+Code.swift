extension LicenceError {
    /// The names of errors. They are part of the interface: a name is never given a new meaning.
    package enum Code: String, Sendable, CaseIterable {
        // Certificates and vendors.
        case certificateMalformed, certificateTooNew, signatureWrong, vendorUnknown, vendorFileMalformed
        case licenceExpired, certificateUnknown
        // Codes as text.
        case codeNotFound, codeUnreadable, codeIncomplete, codeWrongKind, codeConflicting, codeTooNew, codeMalformed
        case codeCheckFailed, codeTooLarge
        // Keys.
        case noSuchKey, keyAmbiguous, keyInUse, keyAlreadyHere, keyReleased, allInUse, productNotLicensed
        // Transfers.
        case noSuchTransfer, transferAmbiguous, transferOtherSide
        case requestUnknown, requestTooNew, requestForOlderStartCode, requestPointRefused
        case releasedToAnother, transferNameTaken, transferClosed, keyTakenBack, alreadyActive, requestDeclined,
            requestAlreadyOpen
        case activationForAnotherRequest, activationWrong, returnUnknown, nothingToTakeBack
        case receiptUnknown, receiptNotYet, notReleased, notOffered, notOpen, codeWithheld, returnWithheld,
            offerGuessed, fingerprintDiffers
        // Vaults.
        case vaultFull, recordsFull, vaultLocked, storeFailed, storeInUse, storeTooNew, storeUnsafe, storeMissing
        case storeExists, fileSystemRefused, anchorKept
        // Dongles.
        case noSuchLocation, dongleMissing, donglePulled, dongleSilent, dongleGarbled, dongleTooNew, dongleReadOnly
        case dongleRestored, dongleDuplicate, dongleUnknown, tooManyDongles, busRefused
        // The daemon and its callers.
        case notPermitted, daemonNotRunning, daemonNotReachable, daemonSilent, notADaemon, daemonRefused, tooManyLeases
        case challengeRefused, cancelled, usage, socketUnusable, connectionLost
        /// An error whose name this release does not know; `detail` is the name.
        case unrecognised
    }
}

extension LicenceError.Code {
    /// The parameters that an error of this name may carry: those that its texts speak of, for codes what their reader
    /// tells, and which variant it is.
    package var parameters: [LicenceError.Parameter] {
        let texts = texts.message + texts.hint
        return LicenceError.Parameter.allCases.filter { parameter in
            texts.contains("{\(parameter.rawValue)}") || extraParameters.contains(parameter)
        }
    }

    private var extraParameters: Set<LicenceError.Parameter> {
        switch self {
        case .codeUnreadable, .codeIncomplete: [.lines]
        case .codeConflicting: [.line, .kind]
        case .codeWrongKind: [.kind, .expected, .transfer]
        case .codeTooNew, .codeMalformed: [.kind, .version]
        case .codeCheckFailed, .requestUnknown, .activationForAnotherRequest, .activationWrong, .returnUnknown,
            .nothingToTakeBack, .receiptUnknown:
            [.suspects]
        default: LicenceError.Variant.allCases.contains { $0.code == self } ? [.kind] : []
        }
    }
}
