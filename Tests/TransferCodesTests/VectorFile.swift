/// A vector as it stands in its file: headers, an empty line, and what is read. `Fixtures/codes/README.md` specifies it.
struct VectorFile: Equatable {
    /// One header; some may stand there several times.
    struct Header: Equatable {
        var name: String
        var value: String
    }

    /// How the body says what is read.
    enum Input: Equatable {
        /// Nothing is read.
        case none
        /// These bytes.
        case bytes([UInt8])
        /// These bytes, so many times.
        case repeated([UInt8], Int)

        /// What is read.
        var bytes: [UInt8] {
            switch self {
            case .none: []
            case .bytes(let bytes): bytes
            case .repeated(let bytes, let count): Array(repeatElement(bytes, count: count).joined())
            }
        }
    }

    /// All but `input`, in their order.
    private(set) var headers: [Header]
    /// What is read.
    private(set) var input: Input

    /// - Parameter headers: pairs of name and value.
    init(_ headers: [(String, String)], input: Input) {
        self.headers = headers.map { Header(name: $0.0, value: $0.1) }
        self.input = input
    }

    /// The file of this text; nil where it is none.
    init?(_ text: String) {
        guard let end = text.firstRange(of: "\n\n") else { return nil }
        var headers: [Header] = []
        for line in text[..<end.lowerBound].split(separator: "\n", omittingEmptySubsequences: false) {
            guard let colon = line.firstRange(of: ": ") else { return nil }
            headers.append(Header(name: String(line[..<colon.lowerBound]), value: String(line[colon.upperBound...])))
        }
        let body = text[end.upperBound...]
        guard headers.last?.name == "input", let form = headers.popLast()?.value.split(separator: " ") else {
            return nil
        }
        switch (form.first, form.count) {
        case ("none", 1) where body.isEmpty: input = .none
        case ("text", 1): input = .bytes(Array(body.utf8))
        case ("hex", 1):
            guard let bytes = CodeVector.bytes(hex: body.dropLast()), body.last == "\n" else { return nil }
            input = .bytes(bytes)
        case ("repeat", 2):
            guard let bytes = CodeVector.bytes(hex: body.dropLast()), let count = Int(form[1]) else { return nil }
            input = .repeated(bytes, count)
        default: return nil
        }
        self.headers = headers
    }

    /// The text of the file.
    var text: String {
        let (form, body) =
            switch input {
            case .none: ("none", "")
            case .bytes(let bytes) where Self.isPlain(bytes): ("text", String(decoding: bytes, as: UTF8.self))
            case .bytes(let bytes): ("hex", CodeVector.hex(bytes) + "\n")
            case .repeated(let bytes, let count): ("repeat \(count)", CodeVector.hex(bytes) + "\n")
            }
        let lines = headers.map { "\($0.name): \($0.value)" } + ["input: \(form)"]
        return lines.joined(separator: "\n") + "\n\n" + body
    }

    /// The values of all headers of that name.
    func values(_ name: String) -> [String] { headers.filter { $0.name == name }.map(\.value) }

    /// The value of the only header of that name; nil where there is none, or more than one.
    func value(_ name: String) -> String? {
        let values = values(name)
        return values.count == 1 ? values[0] : nil
    }

    /// ASCII that ends with a line.
    private static func isPlain(_ bytes: [UInt8]) -> Bool {
        bytes.allSatisfy { $0 == 0x0A || (0x20...0x7E).contains($0) } && bytes.last == 0x0A
    }
}
