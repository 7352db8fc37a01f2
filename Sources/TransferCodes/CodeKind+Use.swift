/// One of the two ends of a transfer.
package enum TransferSide: String, Sendable, Hashable {
    /// Where the key comes from.
    case source
    /// Where the key goes.
    case target
}

extension CodeKind {
    /// The kind as it is written in messages and headings, without an article: "request code".
    package var name: String {
        switch self {
        case .start: "start code"
        case .shortStart: "short start code"
        case .request: "request code"
        case .activation: "activation code"
        case .returning: "return code"
        case .receipt: "receipt code"
        }
    }

    /// The name with its indefinite article: "an activation code".
    package var nameWithArticle: String {
        self == .activation ? "an \(name)" : "a \(name)"
    }

    /// The side that loads a code of this kind.
    package var loadedAt: TransferSide {
        switch self {
        case .start, .shortStart, .activation: .target
        case .request, .returning, .receipt: .source
        }
    }

    /// The command that loads a code of this kind, as a person types it; `FILE` stands for the file's name.
    package var command: String {
        "almctl offline-transfer \(subcommand) --input FILE"
    }

    /// The command that asks for the lines of a code of this kind at a terminal, one by one.
    package var typingCommand: String {
        "almctl offline-transfer \(subcommand) --interactive"
    }

    /// The one table of which command loads which kind.
    private var subcommand: String {
        switch self {
        case .start, .shortStart: "request"
        case .request: "activation"
        case .activation: "activate"
        case .returning: "reclaim"
        case .receipt: "settle"
        }
    }
}
