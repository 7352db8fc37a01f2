import LinuxSystem

/// A system call that failed: what was called, on what, and the error number.
///
/// Stays inside this target; what leaves it is a `LicenceError` that says what it means.
struct SystemCallFailure: Error, Equatable {
    /// The system call's name.
    let call: String
    /// The file it was about, by its name in the store.
    let name: String
    /// The value of `errno`.
    let number: Int32

    /// The failure in words, with the number's text.
    var detail: String { "\(call) \(name): \(ErrorNumber.words(number))" }
}
