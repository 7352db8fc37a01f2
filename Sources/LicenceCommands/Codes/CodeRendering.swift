import Control
import Licensing
import QRPictures
import TransferCodes

/// The code of a step in any of its forms.
struct CodeRendering {
    private let step: StepEntry

    init(_ step: StepEntry) {
        self.step = step
    }

    /// What goes into a file of this name.
    ///
    /// - Throws: where the daemon's code is none that this program knows.
    func bytes(_ form: CodeForm?, path: String) throws(LicenceError) -> [UInt8] {
        switch form {
        case .qr where CodeForm.ending(path) == "png": try picture(largestVersion: QRPicture.largestVersion).png
        case .qr: Array(try svg().utf8)
        default: Array(try text(form, terminal: nil, coloured: false).utf8)
        }
    }

    /// What is printed.
    ///
    /// - Parameters:
    ///   - terminal: the size of the terminal it is printed to; nil: it is none.
    ///   - coloured: whether a picture may set its own colours there.
    func text(_ form: CodeForm?, terminal: TerminalSize?, coloured: Bool) throws(LicenceError) -> String {
        switch form {
        case nil: return step.file ?? lines
        case .lines: return lines
        case .spell: return SpelledCode(try code(), transfer: step.transfer.transfer).text
        case .qr: return try terminalPicture(terminal).terminalText(coloured: coloured && terminal != nil)
        case .sheet: return CodeSheet(try code(), step.transfer, try picture()).html
        }
    }

    /// A QR picture as it is shown in a terminal, with the numbers of the lines that are in it.
    typealias TerminalPicture = (lines: ClosedRange<Int>, text: String)

    /// The QR pictures one by one, each small enough to be seen whole above a question.
    ///
    /// - Parameters: as those of ``text(_:terminal:coloured:)``.
    func terminalPictures(_ terminal: TerminalSize?, coloured: Bool) throws(LicenceError) -> [TerminalPicture] {
        try terminalPicture(terminal).parts.map { part in
            (part.lines, part.symbol.terminalText(coloured: coloured && terminal != nil))
        }
    }

    private func terminalPicture(_ terminal: TerminalSize?) throws(LicenceError) -> QRPicture {
        let usual = QRPicture.usualTerminal
        return try picture(
            largestVersion: QRPicture.largestVersion(
                columns: terminal?.columns ?? usual.columns, rows: terminal?.rows ?? usual.rows))
    }

    private var lines: String { step.code.map { $0 + "\n" }.joined() }

    private func code() throws(LicenceError) -> TransferCode {
        do {
            return try CodeReader.read(lines).code
        } catch {
            throw LicenceError(error)
        }
    }

    private func picture(largestVersion: Int = QRPicture.largestVersion) throws(LicenceError) -> QRPicture {
        let lines = try code().codeLines.map(\.compactText)
        guard let picture = QRPicture(lines: lines, largestVersion: largestVersion) else {
            throw LicenceError(
                .usage,
                [
                    .reason: "the terminal is too small for a QR picture",
                    .command: "give --output FILE.png, or make the terminal larger",
                ])
        }
        return picture
    }

    /// The picture with the code's own lines as its description: a screen reader says them, and programs find them.
    private func svg() throws(LicenceError) -> String {
        let title = "\(try code().kind.name) of transfer \(step.transfer.transfer)"
        return try picture().svg(title: title, description: lines)
    }
}
