extension LicenceError.Code {
    /// What an error says: the message (what and why) and the hint (who has to act, with which command). A name in
    /// braces is the place of a parameter.
    var texts: (message: String, hint: String) {
        certificateTexts ?? codeTexts ?? keyTexts ?? transferTexts ?? vaultTexts ?? dongleTexts ?? daemonTexts
    }

    private var certificateTexts: (message: String, hint: String)? {
        switch self {
        case .certificateMalformed:
            ("the certificate is not one of a licence: {reason}", "ask whoever sent it for the code once more")
        case .certificateTooNew:
            (
                "the certificate has format {version}, which this release does not know",
                "update this machine's almd, then load the code again; nothing was changed"
            )
        case .signatureWrong:
            (
                "the certificate of licence {licence} does not bear the signature of vendor {vendor}",
                "do not use it; report it to the vendor"
            )
        case .vendorUnknown:
            (
                "no vendor with identifier {vendor} is trusted here (licence {licence})",
                "the administrator puts the vendor's vendor.pub into the vendors folder, then repeat the command"
            )
        case .vendorFileMalformed:
            ("{path} is not a vendor's public key: {reason}", "ask the vendor for vendor.pub again, or remove the file")
        case .licenceExpired:
            ("licence {licence} was valid until {until}", "ask the vendor to renew it; the key stays where it is")
        case .certificateUnknown:
            (
                "the short start code is for certificate {detail}, which is not known here",
                "have it sent: at the source, almctl certificate export {detail} --output FILE; here, almctl certificate "
                    + "import FILE; or ask for the full start code: almctl offline-transfer start KEY"
            )
        default: nil
        }
    }

    /// The reader of codes says itself what is wrong with a code (`reason`) and what to do (`command`).
    private var codeTexts: (message: String, hint: String)? {
        switch self {
        case .codeNotFound, .codeUnreadable, .codeIncomplete, .codeWrongKind, .codeConflicting, .codeTooNew,
            .codeMalformed, .codeCheckFailed, .codeTooLarge:
            ("{reason}", "{command}")
        default: nil
        }
    }

    private var keyTexts: (message: String, hint: String)? {
        switch self {
        case .noSuchKey:
            ("no licence key {licence} is on this machine", "see almctl list; a key on a dongle shows once plugged in")
        case .keyAmbiguous:
            ("{licence} is the beginning of several licence numbers", "give more of the number; see almctl list")
        case .keyInUse:
            (
                "licence {licence} is in use by {holder}",
                "close the application, or give --even-if-in-use to take the licence away from it"
            )
        case .keyAlreadyHere:
            ("licence key {licence} is already in {location}", "nothing to do; see almctl list")
        case .keyReleased:
            (
                "licence key {licence} left {location} with transfer {transfer}",
                "see almctl transfers for its next step"
            )
        case .allInUse:
            ("every licence for {product} is in use: {holder}", "wait for one to be given back; see almctl list")
        case .productNotLicensed:
            ("no usable licence for {product} is on this machine: {reason}", "{command}")
        default: nil
        }
    }

