import Crypto

/// SHA-256 of the parts one after another.
func sha256(_ parts: [UInt8]...) -> [UInt8] {
    var hash = SHA256()
    for part in parts {
        part.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }
    return Array(hash.finalize())
}

/// The check of both forms of start code: it tells that all lines were read rightly and belong together.
enum StartCheck {
    /// How many bits it has.
    static let bitCount = 32

    /// The first 32 bits of SHA-256("alm/1/start-check" ‖ header ‖ s ‖ subject), where the subject is the
    /// certificate, or its SHA-256 in a short start code.
    static func value(header: CodeHeader, offerSecret: [UInt8], subject: [UInt8]) -> [UInt8] {
        Array(sha256(Array("alm/1/start-check".utf8), header.bytes, offerSecret, subject).prefix(4))
    }
}
