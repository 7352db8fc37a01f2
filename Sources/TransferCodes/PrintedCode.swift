/// The text of an `.aut` file: what the code is and what to do with it, then its lines.
///
/// ASCII, lines end with LF. The heading is for people; whoever reads the file looks only at the lines.
package struct PrintedCode: Sendable, Hashable {
    /// The code.
    package let code: TransferCode
    /// The transfer's six characters, where the printing side knows them.
    package let transferID: String?
    /// What the key is for, in the vendor's words, where the printing side knows it.
    package let product: String?

    /// The name of the certificate that whoever loads the code has to have: of a short start code, where the printing side
    /// knows it.
    package let certificate: String?

    /// The longest text that is printed of what the caller hands in, in characters.
    static let maximumTextLength = 60

    /// - Parameters: as the properties. Whatever is not printable ASCII is printed as `.`, and what is too long is
    ///   cut.
    package init(
        _ code: TransferCode, transferID: String? = nil, product: String? = nil, certificate: String? = nil
    ) {
        self.code = code
        self.transferID = transferID.map(Self.printable)
        self.product = product.map(Self.printable)
        self.certificate = certificate.map(Self.printable)
    }

    /// The whole text.
    package var text: String {
        (heading + [""] + lines).map { $0 + "\n" }.joined()
    }

    /// The heading, one line each.
    package var heading: [String] {
        var heading = ["Offline Transfer: \(code.kind.name)"]
        if let transferID { heading.append("Transfer: \(transferID)") }
        if let product { heading.append("Product:  \(product)") }
        if let certificate {
            heading.append("Needs:    certificate \(certificate) at the target, else: almctl certificate import")
        }
        heading.append("Next:     \(code.kind.nextStep)")
        heading.append("          \(code.kind.command)")
        return heading
    }

    /// The code's lines, with their numbers right-aligned.
    package var lines: [String] {
        let lines = code.codeLines
        return lines.map { lines.count > 9 && $0.number < 10 ? " \($0.text)" : $0.text }
    }

    private static func printable(_ text: String) -> String {
        String(
            text.unicodeScalars.prefix(maximumTextLength).map { (0x20...0x7E).contains($0.value) ? Character($0) : "." }
        )
    }
}

extension CodeKind {
    /// What to do with a code of this kind, for its heading.
    package var nextStep: String {
        switch self {
        case .start, .shortStart: "load it at the target, which answers with a request code:"
        case .request: "load it at the source, which answers with the activation code:"
        case .activation: "load it at the target; the key is usable there from then on:"
        case .returning: "load it at the source, which takes the key back:"
        case .receipt: "load it at the source, which closes its books:"
        }
    }
}
