/// Where a command reads and writes: standard input, output and error, or a stand-in for them.
package protocol Console: Sendable {
    /// Whether a person can be asked: standard input and standard error are both a terminal. Questions go to standard
    /// error, so that standard output holds the result alone.
    var isInteractive: Bool { get }

    /// The size of the terminal that standard output is; nil where it is none.
    var outputSize: TerminalSize? { get }

    /// Writes all of `text` to standard output.
    ///
    /// - Throws: `outputFailed`, also where the reader is gone.
    func write(_ text: String) throws(CommandError)

    /// Writes `text` to standard error. A failure is not reported: there is nowhere left to say so.
    func writeError(_ text: String)

    /// Whether a line of standard input stands there already, as where several were pasted at once.
    var hasInputWaiting: Bool { get }

    /// Drops what was typed and not read, so that it is no answer to a question that was not there yet.
    func dropTypedAhead()

    /// One line of standard input without its end; nil at the end of input.
    ///
    /// - Throws: `inputRefused` for a line longer than 64 KiB or input that can't be read.
    func readLine() throws(CommandError) -> String?

    /// One line that is not shown while it is typed; nil at the end of input.
    ///
    /// - Parameter question: shown once typing is unseen, so that nobody answers too early.
    /// - Throws: `inputRefused` where standard input is no terminal, `cancelled` where Ctrl-C was typed.
    func readSecretLine(_ question: String) throws -> [UInt8]?

    /// Standard input to its end.
    ///
    /// - Throws: `inputRefused`, `inputTooLarge` beyond `limit` bytes.
    func readAll(limit: Int) throws(CommandError) -> [UInt8]
}
