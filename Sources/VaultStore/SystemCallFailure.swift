import Glibc

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
    var detail: String {
        var text = [CChar](repeating: 0, count: 128)
        let known = strerror_r(number, &text, text.count) == 0
        let words = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "\(call) \(name): \(known ? words : "error \(number)")"
    }
}
