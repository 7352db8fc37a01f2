import Control
import Licensing
import TransferCodes

/// Gives a code in the way that it is to travel, as often as the person wants.
struct WizardCarrier {
    let environment: CommandEnvironment
    let step: StepEntry
    /// What the code is in names of files: `start`, `request`…
    let name: String
    let kind: CodeKind

    /// The ways.
    enum Way: Int, CaseIterable {
        case file = 1
        case screen, voice, photograph, picture, page

        /// The form of the code that travels so; nil: the text of an `.aut` file.
        var form: CodeForm? {
            switch self {
            case .file, .screen: nil
            case .voice: .spell
            case .photograph, .picture: .qr
            case .page: .sheet
            }
        }

        /// The ending of the file that it goes into; nil: it is shown here.
        var ending: String? {
            switch self {
            case .file: "aut"
            case .picture: "png"
            case .page: "html"
            case .screen, .voice, .photograph: nil
            }
        }
    }

    /// The word for a code in names of files.
    static func fileName(of kind: CodeKind) -> String {
        switch kind {
        case .start, .shortStart: "start"
        case .request: "request"
        case .activation: "activation"
        case .returning: "return"
        case .receipt: "receipt"
        }
    }

    /// Asks until the code was given at least once, and nothing more is wanted.
    ///
    /// The step is done and durable: whoever leaves now has the code shown again, and that is said.
    func give() throws {
        environment.note("\nHow does the \(kind.name) travel?\n")
        for way in Way.allCases { environment.note(WizardList.item(String(way.rawValue), title(way))) }
        var isGiven = false
        while true {
            let question =
                isGiven
                ? "Another way, too? (1 to 6, Enter: no)" : "Way (1 to 6, Enter: 1; or a name for the file)"
            guard let answer = try answer(question) else { return }
            if isGiven, ["", "no", "n"].contains(answer.lowercased()) { return }
            if try give(answer) { isGiven = true }
        }
    }

    /// The answer; nil at the end of input, after saying how the code is had again.
    private func answer(_ question: String) throws -> String? {
        do {
            return try Question(environment).ask(question)
        } catch let error as LicenceError where error.code == .cancelled {
            environment.note(
                PlainOutput.wrapped(
                    "The \(kind.name) is kept; almctl offline-transfer show \(step.transfer.transfer) gives it again."))
            return nil
        }
    }

    private func title(_ way: Way) -> String {
        switch way {
        case .file: "as a file, by mail or on a stick       \(path("aut"))"
        case .screen: "copied off this screen                 its lines are printed here"
        case .voice: "read out on the telephone              the words are printed here"
        case .photograph: "photographed off this screen           a QR picture is drawn here"
        case .picture: "as a picture, by mail or messenger     \(path("png"))"
        case .page: "on paper or by fax                     \(path("html"))"
        }
    }

    private func path(_ ending: String) -> String { "\(step.transfer.transfer)-\(name).\(ending)" }

    /// Gives it as `answer` says; whether that could be done.
    private func give(_ answer: String) throws -> Bool {
        if answer == "-" { return try show(.screen) }
        guard answer.isEmpty || Int(answer) != nil else { return write(answer, CodeForm(path: answer)) }
        guard let way = Way(rawValue: Int(answer) ?? 1) else {
            environment.note("Type a number from 1 to 6, or a name for the file.\n")
            return false
        }
        if let ending = way.ending { return write(path(ending), way.form) }
        return try show(way)
    }

    private func show(_ way: Way) throws -> Bool {
        let (size, form) = (environment.console.outputSize, way.form)
        let text: String
        do throws(LicenceError) {
            text = try CodeRendering(step).text(form, terminal: size, coloured: environment.drawsInColour)
        } catch {
            environment.note(ErrorReport(error).wrappedText)
            return false
        }
        try environment.say("\n")
        if form == .qr { try environment.draw(text) } else { try environment.say(text) }
        try environment.say("\n")
        return true
    }

    private func write(_ path: String, _ form: CodeForm?) -> Bool {
        do {
            let file = try OutputFile(path)
            try file.write(CodeRendering(step).bytes(form, path: file.path), force: false)
            environment.note("The \(kind.name) is in \(file.path).\n")
            return true
        } catch {
            environment.note(PlainOutput.wrapped("\(ErrorReport(error).message); give another name for the file."))
            return false
        }
    }
}
