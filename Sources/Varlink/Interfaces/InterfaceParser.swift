/// What is wrong with an interface description.
package struct InterfaceSyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The line, counted from 1.
    package let line: Int
    /// What would have been right there.
    package let expected: String

    package var description: String { "line \(line): expected \(expected)" }
}

extension InterfaceDescription {
    /// Reads a description text (the grammar of varlink.org/Interface-Definition); comments are skipped.
    ///
    /// - Throws: ``InterfaceSyntaxError``; also for a name that is declared twice or a type that isn't declared.
    package init(_ text: String) throws(InterfaceSyntaxError) {
        var parser = InterfaceParser(text)
        self = try parser.interface(text: text)
    }
}

/// A recursive-descent parser over the description's bytes.
private struct InterfaceParser {
    private let bytes: [UInt8]
    private var position = 0
    /// Types used, with the position they were first used at, to be found among the declared.
    private var used: [String: Int] = [:]

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    mutating func interface(text: String) throws(InterfaceSyntaxError) -> InterfaceDescription {
        try keyword("interface")
        let name = try interfaceName()
        var types: [InterfaceDescription.TypeDeclaration] = []
        var methods: [InterfaceDescription.MethodDeclaration] = []
        var errors: [InterfaceDescription.ErrorDeclaration] = []
        var declared: Set<String> = []
        skipSpace()
        while position < bytes.count {
            let kind = word()
            let member = try memberName()
            guard declared.insert(member).inserted else {
                throw expected("a name other than \(member), declared above")
            }
            switch kind {
            case "type": types.append(.init(name: member, type: try structureOrEnumeration(depth: 0)))
            case "method":
                let parameters = try fields()
                guard take("->") else { throw expected("'->'") }
                methods.append(.init(name: member, parameters: parameters, reply: try fields()))
            case "error": errors.append(.init(name: member, parameters: try fields()))
            default: throw expected("'type', 'method' or 'error'")
            }
            skipSpace()
        }
        let typeNames = Set(types.map(\.name))
        if let missing = used.filter({ !typeNames.contains($0.key) }).min(by: { $0.value < $1.value }) {
            throw InterfaceSyntaxError(
                line: line(at: missing.value), expected: "a declared type, not \(missing.key)")
        }
        return InterfaceDescription(name: name, types: types, methods: methods, errors: errors, text: text)
    }

    // MARK: Types

    private mutating func fields() throws(InterfaceSyntaxError) -> [InterfaceDescription.Field] {
        switch try structureOrEnumeration(depth: 0) {
        case .structure(let fields): return fields
        default: throw expected("fields with types")
        }
    }

    /// Nesting is limited like a message's: nothing deeper could be sent.
    private mutating func type(depth: Int) throws(InterfaceSyntaxError) -> TypeExpression {
        guard depth < Limits().nesting else { throw expected("a type nested less deeply") }
        if take("?") {
            let inner = try type(depth: depth + 1)
            if case .optional = inner { throw expected("a type that isn't optional already") }
            return .optional(inner)
        }
        if take("[]") { return .array(try type(depth: depth + 1)) }
        if take("[string]") { return .dictionary(try type(depth: depth + 1)) }
        skipSpace()
        if current == UInt8(ascii: "(") { return try structureOrEnumeration(depth: depth + 1) }
        let start = position
        switch word() {
        case "bool": return .boolean
        case "int": return .integer
        case "float": return .float
        case "string": return .string
        case "object": return .object
        case let name where name.first?.isUppercase == true:
            used[name] = used[name] ?? start
            return .named(name)
        default: throw expected("a type")
        }
    }

    private mutating func structureOrEnumeration(depth: Int) throws(InterfaceSyntaxError) -> TypeExpression {
        guard take("(") else { throw expected("'('") }
        var fields: [InterfaceDescription.Field] = []
        var cases: [String] = []
        if take(")") { return .structure([]) }
        repeat {
            let name = word()
            guard let first = name.utf8.first, isLetter(first) else { throw expected("a name") }
            guard !cases.contains(name), !fields.contains(where: { $0.name == name }) else {
                throw expected("a name other than \(name), which stands before")
            }
            if cases.isEmpty, take(":") {
                fields.append(.init(name: name, type: try type(depth: depth)))
            } else {
                guard fields.isEmpty else { throw expected("':'") }
                cases.append(name)
            }
        } while take(",")
        guard take(")") else { throw expected("',' or ')'") }
        return cases.isEmpty ? .structure(fields) : .enumeration(cases)
    }

    // MARK: Names

    private mutating func keyword(_ keyword: String) throws(InterfaceSyntaxError) {
        guard word() == keyword else { throw expected("'\(keyword)'") }
    }

    private mutating func memberName() throws(InterfaceSyntaxError) -> String {
        let name = word()
        guard let first = name.utf8.first, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first),
            !name.contains("_")
        else { throw expected("a name that begins with a capital") }
        return name
    }

    /// Reversed-domain: at least two labels of letters, digits and inner hyphens, the first one of letters alone, as
    /// the narrowest reader in use (Python's) has it.
    private mutating func interfaceName() throws(InterfaceSyntaxError) -> String {
        skipSpace()
        let start = position
        while let byte = current,
            isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: ".")
        {
            position += 1
        }
        let name = String(decoding: bytes[start..<position], as: UTF8.self)
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, let first = labels.first, first.utf8.allSatisfy(isLetter),
            labels.allSatisfy({ !$0.isEmpty && !$0.hasPrefix("-") && !$0.hasSuffix("-") })
        else { throw expected("an interface name") }
        return name
    }

    /// Letters, digits and underscores; empty if there are none.
    private mutating func word() -> String {
        skipSpace()
        let start = position
        while let byte = current, isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "_") { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    // MARK: Bytes

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Counted only where something is wrong: each count reads the text from its beginning.
    private func line(at position: Int) -> Int { 1 + bytes[..<position].count { $0 == UInt8(ascii: "\n") } }

    private func expected(_ expected: String) -> InterfaceSyntaxError {
        InterfaceSyntaxError(line: line(at: position), expected: expected)
    }

    private mutating func take(_ symbol: String) -> Bool {
        skipSpace()
        guard bytes[position...].starts(with: symbol.utf8) else { return false }
        position += symbol.utf8.count
        return true
    }

    private mutating func skipSpace() {
        while let byte = current {
            if byte == UInt8(ascii: "#") {
                while let inner = current, inner != UInt8(ascii: "\n") { position += 1 }
            } else if [0x20, 0x09, 0x0A, 0x0D].contains(byte) {
                position += 1
            } else {
                return
            }
        }
    }

    private func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
