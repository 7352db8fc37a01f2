import Licensing
import TestKit
import TransferCodes
import Vaults

/// An anchor that was replaced while somebody had it moved aside, so that it could not be destroyed. What was given up in
/// that moment is withheld, and nothing else can be given up, until the store knows that it is gone.
struct KeptAnchor {
    /// Where it is.
    enum Whereabouts {
        /// Kept.
        case aside
        /// Under its name again; the next start destroys it.
        case back
        /// Deleted.
        case gone
    }

    let name: String
    var whereabouts = Whereabouts.aside
    /// Whether the process that replaced it still runs, and holds it open.
    var isHeld = true
}

extension Place {
    /// Moves the anchor aside, unless an earlier one is kept already.
    ///
    /// - Returns: its name; nil where nothing was moved.
    func moveAnchorAside() throws -> String? {
        guard kept == nil, !view.isLocked, let medium = medium as? any AnchoredMedium else { return nil }
        return try medium.moveAnchorAside()
    }

    /// Puts an anchor back that was moved aside, or keeps it where another one has taken its place.
    func leave(_ anchor: String) throws {
        guard let medium = medium as? any AnchoredMedium else { return }
        if try medium.hasAnchor() { kept = KeptAnchor(name: anchor) } else { try medium.bringBack(anchor: anchor) }
    }
}

extension World {
    /// Something becomes of the anchor that somebody kept.
    ///
    /// - Returns: whether there is one, and that can become of it.
    func settle(_ fate: AnchorFate, _ action: Action, at place: Place) throws -> Bool {
        guard let kept = place.kept, let medium = place.medium as? any AnchoredMedium else { return false }
        switch fate {
        case .deleted:
            guard kept.whereabouts == .aside else { return false }
            try medium.delete(anchor: kept.name)
            place.kept?.whereabouts = .gone
            // The process that holds it looks before anything else that it is asked, whatever that comes to.
            if kept.isHeld, let any = namings.keys.first {
                _ = try? place.inside.perform(.receipt(any), on: occasion(action.number))
                place.kept = nil
            }
        case .broughtBack:
            guard kept.whereabouts == .aside else { return false }
            try medium.bringBack(anchor: kept.name)
            place.kept?.whereabouts = .back
        case .vouchedFor:
            guard kept.whereabouts == .gone else { return false }
            try medium.vouch(to: try place.inside)
            place.kept = nil
        }
        try place.look()
        report.count("anchor-\(fate.rawValue)")
        note("done")
        return true
    }
}

extension TransferStep {
    /// Whether the anchor is made anew before its code is shown.
    var givesUp: Bool {
        switch self {
        case .release, .decline: true
        default: false
        }
    }
}
