import FoundationEssentials

/// A call, read from its message.
struct CallMessage {
    /// The fully qualified name of the method.
    let method: String
    /// The JSON text of the parameters; an empty object if the message had none.
    let parameters: Data
    /// Whether the caller wants no reply at all, not even an error.
    let isOneway: Bool
    /// Whether the caller takes more than one reply.
    let wantsMore: Bool

    /// What a message turned out to be.
    enum Reading {
        /// A call to carry out.
        case call(CallMessage)
        /// A message that framing and JSON are sound of, but that asks for nothing this library does. It is answered
        /// with the error (unless it is oneway), and the connection goes on.
        case refused(VarlinkError, isOneway: Bool)
    }

    /// Reads a message.
    ///
    /// - Throws: ``MessageFault``: the message is answered with an error and the connection is closed.
    static func read(_ bytes: [UInt8], limits: Limits) throws(MessageFault) -> Reading {
        let members = try MessageScanner.members(of: bytes, limits: limits)

        var flags: [String: Bool] = [:]
        var badFlag: String?
        for name in ["oneway", "more", "upgrade"] {
            guard let range = members.values[name] else { continue }
            flags[name] = JSONText.boolean(in: bytes[range])
            if flags[name] == nil { badFlag = badFlag ?? name }
        }
        let isOneway = flags["oneway"] ?? false
        let wantsMore = flags["more"] ?? false
        if isOneway, wantsMore { throw .onewayWithMore }
        func refused(_ parameter: String) -> Reading { .refused(.invalidParameter(parameter), isOneway: isOneway) }

        if let badFlag { return refused(badFlag) }
        if let parameter = members.unrepresentable { return refused(parameter) }
        // An upgrade turns the connection into something that isn't Varlink. Nothing here offers one.
        if flags["upgrade"] == true { return refused("upgrade") }
        guard let range = members.values["method"], let method = JSONText.string(in: bytes[range]) else {
            return refused("method")
        }
        var parameters = Data("{}".utf8)
        if let range = members.values["parameters"], !bytes[range].elementsEqual("null".utf8) {
            guard bytes[range].first == UInt8(ascii: "{") else { return refused("parameters") }
            parameters = Data(bytes[range])
        }
        return .call(
            CallMessage(method: method, parameters: parameters, isOneway: isOneway, wantsMore: wantsMore))
    }

    /// The message of a call, with its NUL.
    ///
    /// - Throws: what the encoder throws, or ``MessageFault/tooLong(limit:)``.
    static func encode(
        method: String, parameters: some Encodable, isOneway: Bool = false, wantsMore: Bool = false, limits: Limits
    ) throws -> [UInt8] {
        var bytes = Array("{\"method\":".utf8)
        bytes += try JSONEncoder().encode(method)
        bytes += ",\"parameters\":".utf8
        bytes += try JSONObject.encode(parameters)
        if isOneway { bytes += ",\"oneway\":true".utf8 }
        if wantsMore { bytes += ",\"more\":true".utf8 }
        bytes += "}".utf8
        guard bytes.count <= limits.callBytes else { throw MessageFault.tooLong(limit: limits.callBytes) }
        bytes.append(0)
        return bytes
    }
}
