import Licensing
import Vaults

/// What has to be done next in a transfer, and by whom, as one sentence with the command.
extension TransferSummary {
    /// - Parameter location: where the transfer is.
    /// - Parameter isPresent: whether that place is plugged in.
    /// - Parameter other: the place of this machine that is its other side, if there is one.
    func nextStep(at location: Location, isPresent: Bool, other: Location?) -> String {
        guard isUnfinished else { return "" }
        let step =
            if isWithheld {
                "the code is withheld: the target declines (almctl offline-transfer decline \(identifier)), "
                    + "then load its return code here: almctl offline-transfer reclaim --input FILE"
            } else if let target = moveTarget(from: location, other: other) {
                "go on: almctl move \(certificate.number) --to \(target)"
            } else {
                ownStep
            }
        guard case .usb(let serial) = location, !isPresent else { return step }
        return "plug in dongle \(serial); then \(step)"
    }

    /// Where a move within this machine was going.
    private func moveTarget(from location: Location, other: Location?) -> Location? {
        guard let other else { return nil }
        switch standing {
        case .source(.released): return other
        case .target(.open): return location
        default: return nil
        }
    }

    private var ownStep: String {
        switch standing {
        case .source(.offered):
            "load the target's request code: almctl offline-transfer activation --input FILE"
        case .source(.released):
            "carry the activation code to the target (almctl offline-transfer show \(identifier) prints it again), "
                + "then load its receipt code: almctl offline-transfer settle --input FILE"
        case .target(.open):
            "carry the request code to the source (almctl offline-transfer show \(identifier) prints it again), "
                + "then load its activation code: almctl offline-transfer activate --input FILE"
        case .target(.declined):
            "carry the return code to the source, if it released the key "
                + "(almctl offline-transfer show \(identifier) prints it again)"
        case .source, .target: ""
        }
    }
}
