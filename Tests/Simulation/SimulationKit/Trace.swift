import Crypto
import Licensing
import TransferCodes
import Vaults

/// Everything that happened in a run, in order, as one number of 256 bits.
package struct Trace: Sendable, CustomStringConvertible {
    private var digest: [UInt8] = []

    /// Goes on with what happened next.
    mutating func add(_ text: String) {
        var hash = SHA256()
        hash.update(data: digest)
        hash.update(data: Array(text.utf8))
        digest = Array(hash.finalize())
    }

    /// In hexadecimal digits; empty where nothing happened.
    package var description: String { digest.hexadecimal }
}

extension World {
    /// Adds an action to the trace: what was done, what came of it, the code that somebody got to see, and how its place
    /// stands afterwards.
    func trace(_ action: Action, at place: Place) {
        let view = place.view
        let last = view.history.last.map { "\($0.event) \($0.transfer?.description ?? "")" }
        let withheld = view.transfers.count(where: \.isWithheld)
        let counts = [view.keys.count, view.transfers.count, withheld, view.history.count]
        let standing = "\(view.stateCounter) \(view.isLocked) \(counts) \(last ?? "")"
        let lines = [action.words, log.last?.outcome ?? "", standing] + (shown[action.number]?.code.lines ?? [])
        report.trace.add(lines.joined(separator: "\n"))
    }
}
