/// What is wrong with the bytes of a message, found before anything is decoded from them.
///
/// All of them end the connection: who sent it doesn't speak the protocol, or means harm.
package enum MessageFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// The message has no NUL within the limit.
    case tooLong(limit: Int)
    /// The message isn't valid UTF-8.
    case notUTF8
    /// The message isn't JSON; the first byte that can't stand where it stands.
    case notJSON(offset: Int)
    /// Arrays and objects are nested deeper than the limit.
    case tooDeep(limit: Int)
    /// The message is JSON, but not an object.
    case notAnObject
    /// A key stands twice in the message's object or in its `parameters`: two readers could read two meanings.
    case duplicateKey(String)
    /// The message's object or its `parameters` has more keys than the limit.
    case tooManyKeys(limit: Int)
    /// `oneway` (no reply) and `more` (many replies) together.
    case onewayWithMore
    /// A reply that has no meaning: `error` that isn't a string, `continues` that isn't a boolean, and the like.
    case badMember(String)
    /// A reply that nothing was asked for.
    case unasked

    package var description: String {
        switch self {
        case .tooLong(let limit): "the message is longer than \(limit) bytes"
        case .notUTF8: "the message is not UTF-8"
        case .notJSON(let offset): "the message is not JSON, from byte \(offset)"
        case .tooDeep(let limit): "the message is nested deeper than \(limit)"
        case .notAnObject: "the message is not a JSON object"
        case .duplicateKey(let key): "the key \"\(key)\" stands twice"
        case .tooManyKeys(let limit): "an object has more than \(limit) keys"
        case .onewayWithMore: "\"oneway\" and \"more\" exclude each other"
        case .badMember(let key): "\"\(key)\" is of the wrong kind"
        case .unasked: "a reply came that nothing was asked for"
        }
    }
}
