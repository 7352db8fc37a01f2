import ArgumentParser
import Licensing

/// A form that a code is given in, other than as an `.aut` file.
enum CodeForm: String, Sendable, CaseIterable, EnumerableFlag {
    /// Its lines alone.
    case lines
    /// The words to read aloud.
    case spell
    /// A QR picture: PNG or SVG in a file, half blocks in a terminal.
    case qr
    /// A page to print.
    case sheet

    static func help(for form: CodeForm) -> ArgumentHelp? {
        switch form {
        case .lines: "Give the lines alone, without a heading."
        case .spell: "Give the words to read aloud, line by line."
        case .qr: "Give a QR picture: in the terminal, or in a .png or .svg file."
        case .sheet: "Give a page to print (HTML), with the lines and the QR picture."
        }
    }

    /// The endings of files that are of this form, in lower case; empty where any other will do.
    private var endings: [String] {
        switch self {
        case .lines, .spell: []
        case .qr: ["png", "svg"]
        case .sheet: ["html", "htm"]
        }
    }

    /// The form of a file with this name, where the name tells.
    init?(path: String) {
        let ending = Self.ending(path)
        guard let form = Self.allCases.first(where: { $0.endings.contains(ending) }) else { return nil }
        self = form
    }

    /// Refuses a file whose name says that it is of another form.
    ///
    /// - Throws: `usage`.
    func check(path: String) throws(LicenceError) {
        let other = CodeForm(path: path)
        guard other != self else { return }
        if other == nil, self != .qr { return }
        let wanted = endings.isEmpty ? ".txt" : endings.map { ".\($0)" }.joined(separator: " or ")
        throw LicenceError(
            .usage,
            [
                .reason: "--\(rawValue) does not go into a file of the name \(path)",
                .command: "give it a name that ends with \(wanted)",
            ])
    }

    /// What follows the last dot of a name, in lower case.
    static func ending(_ path: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: ".") else { return "" }
        return name[name.index(after: dot)...].lowercased()
    }
}
