import FoundationEssentials

/// One method of an interface: its name, what it asks of its caller, and what it does. There is no way to make one
/// without saying who may call it.
package struct VarlinkMethod<Requirement: Sendable>: Sendable {
    /// The name within its interface, such as `GetInfo`.
    package let name: String
    /// What the method asks of its caller; the service's ``VarlinkAuthoriser`` judges it.
    package let access: Requirement
    /// What it does.
    let body: MethodBody

    /// A method with one reply.
    ///
    /// - Parameters:
    ///   - name: the name within its interface.
    ///   - access: what the method asks of its caller.
    ///   - handler: what it does. A ``VarlinkError`` it throws is the answer; any other error goes through the
    ///     service's translation. Its task is cancelled when the connection ends.
    package static func call<Parameters: Decodable & Sendable, Reply: Encodable & Sendable>(
        _ name: String, access: Requirement,
        _ handler: @escaping @Sendable (Parameters, CallContext) async throws -> Reply
    ) -> VarlinkMethod {
        let body = MethodBody(isStream: false) { text, context, limits, _ in
            let parameters = try decoded(Parameters.self, from: text)
            return try ReplyMessage.encode(try await handler(parameters, context), limits: limits)
        }
        return VarlinkMethod(name: name, access: access, body: body)
    }

    /// A method with many replies; called without `more` it answers ``VarlinkError/expectedMore``.
    ///
    /// - Parameters:
    ///   - name: the name within its interface.
    ///   - access: what the method asks of its caller.
    ///   - handler: what it does: sends any number of replies through the writer, and returns the last one. Its task
    ///     is cancelled when the connection ends or the server begins to stop.
    package static func stream<Parameters: Decodable & Sendable, Reply: Encodable & Sendable>(
        _ name: String, access: Requirement,
        _ handler: @escaping @Sendable (Parameters, CallContext, ReplyWriter<Reply>) async throws -> Reply
    ) -> VarlinkMethod {
        let body = MethodBody(isStream: true) { text, context, limits, write in
            let parameters = try decoded(Parameters.self, from: text)
            let writer = ReplyWriter<Reply> { reply in
                try Task.checkCancellation()
                try await write(try ReplyMessage.encode(reply, continues: true, limits: limits))
            }
            return try ReplyMessage.encode(try await handler(parameters, context, writer), limits: limits)
        }
        return VarlinkMethod(name: name, access: access, body: body)
    }

    private static func decoded<Parameters: Decodable>(
        _ type: Parameters.Type, from text: Data
    ) throws(VarlinkError) -> Parameters {
        do {
            return try JSONObject.decode(type, from: text)
        } catch let error as DecodingError {
            throw .invalidParameter(JSONObject.parameter(in: error))
        } catch let error as VarlinkError {
            // A parameter's own decoder may say more exactly what is wrong.
            throw error
        } catch {
            throw .invalidParameter("parameters")
        }
    }
}

/// What a method does, without its types: from the parameters' text to the message of the last reply.
struct MethodBody: Sendable {
    /// Writes one message and returns when there is room for the next.
    typealias Write = @Sendable ([UInt8]) async throws -> Void

    /// Whether it must be called with `more`.
    let isStream: Bool
    /// From the parameters' text to the message of the last reply.
    let run: @Sendable (Data, CallContext, Limits, @escaping Write) async throws -> [UInt8]

    /// A body.
    init(
        isStream: Bool, run: @escaping @Sendable (Data, CallContext, Limits, @escaping Write) async throws -> [UInt8]
    ) {
        self.isStream = isStream
        self.run = run
    }
}
