/// Where a code goes, and in which form.
struct CodeDestination: Sendable {
    /// The form; nil: the text of an `.aut` file.
    var form: CodeForm?
    /// The file; nil: standard output.
    var file: OutputFile?
    /// Whether a file that holds something else is replaced.
    var force = false

    /// Standard output, as an `.aut` file.
    static let printed = CodeDestination()
}