    private var transferTexts: (message: String, hint: String)? {
        switch self {
        case .noSuchTransfer:
            ("no transfer {transfer} is known here", "see almctl transfers; on a dongle it shows once plugged in")
        case .transferAmbiguous:
            ("transfer {transfer} is known in several places: {location}", "say which one with --at LOCATION")
        case .transferOtherSide:
            ("transfer {transfer} is known here as {detail}; this is for the {expected}", "{command}")
        case .requestUnknown:
            (
                "the request code answers no start code of a key that is here",
                "load it at the machine that made the start code, and plug in the dongle that holds the key"
            )
        case .requestTooNew:
            (
                "the request code asks for something that this release does not know",
                "update almd on this machine, then load it again; the key stays until then"
            )
        case .requestForOlderStartCode:
            (
                "the request code was made for an older start code of transfer {transfer}, which was withdrawn",
                "the target declines it (almctl offline-transfer decline {transfer}) and loads the newest start code"
            )
        case .requestPointRefused:
            (
                "the request code holds a forbidden point: {reason}",
                "it was not made by almd; keep the key and report it"
            )
        case .releasedToAnother:
            (
                "licence {licence} was already released to another machine with transfer {transfer}",
                "whoever made this request declines it: almctl offline-transfer decline {transfer}"
            )
        case .transferNameTaken:
            (
                "another transfer in {location} has the name {transfer}, too",
                "ask the source for a fresh start code: almctl offline-transfer start KEY --new"
            )
        case .transferClosed:
            ("transfer {transfer} is closed: {detail}", "nothing to do; a new transfer begins with a new start code")
        case .keyTakenBack:
            (
                "the key of transfer {transfer} was taken back here, since the target declined",
                "begin anew: almctl offline-transfer start {licence}"
            )
        case .alreadyActive:
            ("licence {licence} is active in {location} since {since}", "nothing to do; see almctl list")
        case .requestDeclined:
            (
                "transfer {transfer} was declined here, so its activation code opens nothing any more",
                "load the return code at the source: almctl offline-transfer decline {transfer} prints it again"
            )
        case .requestAlreadyOpen:
            (
                "transfer {transfer} already waits in {location} for the activation code of licence {licence}",
                "finish it, or give it up first: almctl offline-transfer decline {transfer}"
            )
        case .activationForAnotherRequest:
            (
                "the activation code answers no request that is open here",
                "load it where its request code was made, and plug in the dongle the key is to go to"
            )
        case .activationWrong:
            (
                "the activation code for transfer {transfer} does not yield the licence key",
                "compare it with the original and load it again; the source prints the same code as often as asked"
            )
        case .returnUnknown:
            ("the return code answers no transfer of this machine", "load it where the key was released")
        case .nothingToTakeBack:
            (
                "nothing to take back yet: no key was released here to a request that this return code answers",
                "keep the return code; should the request be released here later, load it then"
            )
        case .receiptUnknown:
            ("the receipt code answers no transfer of this machine", "load it where the key was released")
        case .receiptNotYet:
            (
                "there is no receipt for transfer {transfer}: its key is not active here",
                "load the activation code first: almctl offline-transfer activate --input FILE"
            )
        case .notReleased:
            ("transfer {transfer} has not released its key", "see almctl transfers for its next step")
        case .notOffered:
            (
                "transfer {transfer} can't be cancelled: its key has left",
                "the target declines and sends the return code: almctl offline-transfer decline {transfer}"
            )
        case .notOpen:
            ("transfer {transfer} can't be declined: its key is active here", "move it back like any other key")
        case .codeWithheld:
            (
                """
                the code of transfer {transfer} is withheld: somebody kept the store's old anchor, so a copy of the \
                store could still use the key
                """,
                "the target declines, and its return code brings the key back; tell the administrator of this machine"
            )
        case .returnWithheld:
            (
                """
                the return code of transfer {transfer} is withheld: somebody kept the store's old anchor, so a copy of the \
                store could still take the key in
                """,
                """
                remove what was kept; once it is gone for good, stop almd, start it once with --forget-kept-anchor, then: \
                almctl offline-transfer show {transfer}
                """
            )
        case .offerGuessed:
            (
                "transfer {transfer} was withdrawn after too many request codes that answer no start code",
                "begin anew: almctl offline-transfer start {licence}"
            )
        case .fingerprintDiffers:
            (
                "the fingerprint of this request for transfer {transfer} is not {detail}",
                "keep the key: ask the target to read its fingerprint again; if it differs, the request was swapped"
            )
        default: nil
        }
    }

    private var vaultTexts: (message: String, hint: String)? {
        switch self {
        case .vaultFull:
            ("{location} has no room for another key (it holds {capacity})", "move a key away from it first")
        case .recordsFull:
            (
                "{location} has no room for another transfer (it remembers {capacity})",
                "finish one: see almctl transfers; a source ends one by loading its receipt code"
            )
        case .vaultLocked:
            (
                "{location} is LOCKED: {reason}",
                """
                nothing is deleted: put the store back where it was made, or ask the vendor to issue the keys anew; \
                almctl list shows them
                """
            )
        case .storeFailed:
            (
                "the disk failed under {location}: {detail}",
                "mend the disk or make room, then start almd again, or plug the dongle in again; it reads what is there "
                    + "and goes on"
            )
        case .storeInUse:
            ("{path} is open in another process (pid {pid})", "stop that one first, or use another store")
        case .storeTooNew:
            ("{path} was written by a newer release (version {version})", "run that release of almd")
        case .storeUnsafe:
            ("{path} is not safe to use: {reason}", "the administrator puts it right; nothing was changed")
        case .storeMissing:
            ("there is no store in {path}", "check the path; nothing was created")
        case .storeExists:
            ("{path} exists already", "choose another place; nothing was changed")
        case .fileSystemRefused:
            (
                "{path} is on {detail}, which gives a store no place of its own",
                "put it on a volume with ext4, xfs or btrfs"
            )
        case .anchorKept:
            (
                "somebody keeps an anchor of {path}, so a copy of the store could go on using a key that leaves",
                "an administrator removes what was kept, wherever it is, then repeats the command"
            )
        default: nil
        }
    }

