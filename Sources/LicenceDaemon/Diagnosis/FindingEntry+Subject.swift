import Control
import Licensing

extension FindingEntry {
    /// What the daemon looks at; the words of the interface.
    enum Subject: String {
        case daemon, caller, group, vendors, store, clock, usb, device, dongle, licence
    }

    /// About the only thing of its kind.
    init(_ subject: Subject, _ state: State, _ found: String, cure: String? = nil) {
        self.init(subject, nil, state, found, cure: cure)
    }

    /// - Parameter object: which of several, or nil.
    init(_ subject: Subject, _ object: String?, _ state: State, _ found: String, cure: String? = nil) {
        self.init(subject: subject.rawValue, object: object, state: state, found: found, cure: cure)
    }

    /// A problem that an error describes.
    init(_ subject: Subject, _ object: String?, _ error: LicenceError) {
        self.init(subject, object, .problem, error.message, cure: error.hint)
    }
}
