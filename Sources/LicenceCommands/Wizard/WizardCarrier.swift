import Control
import Licensing
import TransferCodes

/// Gives a code in the way that it is to travel, as often as the person wants.
struct WizardCarrier {
    private let environment: CommandEnvironment
    /// The step with the code: with its short form once that was asked for.
    private(set) var step: StepEntry
    /// What the code is.
    private(set) var kind: CodeKind
    private var short: (() async throws -> StepEntry)?

    /// - Parameters:
    ///   - step: what made the code.
    ///   - short: makes the short form of a start code; nil where there is none.
    init(
        environment: CommandEnvironment, step: StepEntry, kind: CodeKind, short: (() async throws -> StepEntry)? = nil
    ) {
        (self.environment, self.step, self.kind, self.short) = (environment, step, kind, short)
    }

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

    /// The number of the answer that asks for the short form, after the ways.
    private static let shortForm = Way.allCases.count + 1

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

    /// Asks until the code was given at least once, and nothing more is wanted. At the end of input it leaves.
    ///
    /// The step is done and durable: how the code is had again is said first, for whoever leaves at a question.
    mutating func give() async throws {
        environment.note("\n")
        environment.note(paragraph: "The \(kind.name) is kept: \(command) gives it again at any time.")
        showWays()
        var isGiven = false
        while true {
            let last = short == nil ? Way.allCases.count : Self.shortForm
            let question =
                isGiven
                ? "Another way, too? (1 to \(last), Enter: no)"
                : "Way (1 to \(last), Enter: 1; or a name for the file)"
            guard let answer = try answer(question) else { return }
            if isGiven, ["", "no", "n"].contains(answer.lowercased()) { return }
            if let short, Int(answer) == Self.shortForm {
                try await change(to: short)
                isGiven = false
            } else if try give(answer) {
                isGiven = true
            }
        }
    }

    private var command: String {
        "almctl offline-transfer show \(step.transfer.transfer)" + (kind == .shortStart ? " --short" : "")
    }

    private func showWays() {
        environment.note("\nHow does the \(kind.name) travel?\n")
        for way in Way.allCases { environment.note(WizardList.item(String(way.rawValue), title(way))) }
        guard short != nil else { return }
        let title = "in its short form, 2 lines             if the target has its certificate"
        environment.note(WizardList.item(String(Self.shortForm), title))
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

    private func path(_ ending: String) -> String {
        let form = kind == .shortStart ? "short-" : ""
        return "\(step.transfer.transfer)-\(form)\(Self.fileName(of: kind)).\(ending)"
    }

    /// The answer; nil at the end of input.
    private func answer(_ question: String) throws -> String? {
        do {
            return try Question(environment).ask(question)
        } catch let error as LicenceError where error.code == .cancelled {
            return nil
        }
    }

    // MARK: - The short form

    /// Gives the short form from now on.
    private mutating func change(to short: () async throws -> StepEntry) async throws {
        step = try await short()
        (kind, self.short) = (.shortStart, nil)
        let need = CertificateNeed(step).map { " " + $0.name } ?? ""
        environment.note("\n")
        environment.note(
            paragraph:
                "The short start code leaves the certificate out. It can be loaded only where certificate\(need) is known: "
                + "where this key is or was, or where the certificate was brought to (almctl certificate import). It is of "
                + "the same transfer, and either form may be loaded.")
        environment.note(paragraph: "\(command) gives it again at any time.")
        showWays()
    }

    // MARK: - The ways

    /// Gives it as `answer` says; whether that could be done.
    private func give(_ answer: String) throws -> Bool {
        if answer == "-" { return try show(.screen) }
        let isName = !answer.isEmpty && Int(answer) == nil && !Self.isYesOrNo(answer)
        if isName { return write(answer, CodeForm(path: answer)) }
        guard let way = Way(rawValue: answer.isEmpty ? 1 : Int(answer) ?? 0) else {
            environment.note("Type a number from this list, or a name for the file.\n")
            return false
        }
        if let ending = way.ending { return write(path(ending), way.form) }
        return way == .photograph ? try draw() : try show(way)
    }

    /// Whether somebody answers another question than was asked: nobody calls a file so.
    private static func isYesOrNo(_ answer: String) -> Bool {
        ["yes", "y", "no", "n"].contains(answer.lowercased())
    }

    private func show(_ way: Way) throws -> Bool {
        let text: String
        do throws(LicenceError) {
            text = try CodeRendering(step).text(way.form, terminal: nil, coloured: false)
        } catch {
            environment.note(ErrorReport(error).wrappedText)
            return false
        }
        try environment.say("\n" + text + "\n")
        return true
    }

    /// Draws the QR pictures one by one, each until it was photographed: the screen holds one, with the question beneath.
    private func draw() throws -> Bool {
        let pictures: [CodeRendering.TerminalPicture]
        do throws(LicenceError) {
            pictures = try CodeRendering(step).terminalPictures(
                environment.console.outputSize, coloured: environment.drawsInColour)
        } catch {
            environment.note(ErrorReport(error).wrappedText)
            return false
        }
        var index = 0
        while pictures.indices.contains(index) {
            let (picture, number) = (pictures[index], index + 1)
            try environment.say("\n")
            try environment.draw(picture.text)
            let isLast = number == pictures.count
            let place =
                pictures.count == 1
                ? "The picture has all of it (Enter: go on)"
                : "Picture \(number) of \(pictures.count), lines \(picture.lines.lowerBound) to "
                    + "\(picture.lines.upperBound) (Enter: \(isLast ? "go on" : "the next"); or a picture's number)"
            guard let answer = try answer(place) else { return true }
            if let wanted = Int(answer), pictures.indices.contains(wanted - 1) {
                index = wanted - 1
            } else if answer.isEmpty {
                index += 1
            }
        }
        return true
    }

    private func write(_ path: String, _ form: CodeForm?) -> Bool {
        do {
            let file = try OutputFile(path)
            try file.write(CodeRendering(step).bytes(form, path: file.path), force: false)
            environment.note("The \(kind.name) is in \(file.path).\n")
            return true
        } catch {
            environment.note(paragraph: "\(ErrorReport(error).message); give another name for the file.")
            return false
        }
    }
}
