/// A line as it is typed at a terminal that passes every key on: what each key means to it.
struct SecretLine {
    /// What a key leads to.
    enum Effect: Equatable {
        case more, done, end, interrupted, tooLong
    }

    /// The most bytes a line may have.
    static let longest = 1024

    /// What was typed and not taken back.
    private(set) var bytes: [UInt8] = []

    /// Takes a key's byte.
    mutating func type(_ byte: UInt8) -> Effect {
        switch byte {
        case 0x0A, 0x0D: return .done
        case 0x03: return .interrupted
        case 0x04: return bytes.isEmpty ? .end : .more
        case 0x08, 0x7F: removeCharacter()
        case 0x15: bytes.removeAll()
        default:
            guard bytes.count < Self.longest else { return .tooLong }
            bytes.append(byte)
        }
        return .more
    }

    /// Takes the last character back, all its bytes in UTF-8.
    private mutating func removeCharacter() {
        while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
    }
}
