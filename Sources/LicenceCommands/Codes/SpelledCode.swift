import TransferCodes

/// What to read aloud on the telephone, so that the other side can write the code down.
struct SpelledCode {
    private let code: TransferCode
    private let transfer: String

    /// - Parameter transfer: the transfer's six characters.
    init(_ code: TransferCode, transfer: String) {
        (self.code, self.transfer) = (code, transfer)
    }

    /// The script: each line of the code with its number, a line of text for each group of five words. Whatever is not
    /// to be read aloud stands in brackets.
    var text: String {
        let script = Spelling.script(for: code)
        let count = script.count == 1 ? "1 line" : "\(script.count) lines"
        let heading = """
            [\(code.kind.name) of transfer \(transfer): \(count) of 4 groups.]
            [Read a group, wait until it is written down, go on.]

            """
        return heading + script.map { "\n\($0.text)" }.joined()
    }
}
