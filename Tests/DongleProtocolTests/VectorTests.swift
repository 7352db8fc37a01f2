import DongleProtocol
import Foundation
import Licensing
import Testing
import TransferCodes
import Vaults

/// The committed vectors are what this program makes, and each does what it says.
///
/// With `ALM_WRITE_VECTORS` in the environment the files are written instead of compared.
struct VectorTests {
    private static var isWriting: Bool { ProcessInfo.processInfo.environment["ALM_WRITE_VECTORS"] != nil }

    @Test func theFilesAreThoseThatTheProgramMakes() throws {
        let generated = try Vector.generated()
        #expect(Set(generated.map(\.name)).count == generated.count)
        if Self.isWriting {
            try FileManager.default.createDirectory(at: Vector.folder, withIntermediateDirectories: true)
            for vector in generated {
                try vector.text.write(to: Vector.folder.appending(path: vector.name), atomically: true, encoding: .utf8)
            }
        }
        let stored = try Vector.stored()
        #expect(stored.map(\.name) == generated.map(\.name).sorted())
        for vector in generated {
            #expect(stored.first { $0.name == vector.name }?.text == vector.text, "\(vector.name) differs")
        }
    }

    @Test func eachFileDoesWhatItSays() throws {
        let vectors = try Vector.stored()
        #expect(vectors.count > 50)
        for vector in vectors {
            let words = vector.expect.split(separator: " ").map(String.init)
            switch words[0] {
            case "no-frame":
                let error = #expect(throws: FrameError.self, "\(vector.name)") { try Frame(bytes: vector.frame) }
                #expect(error.map { "\($0)" } == words[1], "\(vector.name)")
            case "malformed":
                let frame = try Frame(bytes: vector.frame)
                #expect(throws: PayloadError.self, "\(vector.name)") {
                    try self.rewritten(frame, words[1], words[2])
                }
            default:
                let frame = try Frame(bytes: vector.frame)
                #expect(frame.bytes == vector.frame, "\(vector.name)")
                // What a host does not know of an error it leaves out, so that one is not written again as it was.
                let rewritten = try rewritten(frame, words[0], words[1])
                #expect(rewritten == frame.payload || words[1] == "unrecognised", "\(vector.name)")
            }
        }
    }

    /// The payload of a frame read as what the vector says it is, and written again.
    private func rewritten(_ frame: Frame, _ kind: String, _ name: String) throws -> [UInt8] {
        switch kind {
        case "request":
            #expect(frame.direction == .request)
            let command = try #require(DongleCommand(rawValue: frame.command))
            #expect("\(command)" == name)
            return try DongleRequest(command, payload: frame.payload).payload
        case "refused":
            #expect(frame.direction == .reply(.refused))
            let error = try LicenceError(payload: frame.payload)
            #expect(error.code.rawValue == name)
            return error.payload
        case "not-understood":
            #expect(frame.direction == .reply(.notUnderstood))
            let reason = frame.payload.first.flatMap(NotUnderstood.init(rawValue:))
            #expect(reason.map { "\($0)" } == name)
            return reason.map { [$0.rawValue] } ?? []
        default:
            #expect(kind == "done")
            #expect(frame.direction == .reply(.done))
            let command = try #require(DongleCommand(rawValue: frame.command))
            #expect("\(command)" == name)
            return switch command {
            case .hello: try HelloReply(payload: frame.payload).payload
            case .keys: try KeyPage(payload: frame.payload).payload
            case .transfers: try TransferPage(payload: frame.payload).payload
            case .perform: try TransferAnswer(payload: frame.payload).payload
            case .recognise: try TransferSummary?(payload: frame.payload).payload
            case .prove: try ProofAnswer(payload: frame.payload).payload
            }
        }
    }
}
