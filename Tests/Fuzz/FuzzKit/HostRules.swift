import DongleProtocol
package import Licensing
import TransferCodes
package import Vaults

/// What has to hold of everything that a host takes from a dongle, as the article "The dongle protocol" has it.
package struct HostRules {
    private let serial: SerialNumber

    /// - Parameter serial: what the dongle called itself when it was greeted.
    package init(serial: SerialNumber) {
        self.serial = serial
    }

    // MARK: - Answers

    /// - Parameter last: the payload of the last reply that the cable carried, of which the answer was made; nil where the
    ///   cable was not looked at.
    package func check(_ answer: Question.Answer, to question: Question, last: [UInt8]?) {
        switch (answer, question) {
        case (.status(let status), _):
            require(status.location == .usb(serial), "a status of \(status.location)")
            require(
                (1...1024).contains(status.capacity.keys) && (1...4096).contains(status.capacity.records),
                "a capacity of \(status.capacity)")
            requirePrintable(status.lockedReason ?? "")
        case (.keys(let keys), _):
            require(keys.count <= 1024, "\(keys.count) keys")
            require(
                zip(keys, keys.dropFirst()).allSatisfy { $0.number < $1.number }, "keys that are not in their order")
            for key in keys { check(key.certificate) }
        case (.transfers(let transfers), _):
            require(transfers.count <= 4096, "\(transfers.count) transfers")
            for transfer in transfers { check(transfer) }
        case (.transfer(let answer), .perform(let step, _)):
            require(answer.payload == last ?? answer.payload, "an answer that is not what came")
            check(answer.transfer)
            check(answer, to: step)
        case (.recognised(let transfer), .recognise(let code)):
            require(transfer.payload == last ?? transfer.payload, "a transfer that is not what came")
            if let transfer { check(transfer, belongingTo: code) }
        case (.proof(let proof), _):
            require(proof.bytes == last ?? proof.bytes && proof.bytes.count == 32, "a proof that is not what came")
        default: finding("an answer to something else")
        }
    }

    private func check(_ certificate: Certificate) {
        require(certificate.bytes.count <= Certificate.maximumSize, "a certificate of \(certificate.bytes.count) bytes")
        requirePrintable(certificate.terms.product)
        requirePrintable(certificate.terms.productVersion)
    }

    private func check(_ transfer: TransferSummary) {
        check(transfer.certificate)
        requirePrintable(transfer.identifier.description)
        requirePrintable(transfer.fingerprint?.description ?? "")
    }

    /// "step, occasion, answer": which side and state, and which code, each step is answered with.
    private func check(_ answer: TransferAnswer, to step: TransferStep) {
        let (standing, code) = (answer.transfer.standing, answer.code?.kind)
        let isAllowed: Bool
        var licence: LicenceNumber?
        var transfer: TransferIdentifier?
        switch step {
        case .offer(let number, _):
            isAllowed = standing == .source(.offered) && code == .start
            licence = number
        case .request(let certificate, let secret):
            isAllowed = standing == .target(.open) && code == .request
            licence = certificate.number
            transfer = TransferIdentifier(certificate: certificate, secret: secret)
        case .release: isAllowed = standing == .source(.released) && code == .activation
        case .activate: isAllowed = standing == .target(.active) && code == nil
        case .receipt(let name):
            isAllowed = standing == .target(.active) && code == .receipt
            transfer = name
        case .settle: isAllowed = standing == .source(.settled) && code == nil
        case .decline(let name):
            isAllowed = standing == .target(.declined) && code == .returning
            transfer = name
        case .reclaim: isAllowed = standing == .source(.returned) && code == nil
        case .cancel(let name):
            isAllowed = standing == .source(.withdrawn) && code == nil
            transfer = name
        case .close(let name):
            isAllowed = standing == .source(.settled) && code == nil
            transfer = name
        case .show(let name):
            switch standing {
            case .source(.offered): isAllowed = code == .start
            case .source(.released): isAllowed = code == .activation
            case .target(.open): isAllowed = code == .request
            case .target(.active): isAllowed = code == .receipt
            case .target(.declined): isAllowed = code == .returning
            case .source: isAllowed = false
            }
            transfer = name
        }
        require(isAllowed, "\(step) answered with \(standing) and \(String(describing: code))")
        require(licence ?? answer.transfer.certificate.number == answer.transfer.certificate.number, "another licence")
        require(transfer ?? answer.transfer.identifier == answer.transfer.identifier, "another transfer")
        if case .start(let code) = answer.code {
            let certificate = answer.transfer.certificate
            require(
                code.certificate == certificate.bytes
                    && TransferIdentifier(certificate: certificate, secret: code.offerSecret)
                        == answer.transfer.identifier,
                "a start code of another transfer")
        }
    }

    /// "for `recognise`": on which side a code of each kind is loaded.
    private func check(_ transfer: TransferSummary, belongingTo code: TransferCode) {
        check(transfer)
        let isTarget = if case .target = transfer.standing { true } else { false }
        switch code.kind {
        case .start, .shortStart: finding("a start code of a transfer that is known")
        case .activation: require(isTarget, "an activation code at the source")
        case .request, .returning, .receipt: require(!isTarget, "a \(code.kind.name) at the target")
        }
    }

    // MARK: - Errors

    /// - Parameters:
    ///   - before: why the dongle had ended before it was asked.
    ///   - now: why it has ended now.
    package func check(
        _ error: LicenceError, to question: Question, endedBefore before: LicenceError?, endedNow now: LicenceError?
    ) {
        Self.requirePresentable(error)
        if let before {
            require(
                error == before || Self.isRefusedUnasked(error, question), "another error than the one that ended it")
            require(now == before, "the dongle ended twice")
        } else if let now {
            require(error == now, "another error than the one that ended it")
            require(Self.endings.contains(error.code), "the dongle ended for \(error.code)")
        } else {
            require(
                !Self.hostsOwn.contains(error.code) || Self.isRefusedUnasked(error, question),
                "the dongle said \(error.code)")
        }
        if let location = error.parameters[.location] {
            require(location == "usb:\(serial)", "an error of \(location)")
        }
        if let named = error.parameters[.serial] { require(named == "\(serial)", "an error of the dongle \(named)") }
        for foreign in [LicenceError.Parameter.command, .pid, .holder] where !Self.isRefusedUnasked(error, question) {
            require(error.parameters[foreign] == nil, "the dongle said what \(foreign) is")
        }
    }

    /// A greeting ends in one of the ways in which a dongle ends, or with what the dongle refuses it for.
    package static func check(errorOfGreeting error: LicenceError) {
        requirePresentable(error)
        require(endings.contains(error.code) || !hostsOwn.contains(error.code), "the dongle said \(error.code)")
    }

    /// Why a vault ends.
    private static let endings: Set<LicenceError.Code> = [
        .donglePulled, .dongleSilent, .dongleGarbled, .dongleTooNew,
    ]

    /// Errors that no dongle may speak in the name of: those of the host, of its daemon and of its commands.
    private static let hostsOwn: Set<LicenceError.Code> = endings.union([
        .signatureWrong, .vendorUnknown, .codeMalformed, .codeNotFound, .noSuchLocation, .dongleMissing,
        .dongleRestored,
        .dongleDuplicate, .dongleUnknown, .busRefused, .storeInUse, .storeMissing, .notPermitted, .daemonNotRunning,
        .daemonNotReachable, .daemonSilent, .notADaemon, .daemonRefused, .tooManyLeases, .cancelled, .usage,
        .socketUnusable, .connectionLost, .fingerprintDiffers, .keyInUse,
    ])

    /// A step for which there is no form on the cable is refused before the dongle is asked.
    private static func isRefusedUnasked(_ error: LicenceError, _ question: Question) -> Bool {
        guard case .perform(.request(_, let secret), _) = question else { return false }
        return error.code == .codeMalformed && secret.count != 10
    }

    /// Whatever the dongle sent, an error is two short sentences that can be printed.
    private static func requirePresentable(_ error: LicenceError) {
        for text in [error.message, error.hint] {
            requirePrintable(text)
            require(text.utf8.count <= 8192, "an error of \(text.utf8.count) bytes")
        }
    }
}

/// Makes sure that `text` can't steer a terminal.
private func requirePrintable(_ text: String) {
    require(text.unicodeScalars.allSatisfy(\.isPrintable), "a text that can't be printed")
}
