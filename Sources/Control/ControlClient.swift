package import Licensing
import Varlink

/// The daemon as a program calls it: the methods of `org.almd.control` over one connection.
///
/// A licence that was acquired over a connection ends with it.
package struct ControlClient: Sendable {
    private let client: VarlinkClient
    private let path: String

    /// How long a daemon may take to say what it is. Its other answers may take as long as a dongle does.
    static let greetingTime = Duration.seconds(5)

    /// Connects to the daemon's socket and makes sure that it is one.
    ///
    /// - Throws: `daemonNotRunning`, `daemonNotReachable`, `daemonSilent`, `notADaemon`.
    package static func connect(path: String) async throws(LicenceError) -> ControlClient {
        do {
            let client = try await VarlinkClient.connect(unixPath: path)
            guard let interfaces = try await interfaces(of: client) else {
                await client.close()
                throw silence(path: path, after: greetingTime)
            }
            guard interfaces.contains(Calls.interface) else {
                await client.close()
                throw LicenceError(
                    .notADaemon, [.path: path, .reason: "it serves \(interfaces.joined(separator: ", "))"])
            }
            return ControlClient(client: client, path: path)
        } catch let error as LicenceError {
            throw error
        } catch VarlinkClientError.connectionEnded {
            let reason = "it ended the connection without an answer, as a daemon with too many callers does, too"
            throw LicenceError(.notADaemon, [.path: path, .reason: reason])
        } catch {
            throw meaning(of: error, path: path)
        }
    }

    /// The error for a daemon that took a connection and then said nothing for so long.
    package static func silence(path: String, after patience: Duration) -> LicenceError {
        let reason = "it accepts the connection and says nothing for \(patience)"
        return LicenceError(.daemonSilent, [.path: path, .reason: reason])
    }

    /// What the service says it serves; nil where it says nothing in time.
    private static func interfaces(of client: VarlinkClient) async throws -> [String]? {
        struct Information: Decodable, Sendable { let interfaces: [String] }
        return try await withThrowingTaskGroup(of: [String]?.self) { group in
            group.addTask {
                try await client.call("org.varlink.service.GetInfo", returning: Information.self).interfaces
            }
            group.addTask {
                try await Task.sleep(for: greetingTime)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    /// Calls a method.
    ///
    /// - Throws: the error that the daemon answered, or `notADaemon` and `daemonNotRunning` where none was answered.
    package func call<Call: Calls.Method>(_ call: Call) async throws(LicenceError) -> Call.Reply {
        do {
            return try await client.call("\(Calls.interface).\(Call.name)", call, returning: Call.Reply.self)
        } catch {
            throw Self.meaning(of: error, path: path)
        }
    }

    /// Calls `body` with what happens in the daemon from now on, beginning with an event `ready`, until the daemon ends
    /// or `body` gives false.
    package func monitor(_ body: (EventEntry) async throws -> Bool) async throws {
        do {
            let replies = try await client.stream(
                "\(Calls.interface).\(Calls.Monitor.name)", Calls.Monitor(), of: Calls.Monitor.Reply.self)
            for try await reply in replies {
                guard try await body(reply.event) else { return }
            }
        } catch let error as VarlinkClientError {
            throw Self.meaning(of: error, path: path)
        }
    }

    /// Returns once the connection has ended, from whichever side.
    package func waitUntilClosed() async { await client.waitUntilClosed() }

    /// Ends the connection, and whatever was acquired over it.
    package func close() async { await client.close() }

    private static func meaning(of error: any Error, path: String) -> LicenceError {
        guard let error = error as? VarlinkClientError else {
            return LicenceError(.notADaemon, [.path: path, .reason: "\(error)"])
        }
        switch error {
        case .notRunning: return LicenceError(.daemonNotRunning, [.path: path])
        case .timedOut: return LicenceError(.daemonSilent, [.path: path, .reason: "it does not accept the connection"])
        case .notPermitted, .invalidPath, .cannotConnect:
            return LicenceError(.daemonNotReachable, [.path: path, .reason: error.description])
        case .notVarlink, .unexpectedReply: return LicenceError(.notADaemon, [.path: path, .reason: error.description])
        case .connectionEnded, .cancelled: return LicenceError(.connectionLost, [.path: path])
        case .unsendable, .tooManyCalls: return LicenceError(.daemonRefused, [.reason: error.description])
        case .remote(let answer):
            return LicenceError(
                varlinkName: answer.name, wireParameters: answer.parameters(as: TextParameters.self)?.texts ?? [:])
        }
    }
}

/// The parameters of an error that are texts; others are let pass.
private struct TextParameters: Decodable {
    let texts: [String: String]

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        texts = Dictionary(
            uniqueKeysWithValues: container.allKeys.compactMap { key in
                (try? container.decode(String.self, forKey: key)).map { (key.stringValue, $0) }
            })
    }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
