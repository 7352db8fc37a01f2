import ArgumentParser
import TransferCodes

/// `almctl offline-transfer form KIND`
struct FormCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "form", abstract: "Makes an empty page (HTML) to print, with boxes for a code that is read out.")

    /// The codes that can be read out.
    enum Kind: String, CaseIterable, ExpressibleByArgument {
        case start, request, activation, `return`, receipt
        case shortStart = "short-start"

        var code: CodeKind {
            switch self {
            case .start: .start
            case .shortStart: .shortStart
            case .request: .request
            case .activation: .activation
            case .return: .returning
            case .receipt: .receipt
            }
        }
    }

    @Argument(help: "The code: start, short-start, request, activation, return or receipt.") var kind: Kind
    @Option(help: ArgumentHelp("The file for the page; without it the page is printed.", valueName: "file"))
    var output: String?
    @Flag(help: "Replace a file that holds something else.") var force = false

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let html = EmptyForm(kind: kind.code).html
        guard let output, output != "-" else {
            try environment.say(html)
            return .done
        }
        let file = try OutputFile(output)
        try file.write(html, force: force)
        try environment.say("the form is in \(file.path)\n")
        return .done
    }
}
