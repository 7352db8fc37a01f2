import Glibc

/// Numbers of `errno`.
package enum ErrorNumber {
    /// What the C library says of `number`.
    package static func words(_ number: Int32) -> String {
        var text = [CChar](repeating: 0, count: 128)
        guard strerror_r(number, &text, text.count) == 0 else { return "error \(number)" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
