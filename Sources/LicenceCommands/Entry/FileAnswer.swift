import Glibc

/// An answer that may be the name of a file.
enum FileAnswer {
    /// Whether an answer is meant as a file's name: there is such a file, or it looks like a name and not like a line of
    /// a code, which has neither dots nor slashes.
    static func isFileName(_ answer: String) -> Bool {
        let name = unquoted(answer)
        return access(name, F_OK) == 0 || (name.contains(".") || name.contains("/")) && !name.contains(" ")
    }

    /// The name without the quotation marks that a terminal puts around a file that is dropped on it.
    static func unquoted(_ answer: String) -> String {
        guard answer.count >= 2, let mark = answer.first, mark == "'" || mark == "\"", answer.last == mark else {
            return answer
        }
        return String(answer.dropFirst().dropLast())
    }
}
