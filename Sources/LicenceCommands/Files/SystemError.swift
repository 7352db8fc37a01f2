import Glibc

/// Numbers of `errno` in words.
package enum SystemError {
    /// What the C library says of `number`.
    package static func text(_ number: Int32) -> String {
        var room = [CChar](repeating: 0, count: 128)
        guard strerror_r(number, &room, room.count) == 0 else { return "error \(number)" }
        return String(decoding: room.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
