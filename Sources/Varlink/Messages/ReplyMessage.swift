import FoundationEssentials

/// A reply: what a server writes and a client reads.
struct ReplyMessage {
    /// The JSON text of the parameters; an empty object if the message had none.
    let parameters: Data
    /// Whether another reply to the same call follows.
    let continues: Bool
    /// The error's fully qualified name, if the call failed.
    let error: String?

    /// Reads a reply.
    ///
    /// - Throws: ``MessageFault``.
    static func read(_ bytes: [UInt8], limits: Limits) throws(MessageFault) -> ReplyMessage {
        let members = try MessageScanner.members(of: bytes, limits: limits)
        if let parameter = members.unrepresentable { throw .badMember(parameter) }
        var parameters = Data("{}".utf8)
        if let range = members.values["parameters"], !bytes[range].elementsEqual("null".utf8) {
            guard bytes[range].first == UInt8(ascii: "{") else { throw .badMember("parameters") }
            parameters = Data(bytes[range])
        }
        var continues = false
        if let range = members.values["continues"] {
            guard let value = JSONText.boolean(in: bytes[range]) else { throw .badMember("continues") }
            continues = value
        }
        var error: String?
        if let range = members.values["error"], !bytes[range].elementsEqual("null".utf8) {
            error = JSONText.string(in: bytes[range])
            guard error != nil else { throw .badMember("error") }
        }
        return ReplyMessage(parameters: parameters, continues: continues, error: error)
    }

    /// The message of a reply, with its NUL.
    ///
    /// - Throws: what the encoder throws, or ``VarlinkServerError/replyTooLong(bytes:limit:)``.
    static func encode(_ parameters: some Encodable, continues: Bool = false, limits: Limits) throws -> [UInt8] {
        var bytes = Array("{\"parameters\":".utf8)
        bytes += try JSONObject.encode(parameters)
        if continues { bytes += ",\"continues\":true".utf8 }
        bytes += "}".utf8
        return try finished(bytes, limits)
    }

    /// The message of an error, with its NUL.
    ///
    /// - Throws: what the encoder throws, or ``VarlinkServerError/replyTooLong(bytes:limit:)``.
    static func encode(_ error: VarlinkError, limits: Limits) throws -> [UInt8] {
        var bytes = Array("{\"error\":".utf8)
        bytes += try JSONEncoder().encode(error.name)
        bytes += ",\"parameters\":".utf8
        bytes += try JSONObject.encode(error.parameters)
        bytes += "}".utf8
        return try finished(bytes, limits)
    }

    private static func finished(_ bytes: [UInt8], _ limits: Limits) throws(VarlinkServerError) -> [UInt8] {
        guard bytes.count <= limits.replyBytes else {
            throw .replyTooLong(bytes: bytes.count, limit: limits.replyBytes)
        }
        return bytes + [0]
    }
}