    private var dongleTexts: (message: String, hint: String)? {
        switch self {
        case .noSuchLocation:
            ("{location} is no place a key can be", "give local, or usb: and a serial number from almctl list")
        case .dongleMissing:
            ("dongle {serial} is not plugged in", "plug in dongle {serial} and repeat the command")
        case .donglePulled:
            ("dongle {serial} was pulled out", "plug it in again and repeat the command; nothing is lost")
        case .dongleSilent:
            ("dongle {serial} does not answer", "unplug it, plug it in again and repeat the command")
        case .dongleGarbled:
            (
                "dongle {serial} answered what no dongle should: {reason}",
                "unplug it; if it happens again the dongle is broken or is none"
            )
        case .dongleTooNew:
            ("dongle {serial} speaks version {version} of the protocol", "update almd on this machine")
        case .dongleReadOnly:
            ("dongle {serial} can't write", "use another dongle; the keys on it can be listed and used")
        case .dongleRestored:
            (
                "dongle {serial} came back older than it was, as one restored from a copy does",
                "an administrator who knows why says so: almctl dongle accept {serial}"
            )
        case .dongleDuplicate:
            ("a second dongle with serial number {serial} was refused", "unplug one of the two")
        case .busRefused:
            (
                "the bus {path} did not take dongle {serial}",
                "plug it in as root, as the daemon's user or as an administrator of licences, and not twice"
            )
        case .tooManyDongles:
            (
                "dongle {serial} is one more than the {capacity} that may be plugged in",
                "unplug one that is not needed; the one that waits longest is used then"
            )
        case .dongleUnknown:
            ("no dongle {serial} was ever seen here", "check the serial number with almctl list")
        default: nil
        }
    }

    private var daemonTexts: (message: String, hint: String) {
        switch self {
        case .notPermitted:
            (
                "{command} is for administrators of licences: root, the daemon's user and group {detail}",
                "ask an administrator, or to be put into the group"
            )
        case .daemonNotRunning:
            (
                "no daemon listens on {path}",
                "start it (almd --state DIR --socket {path} --vendors DIR), or give another --socket"
            )
        case .daemonNotReachable:
            ("{path} may not be opened: {reason}", "ask the administrator for access to the socket")
        case .daemonSilent:
            (
                "the daemon on {path} does not answer: {reason}",
                "as root: journalctl --unit almd.service --lines 50 says why; systemctl restart almd"
            )
        case .notADaemon:
            ("what listens on {path} is not almd: {reason}", "give the daemon's socket with --socket or ALMD_SOCKET")
        case .daemonRefused:
            ("the daemon refused the call: {reason}", "this is a fault of the program that called; report it")
        case .tooManyLeases:
            ("this user already holds {capacity} leases", "close some of the applications")
        case .challengeRefused:
            ("the challenge can't be answered: {reason}", "this is a fault of the application; report it to its maker")
        case .socketUnusable:
            (
                "the socket {path} can't be used: {reason}",
                "stop the process that uses it, make its folder, or give another path with --socket or --bus"
            )
        case .connectionLost:
            (
                "the daemon on {path} ended the connection before it answered",
                "start it again if it has stopped, then repeat the command: it goes on from where it stands"
            )
        case .cancelled:
            ("stopped before anything was changed", "run the command again when ready")
        case .usage:
            ("{reason}", "{command}")
        default:
            ("an error that this release does not know: {detail}", "update the older of the two sides")
        }
    }
}
