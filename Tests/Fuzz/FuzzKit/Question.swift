import DongleProtocol
package import Dongles
package import Licensing
package import TransferCodes
package import Vaults

/// Something that a host asks of a dongle.
package enum Question {
    case status
    case keys
    case transfers
    case perform(TransferStep, Occasion)
    case recognise(TransferCode)
    case prove(LicenceNumber, ProofChallenge)

    /// What came back.
    package enum Answer {
        case status(VaultStatus)
        case keys([HeldKey])
        case transfers([TransferSummary])
        case transfer(TransferAnswer)
        case recognised(TransferSummary?)
        case proof(ProofAnswer)
    }

    /// The one that `choices` makes; nil where it would be refused before a dongle is asked.
    package init?(_ choices: Choices, _ scene: Scene) {
        switch choices.below(6) {
        case 0: self = .status
        case 1: self = .keys
        case 2: self = .transfers
        case 3: self = .perform(choices.step(of: scene), choices.occasion())
        case 4: self = .recognise(choices.code(of: scene))
        default:
            guard let challenge = choices.challenge(point: scene.point) else { return nil }
            self = .prove(choices.pick(scene.licences), challenge)
        }
    }

    /// How often the cable may be used for it. A list is read at most four times, and each page but the last brings at
    /// least one item.
    package var mostExchanges: Int {
        switch self {
        case .keys: DongleLimits.listAttempts * Int(DongleLimits.keys)
        case .transfers: DongleLimits.listAttempts * Int(DongleLimits.records)
        case .status, .perform, .recognise, .prove: 1
        }
    }

    package func asked(of vault: DongleVault) throws(LicenceError) -> Answer {
        switch self {
        case .status: .status(try vault.status())
        case .keys: .keys(try vault.keys())
        case .transfers: .transfers(try vault.transfers())
        case .perform(let step, let occasion): .transfer(try vault.perform(step, on: occasion))
        case .recognise(let code): .recognised(try vault.recognise(code))
        case .prove(let licence, let challenge): .proof(try vault.prove(licence, challenge))
        }
    }
}
