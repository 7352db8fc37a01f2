import FoundationEssentials

/// Reads a message's bytes once, before any decoder sees them: strict JSON (RFC 8259) without unpaired surrogates, valid UTF-8, nesting and number
/// of keys within ``Limits``, no key twice in the message's object or in its `parameters`.
///
/// Foundation's decoder allows deep nesting, turns `1e999` into infinity and keeps the last of two equal keys; what
/// passes here has none of that.
struct MessageScanner {
    /// What stands at the message's top level: where each member's value is, by key.
    struct Members {
        /// The range of each member's value in the message.
        var values: [String: Range<Int>] = [:]
        /// The first parameter that has a number no double can hold, or with too many digits.
        var unrepresentable: String?
    }

    private let bytes: [UInt8]
    private let limits: Limits
    private var position = 0
    private var members = Members()
    /// The member of `parameters` that is being read.
    private var parameter: String?

    private init(_ bytes: [UInt8], _ limits: Limits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// The members of a message.
    ///
    /// - Throws: ``MessageFault``, the first one found.
    static func members(of bytes: [UInt8], limits: Limits) throws(MessageFault) -> Members {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .notUTF8 }
        var scanner = MessageScanner(bytes, limits)
        scanner.skipSpace()
        guard scanner.position < bytes.count else { throw .notJSON(offset: scanner.position) }
        let isObject = scanner.current == UInt8(ascii: "{")
        if isObject { try scanner.messageObject() } else { try scanner.value(depth: 1) }
        scanner.skipSpace()
        guard scanner.position == bytes.count else { throw scanner.unexpected }
        guard isObject else { throw .notAnObject }
        return scanner.members
    }

    // MARK: Objects whose keys matter

    private mutating func messageObject() throws(MessageFault) {
        try object(depth: 1, distinctKeys: true) { (scanner, key) throws(MessageFault) in
            let start = scanner.position
            if key == "parameters", scanner.current == UInt8(ascii: "{") {
                try scanner.parametersObject()
            } else {
                scanner.parameter = key
                try scanner.value(depth: 2)
            }
            if let key { scanner.members.values[key] = start..<scanner.position }
        }
    }

    private mutating func parametersObject() throws(MessageFault) {
        try object(depth: 2, distinctKeys: true) { (scanner, key) throws(MessageFault) in
            scanner.parameter = key
            try scanner.value(depth: 3)
        }
    }

    /// Reads an object; `member` reads each value. Keys are decoded and compared only where they matter.
    private mutating func object(
        depth: Int, distinctKeys: Bool, member: (inout Self, String?) throws(MessageFault) -> Void
    ) throws(MessageFault) {
        guard depth <= limits.nesting else { throw .tooDeep(limit: limits.nesting) }
        var keys: Set<String> = []
        position += 1
        skipSpace()
        if take(UInt8(ascii: "}")) { return }
        while true {
            let start = position
            try string()
            var key: String?
            if distinctKeys {
                let name = try decodedString(start..<position)
                guard keys.count < limits.keys else { throw .tooManyKeys(limit: limits.keys) }
                guard keys.insert(name).inserted else { throw .duplicateKey(name) }
                key = name
            }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw unexpected }
            skipSpace()
            try member(&self, key)
            skipSpace()
            if take(UInt8(ascii: "}")) { return }
            guard take(UInt8(ascii: ",")) else { throw unexpected }
            skipSpace()
        }
    }

    // MARK: Values

    /// Reads one value. It calls itself at most ``Limits/nesting`` deep.
    private mutating func value(depth: Int) throws(MessageFault) {
        switch current {
        case UInt8(ascii: "{"):
            try object(depth: depth, distinctKeys: false) { (scanner, _) throws(MessageFault) in
                try scanner.value(depth: depth + 1)
            }
        case UInt8(ascii: "["): try array(depth: depth)
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: try number()
        }
    }

    private mutating func array(depth: Int) throws(MessageFault) {
        guard depth <= limits.nesting else { throw .tooDeep(limit: limits.nesting) }
        position += 1
        skipSpace()
        if take(UInt8(ascii: "]")) { return }
        while true {
            try value(depth: depth + 1)
            skipSpace()
            if take(UInt8(ascii: "]")) { return }
            guard take(UInt8(ascii: ",")) else { throw unexpected }
            skipSpace()
        }
    }

    private mutating func string() throws(MessageFault) {
        guard take(UInt8(ascii: "\"")) else { throw unexpected }
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"):
                position += 1
                try escape()
            case 0..<0x20: throw unexpected
            default: position += 1
            }
        }
        throw unexpected
    }

    private mutating func escape() throws(MessageFault) {
        guard let letter = current else { throw unexpected }
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            position += 1
            let unit = try codeUnit()
            if UTF16.isTrailSurrogate(unit) { throw unexpected }
            if UTF16.isLeadSurrogate(unit) {
                // Half a character would be a string to some readers and an error to others.
                guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")), UTF16.isTrailSurrogate(try codeUnit()) else {
                    throw unexpected
                }
            }
        default: throw unexpected
        }
    }

    private mutating func codeUnit() throws(MessageFault) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = current, let value = Character(Unicode.Scalar(digit)).hexDigitValue else {
                throw unexpected
            }
            unit = unit << 4 | UInt16(truncatingIfNeeded: value)
            position += 1
        }
        return unit
    }

    private mutating func number() throws(MessageFault) {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        guard position - start <= limits.numberBytes,
            Double(String(decoding: bytes[start..<position], as: UTF8.self))?.isFinite == true
        else {
            members.unrepresentable = members.unrepresentable ?? parameter ?? "parameters"
            return
        }
    }

    private mutating func digits() throws(MessageFault) {
        let start = position
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw unexpected }
    }

    private mutating func word(_ word: StaticString) throws(MessageFault) {
        for byte in UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount) {
            guard take(byte) else { throw unexpected }
        }
    }

    // MARK: Bytes

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private var unexpected: MessageFault { .notJSON(offset: position) }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func decodedString(_ range: Range<Int>) throws(MessageFault) -> String {
        guard let string = JSONText.string(in: bytes[range]) else { throw .notJSON(offset: range.lowerBound) }
        return string
    }
}
