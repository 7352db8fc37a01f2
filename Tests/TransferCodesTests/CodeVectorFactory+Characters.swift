@testable import TransferCodes

/// Characters that are not the code's own, and words.
extension CodeVectorFactory {
    /// What typed characters and spoken words stand for.
    static func characters() throws -> [CodeVector] {
        try strangers() + confusions() + words()
    }

    private static func repair(_ line: CodeLine, _ place: Int, _ read: String?) -> Repair {
        Repair(
            line: line.number, group: place / 5 + 1, position: place % 5 + 1, read: read,
            correct: String(Array(line.compactText)[place]))
    }

    /// The second line of an activation code with one character replaced by these bytes.
    private static func replacing(_ place: Int, with bytes: [UInt8]) throws -> (TransferCode, CodeLine, [UInt8]) {
        let code = try sample(.activation)
        let line = code.codeLines[1]
        let groups = line.groups.map { Array($0.utf8) }
        var text = Array("\(code.lines[0])\n2  ".utf8)
        for (index, group) in groups.enumerated() {
            if index > 0 { text.append(0x20) }
            for (offset, byte) in group.enumerated() { text += index * 5 + offset == place ? bytes : [byte] }
        }
        return (code, line, text + [0x0A])
    }

    /// Characters that no code has count as unreadable; those that separate make one that is missing.
    private static func strangers() throws -> [CodeVector] {
        let unreadable: [(String, String, String, String)] = [
            ("letter-u", "the letter U", "U", "U"), ("small-u", "a small u", "u", "U"),
            ("question-mark", "a question mark", "?", "?"), ("inverted-mark", "an inverted question mark", "¿", "?"),
            ("two-marks", "a sign of two question marks", "⁇", "?"), ("accent", "a letter with an accent", "é", "?"),
            ("cyrillic", "a Cyrillic letter", "Ж", "?"), ("ideograph", "an ideograph", "漢", "?"),
            ("arabic-digit", "an Arabic digit", "٣", "?"), ("superscript", "a small digit above the line", "²", "?"),
            ("roman-number", "a Roman number in one character", "Ⅳ", "?"),
        ]
        var vectors = try unreadable.enumerated().map { index, row in
            let place = (index * 3 + 1) % 20
            let (code, line, text) = try replacing(place, with: Array(row.2.utf8))
            return success(
                "character-\(row.0)", "\(row.1) in place of a character", code, text, expecting: .activation,
                repairs: [repair(line, place, row.3)])
        }
        let separating: [(String, String, [UInt8])] = [
            ("latin-1", "a byte that UTF-8 does not have", [0xE9]), ("asterisk", "an asterisk", Array("*".utf8)),
            ("replacement", "the sign for a character that could not be read", Array("\u{FFFD}".utf8)),
            ("emoji", "a picture", Array("🔑".utf8)), ("control", "a control character", [0x01]),
            ("space", "a space", [0x20]),
        ]
        vectors += try separating.enumerated().map { index, row in
            let place = index * 3 + 2
            let (code, line, text) = try replacing(place, with: row.2)
            return success(
                "character-\(row.0)", "\(row.1) in place of a character", code, text, expecting: .activation,
                repairs: [repair(line, place, nil)])
        }
        return vectors
    }

    /// Characters that are read as others, and characters without width.
    private static func confusions() throws -> [CodeVector] {
        let zeros = TransferCode.activation(
            try ActivationCode(maskedSeed: [UInt8](repeating: 0x08, count: 16), tag: [0x08, 0x40]))
        let text = SampleCodes.text(zeros)
        let forms: [(String, String, String)] = [
            ("letter-o", "O for 0", text.replacing("0", with: "O")),
            ("small-o", "o for 0", text.replacing("0", with: "o")),
            ("letter-i", "I for 1", text.replacing("1", with: "I")),
            ("small-i", "i for 1", text.replacing("1", with: "i")),
            ("letter-l", "L for 1", text.replacing("1", with: "L")),
            ("small-l", "l for 1", text.replacing("1", with: "l")),
            ("soft-hyphen", "soft hyphens", text.map { "\($0)\u{AD}" }.joined()),
            ("joiner", "joiners without width", text.map { "\($0)\u{200D}" }.joined()),
            ("marks-of-direction", "marks of direction", "\u{202A}\(text)\u{202C}"),
            ("vertical-tab", "vertical tabs for line ends", text.replacing("\n", with: "\u{0B}")),
            ("form-feed", "form feeds for line ends", text.replacing("\n", with: "\u{0C}")),
            ("next-line", "the line end of C1", text.replacing("\n", with: "\u{85}")),
            ("paragraph-sign", "separators of paragraphs", text.replacing("\n", with: "\u{2029}")),
            ("tabs", "tabs", text.replacing(" ", with: "\t")),
            ("bullets", "bullets in front", text.replacing("1  A", with: "• 1  A")),
        ]
        return forms.map { success("character-\($0.0)", $0.1, zeros, Array($0.2.utf8)) }
    }

    /// Each word that is understood, and words that are heard wrongly.
    private static func words() throws -> [CodeVector] {
        let code = try sample(.request)
        let spoken = Spelling.script(for: code).map(\.text)
        let said = spoken.joined(separator: "\n")
        let others = [
            ("plain-digits", "plain words for digits", ["tree": "three", "fife": "five", "niner": "nine"]),
            ("radio-digits", "radio words for digits", ["one": "wun", "two": "too", "four": "fower", "eight": "ait"]),
            ("zero", "other words for zero", ["zero": "nought"]), ("oh", "oh for zero", ["zero": "oh"]),
            ("null", "null for zero", ["zero": "null"]), ("oscar", "oscar for zero", ["zero": "oscar"]),
            ("india", "india for one", ["one": "india"]), ("lima", "lima for one", ["one": "lima"]),
            (
                "spellings", "other spellings",
                ["alfa": "alpha", "juliett": "juliet", "whiskey": "whisky", "victor": "viktor"]
            ),
            ("x-ray", "x-ray with a hyphen", ["xray": "x-ray"]), ("x", "x alone", ["xray": "x"]),
            ("bare", "characters among the words", ["alfa": "A", "zulu": "z", "seven": "7"]),
            ("fillers", "words that stand for nothing", ["check": "and then check group", "line": "stop line"]),
        ]
        var vectors = others.map { name, title, words in
            var text = said
            for (word, other) in words { text = text.replacing(word, with: other) }
            return success("spoken-\(name)", "read aloud, \(title)", code, lines([text]))
        }
        vectors.append(
            success(
                "spoken-digits-for-numbers", "read aloud, line numbers as digits", code,
                lines(
                    Spelling.script(for: code).enumerated().map { index, line in
                        "line \(index + 1) " + line.groups.flatMap { $0 }.joined(separator: " ")
                    })))
        vectors.append(
            success(
                "spoken-together", "read aloud, all on one line of text", code,
                lines([spoken.joined(separator: " ").replacing(":", with: "").replacing(",", with: "")])))
        for (name, word, read) in [
            ("unreadable", "unreadable", "?"), ("unknown", "unknown", "?"), ("question-mark", "question mark", "?"),
            ("uniform", "uniform", "U"),
        ] {
            let line = Spelling.script(for: code)[1]
            var words = line.groups.flatMap { $0 }
            words[11] = word
            let text = [spoken[0], "line two: " + words.joined(separator: " "), spoken[2], spoken[3]]
            vectors.append(
                success(
                    "spoken-\(name)", "read aloud, a character that is \(word)", code, lines(text),
                    expecting: .request, repairs: [repair(code.codeLines[1], 11, read)]))
        }
        return vectors
    }
}
