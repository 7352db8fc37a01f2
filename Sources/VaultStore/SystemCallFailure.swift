import LinuxSystem

/// A system call that failed: what was called, on what, and the error number.
///
/// No vault gives it: what leaves one is a `LicenceError` that says what it means.
package struct SystemCallFailure: Error, Equatable {
    /// The system call's name.
    package let call: String
    /// The file it was about, by its name in the store.
    package let name: String
    /// The value of `errno`.
    package let number: Int32

    package init(call: String, name: String, number: Int32) {
        self.call = call
        self.name = name
        self.number = number
    }

    /// The failure in words, with the number's text.
    package var detail: String { "\(call) \(name): \(ErrorNumber.words(number))" }
}
