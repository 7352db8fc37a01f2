import FoundationEssentials
import FuzzKit

@testable import Varlink

/// One input: its first byte says in what pieces the others arrive.
enum MessagesRun {
    static func play(_ input: [UInt8]) {
        let (first, stream) = (Int(input.first ?? 0), Array(input.dropFirst()))
        // Small limits, so that they are reached.
        var limits = Limits()
        if first & 1 == 1 { (limits.callBytes, limits.nesting, limits.keys, limits.numberBytes) = (64, 3, 2, 6) }
        let whole = MessageProbe.read(stream, chunk: stream.count, limits: limits)
        let pieces = MessageProbe.read(stream, chunk: 1 + first >> 1, limits: limits)
        require(whole == pieces, "the pieces in which a stream comes make a difference")
        for message in stream.split(separator: 0) { read(Array(message), limits) }
        if let text = String(validating: stream, as: UTF8.self), let read = try? InterfaceDescription(text) {
            require(read.text == text, "an interface of another text")
        }
    }

    /// What passes the scanner is taken by the decoder behind it, and means one thing.
    private static func read(_ message: [UInt8], _ limits: Limits) {
        if case .call(let call)? = try? CallMessage.read(message, limits: limits) {
            require(!(call.isOneway && call.wantsMore), "a call that wants no reply and several")
            decode(call.parameters)
        }
        if let reply = try? ReplyMessage.read(message, limits: limits) { decode(reply.parameters) }
    }

    private static func decode(_ parameters: Data) {
        do {
            let value = try JSONObject.decode([String: Anything].self, from: parameters)
            require(value.count <= 64, "\(value.count) parameters")
        } catch {
            finding("parameters that can't be decoded: \(error)")
        }
    }
}

/// Any value of JSON.
private enum Anything: Decodable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([Anything])
    case object([String: Anything])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([Anything].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: Anything].self))
        }
    }
}
