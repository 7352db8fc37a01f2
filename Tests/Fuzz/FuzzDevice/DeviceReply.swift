import DongleProtocol
import FuzzKit
import Licensing
import Vaults

/// What a dongle replied, which an honest host has to be able to read, whatever was asked.
enum DeviceReply {
    /// It did what it was asked; with the answer where it was a step's.
    case done(TransferAnswer?)
    /// It refused.
    case refused(LicenceError)
    /// It did not understand.
    case notUnderstood

    /// - Parameters:
    ///   - bytes: the reply.
    ///   - request: what it replies to; nil where that was no frame.
    init(_ bytes: [UInt8], to request: Frame?) {
        guard let reply = try? Frame(bytes: bytes) else { finding("the dongle sent what is no frame") }
        require(bytes.count <= Frame.maximumSize && reply.bytes == bytes, "the dongle sent a frame of two forms")
        guard case .reply(let status) = reply.direction else { finding("the dongle sent a request") }
        require(reply.version == DongleVersion.current, "a reply of version \(reply.version)")
        require(
            reply.sequence == request?.sequence ?? 0 && reply.command == request?.command ?? 0,
            "the reply to another request")
        switch status {
        case .notUnderstood:
            require(
                reply.payload.count == 1 && reply.payload.first.flatMap(NotUnderstood.init(rawValue:)) != nil,
                "not understood, for a reason that is not known")
            self = .notUnderstood
        case .refused:
            guard let error = try? LicenceError(payload: reply.payload) else { finding("an error that is none") }
            require(error.payload == reply.payload, "an error that has two forms")
            require((try? error.givenByDongle()) != nil, "the error \(error.code), which no host takes from a dongle")
            self = .refused(error)
        case .done:
            guard let request, request.direction == .request, let command = DongleCommand(rawValue: request.command)
            else { finding("something was done that nobody asked for") }
            var answer: TransferAnswer?
            switch command {
            case .hello: _ = Self.read(HelloReply.self, reply)
            case .keys: _ = Self.read(KeyPage.self, reply)
            case .transfers: _ = Self.read(TransferPage.self, reply)
            case .perform: answer = Self.read(TransferAnswer.self, reply)
            case .recognise: _ = Self.read(TransferSummary?.self, reply)
            case .prove: _ = Self.read(ProofAnswer.self, reply)
            }
            self = .done(answer)
        }
    }

    private static func read<Value: Payload>(_ type: Value.Type, _ reply: Frame) -> Value {
        guard let value = try? Value(payload: reply.payload) else { finding("an answer that no host can read") }
        require(value.payload == reply.payload, "an answer that has two forms")
        return value
    }
}
