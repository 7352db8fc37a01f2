package import Licensing

/// An error: the name of its code, then the named values in the order of their names.
extension LicenceError: Payload {
    /// A code whose name is not known becomes `unrecognised` with the name as its detail, and a value whose name is not
    /// known is left out: the texts that people read are this side's own.
    package init(reading reader: inout PayloadReader) throws(PayloadError) {
        let name = try reader.text("name of an error", limit: DongleLimits.errorName)
        let count = try reader.integer("number of values", UInt8.self)
        guard count <= DongleLimits.errorValues else { throw .malformed("an error with \(count) values") }
        var values: [Parameter: String?] = [:]
        var last = ""
        for _ in 0..<count {
            let parameter = try reader.text("name of a value", limit: DongleLimits.errorName)
            guard last.utf8.lexicographicallyPrecedes(parameter.utf8) else {
                throw .malformed("an error whose values are not in order")
            }
            last = parameter
            let value = try reader.text("value of an error")
            if let known = Parameter(rawValue: parameter) { values[known] = value }
        }
        if let code = Code(rawValue: name) {
            self.init(code, values)
        } else {
            self.init(.unrecognised, [.detail: name])
        }
    }

    package func write(to writer: inout BinaryWriter) {
        let values = parameters.sorted { $0.key < $1.key }.prefix(DongleLimits.errorValues)
        writer.write(text: code.rawValue, limit: DongleLimits.errorName)
        writer.write(UInt8(truncatingIfNeeded: values.count))
        for (parameter, value) in values {
            writer.write(text: parameter.rawValue, limit: DongleLimits.errorName)
            writer.write(text: value)
        }
    }
}
