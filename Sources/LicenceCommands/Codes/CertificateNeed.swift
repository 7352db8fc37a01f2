import Control
import Licensing
import TransferCodes

/// The certificate that whoever loads a short start code has to have.
struct CertificateNeed: Hashable {
    /// Its name, six characters.
    let name: String

    /// - Returns: nil where the code needs none.
    init?(_ code: TransferCode) {
        guard case .shortStart(let code) = code else { return nil }
        name = Certificate.name(hash: code.certificateID)
    }

    /// The same of the code that a step made.
    init?(_ step: StepEntry) {
        guard let code = try? CodeReader.read(step.code.joined(separator: "\n")).code else { return nil }
        self.init(code)
    }
}
