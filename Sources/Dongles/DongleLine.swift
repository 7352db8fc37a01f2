import DongleProtocol
import Licensing
import Vaults

/// Questions and answers over a transport: numbers the frames, and takes only the reply that belongs to the request.
final class DongleLine {
    private let transport: any DongleTransport
    private var sequence: UInt16 = 0

    init(_ transport: any DongleTransport) {
        self.transport = transport
    }

    /// Asks `hello` and settles the version.
    func greet(by deadline: Deadline) throws(DongleFailure) -> HelloReply {
        let hello: HelloReply = try ask(.hello(versions: DongleVersion.spoken), by: deadline)
        guard hello.versions.overlaps(DongleVersion.spoken) else {
            throw .tooNew(version: hello.versions.lowerBound)
        }
        guard (1...DongleLimits.keys).contains(hello.capacity.keys),
            (1...DongleLimits.records).contains(hello.capacity.records)
        else { throw .garbled("a capacity that no dongle has") }
        return hello
    }

    /// Sends `request` and reads the answer to it.
    func ask<Answer: Payload>(_ request: DongleRequest, by deadline: Deadline) throws(DongleFailure) -> Answer {
        sequence &+= 1
        let reply = try reply(to: request, by: deadline)
        guard reply.sequence == sequence || reply.isUnreadableReply else {
            throw .garbled("the answer to another request")
        }
        guard case .reply(let status) = reply.direction else { throw .garbled("a request") }
        switch status {
        case .notUnderstood: throw try Self.misunderstanding(reply, request)
        case .done, .refused:
            guard reply.version == DongleVersion.current, reply.command == request.command.rawValue else {
                throw .garbled("the answer to another command")
            }
        }
        do {
            if status == .done { return try Answer(payload: reply.payload) }
            throw DongleFailure.refused(try LicenceError(payload: reply.payload).givenByDongle())
        } catch let failure as DongleFailure {
            throw failure
        } catch PayloadError.certificateTooNew(let version) {
            throw .refused(LicenceError(.certificateTooNew, [.version: version]))
        } catch PayloadError.malformed(let reason) {
            throw .garbled(reason)
        } catch {
            throw .garbled("an answer that can't be read")
        }
    }

    private func reply(to request: DongleRequest, by deadline: Deadline) throws(DongleFailure) -> Frame {
        let frame: Frame
        do {
            frame = try Frame(
                command: request.command.rawValue, direction: .request, sequence: sequence, payload: request.payload)
        } catch {
            // Every request is far below the limit; this is here so that a later one that is not fails as an error.
            throw .garbled("no answer, for the request was too long")
        }
        let bytes: [UInt8]
        do {
            bytes = try transport.exchange(frame.bytes, within: deadline.remaining)
        } catch {
            switch error {
            case .pulled: throw .pulled
            case .silent: throw .silent
            case .failed(let reason): throw .garbled(reason)
            }
        }
        do {
            return try Frame(bytes: bytes)
        } catch {
            throw .garbled(error.reason)
        }
    }

    /// What a reply "not understood" means: another version, or a broken device or cable.
    private static func misunderstanding(_ reply: Frame, _ request: DongleRequest) throws(DongleFailure)
        -> DongleFailure
    {
        guard reply.payload.count == 1, let reason = reply.payload.first.flatMap(NotUnderstood.init(rawValue:)) else {
            return .garbled("an answer that can't be read")
        }
        return switch reason {
        case .version: .tooNew(version: reply.version)
        case .frame: .garbled("word that the request arrived damaged")
        case .command: .garbled("word that it does not know the command \(request.command)")
        case .payload: .garbled("word that it can't read the command \(request.command)")
        }
    }
}

extension Frame {
    /// Whether this is the reply to something that the dongle could not read at all, and so not the number of either.
    fileprivate var isUnreadableReply: Bool {
        direction == .reply(.notUnderstood) && command == 0 && sequence == 0
    }
}
