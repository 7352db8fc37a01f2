import Licensing
import Vaults

/// What has to be done next in a transfer, and by whom, as one sentence with the command.
extension TransferSummary {
    /// - Parameters:
    ///   - location: where the transfer is.
    ///   - other: the place of this machine that is its other side, if there is one.
    ///   - present: the places that are there now.
    func nextStep(at location: Location, other: Location?, present: [Location]) -> String {
        guard isUnfinished else { return "" }
        var needed = [location]
        let step: String
        if isWithheld {
            step = stepWhereWithheld
        } else if let other, let target = moveTarget(at: location, other: other) {
            step = "go on: almctl move \(certificate.number) --to \(target)"
            needed.append(other)
        } else {
            step = ownStep
        }
        let absent = needed.filter { !present.contains($0) }.compactMap { location in
            if case .usb(let serial) = location { serial.description } else { nil }
        }
        guard !absent.isEmpty else { return step }
        return "plug in dongle \(absent.joined(separator: " and dongle ")); then \(step)"
    }

    /// Where a move within this machine was going, while it can be gone on with.
    ///
    /// - Parameters: as those of ``nextStep(at:other:present:)``.
    func moveTarget(at location: Location, other: Location?) -> Location? {
        guard isUnfinished, !isWithheld else { return nil }
        return switch standing {
        case .source(.offered), .source(.released): other
        case .target(.open): other == nil ? nil : location
        default: nil
        }
    }

    /// Somebody kept the store's old anchor, so a code made since is not shown. The source has a way round it, by the other
    /// side; the target, whose return code it is, has none.
    private var stepWhereWithheld: String {
        switch standing {
        case .source:
            "the code is withheld: the target declines (almctl offline-transfer decline \(identifier)), "
                + "then load its return code here: almctl offline-transfer reclaim --input FILE"
        case .target:
            "the return code is withheld: remove what was kept of the old anchor; once it is gone for good, stop almd "
                + "and start it once with --forget-kept-anchor, then: almctl offline-transfer show \(identifier)"
        }
    }

    private var ownStep: String {
        switch standing {
        case .source(.offered):
            "carry the start code to the target (almctl offline-transfer show \(identifier) prints it again), "
                + "then load its request code: almctl offline-transfer activation --input FILE"
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
