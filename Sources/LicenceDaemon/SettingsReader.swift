/// Reads the text of a settings file, which is a small part of [TOML 1.0](https://toml.io/en/v1.0.0), and means what it
/// means there:
///
///     file    = [ byte order mark ] *( [ setting ] [ comment ] newline )      ; the last newline may be missing
///     setting = name "=" ( value / "[" [ value *( "," value ) [ "," ] ] "]" ) ; newlines and comments may stand in a list
///     name    = 1*( letter / digit / "_" / "-" )                              ; letters and digits are those of ASCII
///     value   = text / word
///     text    = '"' *( "\\" / '\"' / any but '"', "\" and newline ) '"' / "'" *( any but "'" and newline ) "'"
///     word    = 1*( letter / digit / "_" / "-" / "+" / "." / ":" )
///     comment = "#" *( any but newline )
///     newline = LF / CR LF
///
/// Spaces and tabs may stand between any two of these. Other control characters are refused, wherever they stand; so is
/// a name that stands twice. What is left out of TOML, tables and texts of several lines among it, no setting needs; so
/// nothing here nests, each byte is looked at once or twice, and there is nothing that a text could make endless.
struct SettingsReader {
    /// What has not been read yet.
    private var rest: ArraySlice<UInt8>
    /// The line that `rest` begins on.
    private var line = 1

    /// A reader at the beginning of `text`.
    init(_ text: String) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let bytes = Array(text.utf8)
        rest = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
    }

    /// The settings, in the order of the file.
    mutating func settings() throws(Setting.Refusal) -> [Setting] {
        try refuseControlCharacters()
        var settings: [Setting] = []
        var lines: [String: Int] = [:]
        while true {
            skipToSomething()
            guard !rest.isEmpty else { return settings }
            let setting = try setting()
            if let first = lines.updateValue(setting.line, forKey: setting.name) {
                throw setting.refusal("is set a second time; line \(first) sets it already")
            }
            settings.append(setting)
        }
    }

    /// One setting, up to the end of its last line.
    private mutating func setting() throws(Setting.Refusal) -> Setting {
        let first = line
        guard rest.first != .openingBracket else {
            throw refusal("a table is of no use here: every setting is one line, such as group = \"alm\"")
        }
        let name = take(while: \.isOfName)
        guard !name.isEmpty else { throw refusal("a setting has to begin with its name, without quotes") }
        skipSpace()
        guard take(.equals) else { throw refusal("an = is missing behind \(name)") }
        skipSpace()
        let value = take(.openingBracket) ? try list(of: name) : try value(of: name)
        skipSpace()
        skipComment()
        guard rest.isEmpty || rest.first == .newline else {
            throw refusal("something stands behind the value of \(name)")
        }
        return Setting(name: name, value: value, line: first)
    }

    /// What stands behind an opening bracket, and its closing one.
    private mutating func list(of name: String) throws(Setting.Refusal) -> Setting.Value {
        var values: [Setting.Value] = []
        skipToSomething()
        while !take(.closingBracket) {
            values.append(try value(of: name))
            skipToSomething()
            guard take(.comma) || rest.first == .closingBracket else {
                throw refusal("the list of \(name) needs a comma or its closing bracket here")
            }
            skipToSomething()
        }
        return .list(values)
    }

    /// A text or a word.
    private mutating func value(of name: String) throws(Setting.Refusal) -> Setting.Value {
        if take(.quote) { return .text(try text(of: name, upTo: .quote)) }
        if take(.apostrophe) { return .text(try text(of: name, upTo: .apostrophe)) }
        let word = take(while: \.isOfWord)
        guard !word.isEmpty else {
            throw refusal("\(name) has no value here: a text in quotes, true or false, or a list of texts")
        }
        return .word(word)
    }

    /// What stands behind an opening quote, and its closing one.
    private mutating func text(of name: String, upTo end: UInt8) throws(Setting.Refusal) -> String {
        var bytes: [UInt8] = []
        while let byte = rest.popFirst(), byte != .newline {
            if byte == end { return String(decoding: bytes, as: UTF8.self) }
            guard byte == .backslash, end == .quote else {
                bytes.append(byte)
                continue
            }
            guard let escaped = rest.popFirst(), escaped == .quote || escaped == .backslash else {
                throw refusal(
                    #"in the text of \#(name), behind a \ only " or \ can stand; in single quotes a \ is nothing special"#
                )
            }
            bytes.append(escaped)
        }
        throw refusal("the text of \(name) has no closing quote")
    }
}

extension SettingsReader {
    /// Refuses what neither a person types nor an editor shows, and thereby every NUL, at which a path would end.
    private func refuseControlCharacters() throws(Setting.Refusal) {
        var line = 1
        var last: UInt8?
        for byte in rest {
            if byte == .newline { line += 1 }
            let isAllowed = byte >= 0x20 && byte != 0x7F || [.tab, .newline, .carriageReturn].contains(byte)
            // Nor does a carriage return stand alone: editors disagree on whether a line ends there.
            guard isAllowed, last != .carriageReturn || byte == .newline else {
                throw Setting.Refusal(line: line, reason: "a control character is in it")
            }
            last = byte
        }
        guard last != .carriageReturn else {
            throw Setting.Refusal(line: line, reason: "a control character is in it")
        }
    }

    /// Spaces and tabs; and carriage returns, each of which has its newline behind it.
    private mutating func skipSpace() {
        rest = rest.drop { [.space, .tab, .carriageReturn].contains($0) }
    }

    private mutating func skipComment() {
        if rest.first == .hash { rest = rest.drop { $0 != .newline } }
    }

    /// Space, comments and the ends of lines.
    private mutating func skipToSomething() {
        repeat {
            skipSpace()
            skipComment()
        } while take(.newline)
    }

    /// Takes `byte`, if it is the next one.
    private mutating func take(_ byte: UInt8) -> Bool {
        guard rest.first == byte else { return false }
        rest = rest.dropFirst()
        if byte == .newline { line += 1 }
        return true
    }

    /// Takes the bytes, all of them ASCII, up to the first for which `belongs` is false.
    private mutating func take(while belongs: (UInt8) -> Bool) -> String {
        let taken = rest.prefix(while: belongs)
        rest = rest.dropFirst(taken.count)
        return String(decoding: taken, as: UTF8.self)
    }

    private func refusal(_ reason: String) -> Setting.Refusal { Setting.Refusal(line: line, reason: reason) }
}

extension UInt8 {
    fileprivate static let tab = UInt8(ascii: "\t")
    fileprivate static let newline = UInt8(ascii: "\n")
    fileprivate static let carriageReturn = UInt8(ascii: "\r")
    fileprivate static let space = UInt8(ascii: " ")
    fileprivate static let quote = UInt8(ascii: "\"")
    fileprivate static let hash = UInt8(ascii: "#")
    fileprivate static let apostrophe = UInt8(ascii: "'")
    fileprivate static let comma = UInt8(ascii: ",")
    fileprivate static let equals = UInt8(ascii: "=")
    fileprivate static let openingBracket = UInt8(ascii: "[")
    fileprivate static let backslash = UInt8(ascii: "\\")
    fileprivate static let closingBracket = UInt8(ascii: "]")

    /// Whether it can stand in the name of a setting.
    fileprivate var isOfName: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Whether it can stand in a value without quotes.
    fileprivate var isOfWord: Bool {
        isOfName || self == UInt8(ascii: "+") || self == UInt8(ascii: ".") || self == UInt8(ascii: ":")
    }
}
