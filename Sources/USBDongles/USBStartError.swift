/// Why no USB dongle can be looked for at all.
package struct USBStartError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What failed, in lower case.
    package let message: String
    /// Who has to act, and how.
    package let hint: String

    package init(message: String, hint: String) {
        self.message = message
        self.hint = hint
    }

    /// ``message``.
    package var description: String { message }
}
