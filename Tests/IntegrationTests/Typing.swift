/// What happens to codes between two people.
enum Typing {
    /// Two characters of each line are mistyped, at places that differ from line to line.
    static func twoWrongCharacters(_ code: String) -> String {
        mangled(code) { line, characters in
            for place in [line * 3 % 20, (line * 7 + 11) % 20] {
                characters[place] = characters[place] == "7" ? "8" : "7"
            }
        }
    }

    /// One group of each line can't be read.
    static func oneGroupUnreadable(_ code: String) -> String {
        mangled(code) { line, characters in
            for place in line % 4 * 5..<line % 4 * 5 + 5 { characters[place] = "?" }
        }
    }

    /// Three characters of one line are mistyped: more than can be put right.
    static func beyondRepair(_ code: String) -> String {
        mangled(code) { line, characters in
            guard line == 1 else { return }
            for place in [0, 7, 13] { characters[place] = characters[place] == "7" ? "8" : "7" }
        }
    }

    /// Changes the 20 characters of each line, behind its number.
    private static func mangled(_ code: String, _ body: (Int, inout [Character]) -> Void) -> String {
        code.split(separator: "\n").map { line in
            let parts = line.split(separator: " ")
            var characters = parts.dropFirst().flatMap(Array.init)
            body(Int(parts[0]) ?? 0, &characters)
            return "\(parts[0]) \(String(characters))\n"
        }.joined()
    }
}
