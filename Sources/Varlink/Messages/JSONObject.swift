import FoundationEssentials

/// Foundation's JSON, with what Varlink asks of it: parameters are an object.
enum JSONObject {
    /// The JSON text of a value, keys in their order, so that equal values have equal texts.
    ///
    /// - Throws: what the encoder throws; `EncodingError.invalidValue` if the text is not an object.
    static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = try encoder.encode(value)
        guard text.first == UInt8(ascii: "{") else {
            throw EncodingError.invalidValue(
                value, .init(codingPath: [], debugDescription: "the parameters of a message must be an object"))
        }
        return text
    }

    /// A value from its JSON text, which a ``MessageScanner`` has passed.
    static func decode<Value: Decodable>(_ type: Value.Type = Value.self, from text: Data) throws -> Value {
        try JSONDecoder().decode(type, from: text)
    }

    /// The name of the parameter that could not be decoded; `parameters` if it can't be told, as with a number that
    /// doesn't fit its integer type, where Foundation gives no path.
    static func parameter(in error: DecodingError) -> String {
        let (path, key): ([any CodingKey], (any CodingKey)?) =
            switch error {
            case .keyNotFound(let key, let context): (context.codingPath, key)
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
                (context.codingPath, nil)
            @unknown default: ([], nil)
            }
        return (path.first ?? key)?.stringValue ?? "parameters"
    }
}
