import Foundation
import Testing

@testable import Varlink

@Suite(.timeLimit(.minutes(1)))
struct SocketTests {
    /// Starts a server at a path of a new folder, after `prepare`.
    private func start(
        mode: UInt32 = 0o600, after prepare: ((String) throws -> Void)? = nil,
        _ test: (String, VarlinkServer) async throws -> Void
    ) async throws {
        let folder = try Bench.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "socket").path
        try prepare?(path)
        let server = try await VarlinkServer.start(service: try Example().service(), on: .path(path, mode: mode))
        do {
            try await test(path, server)
        } catch {
            await server.stop(within: .zero)
            throw error
        }
        await server.stop(within: .zero)
    }

    private func refusal(of listener: VarlinkListener) async throws -> VarlinkServerError? {
        let service = try Example().service()
        do throws(VarlinkServerError) {
            let server = try await VarlinkServer.start(service: service, on: listener)
            await server.stop(within: .zero)
            return nil
        } catch {
            return error
        }
    }

    private func permissions(_ path: String) -> UInt32? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
    }

    @Test(arguments: [0o600, 0o660, 0o666] as [UInt32])
    func theSocketHasTheModeAskedForAndIsRemovedAtTheEnd(_ mode: UInt32) async throws {
        try await start(mode: mode) { path, server in
            #expect(permissions(path) == mode)
            await server.stop(within: .zero)
            #expect(permissions(path) == nil)
        }
    }

    @Test func aStaleSocketIsReplaced() async throws {
        func leaveStale(_ path: String) throws {
            // A socket that was bound and closed: its name stays, and nobody answers.
            let left = try ListeningSocket.bind(path: path, mode: 0o600, backlog: 1)
            close(left.descriptor)
        }
        try await start(after: leaveStale) { path, _ in
            let client = try await VarlinkClient.connect(unixPath: path)
            _ = try await client.call("org.example.test.Who", returning: Example.Who.self)
        }
    }

    @Test func aSocketThatIsAnsweredOnIsLeftAlone() async throws {
        try await start { path, _ in
            #expect(try await refusal(of: .path(path, mode: 0o600)) == .addressInUse(path))
            let client = try await VarlinkClient.connect(unixPath: path)
            _ = try await client.call("org.example.test.Who", returning: Example.Who.self)
        }
    }

    @Test(arguments: ["a symbolic link", "a file", "a directory", "a FIFO"])
    func whatIsNotASocketIsLeftAlone(_ kind: String) async throws {
        let folder = try Bench.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "planted").path
        let target = folder.appending(path: "target").path
        switch kind {
        case "a symbolic link":
            // Even to a stale socket: what a link points at is somebody else's choice.
            close(try ListeningSocket.bind(path: target, mode: 0o600, backlog: 1).descriptor)
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
        case "a file": try Data("kept".utf8).write(to: URL(filePath: path))
        case "a directory": try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        default: try #require(mkfifo(path, 0o600) == 0)
        }
        func identity(_ path: String) -> [UInt64] {
            var status = stat()
            return lstat(path, &status) == 0 ? [UInt64(status.st_ino), UInt64(status.st_mode)] : []
        }
        let before = identity(path)
        let targetBefore = identity(target)
        #expect(try await refusal(of: .path(path, mode: 0o666)) == .pathOccupied(path, by: kind))
        #expect(!before.isEmpty && identity(path) == before && identity(target) == targetBefore)
    }

    @Test func aDanglingLinkIsNotFollowed() async throws {
        let folder = try Bench.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "planted").path
        let target = folder.appending(path: "target").path
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
        #expect(try await refusal(of: .path(path, mode: 0o666)) == .pathOccupied(path, by: "a symbolic link"))
        #expect(permissions(target) == nil)
    }

    @Test func aPathThatFitsNoSocketIsNamed() async throws {
        for path in ["", "/tmp/a\0b", "/tmp/" + String(repeating: "x", count: 103)] {
            #expect(try await refusal(of: .path(path, mode: 0o600)) == .invalidPath(path, limit: 107))
        }
        let missing = "/nonexistent-\(UUID().uuidString)/socket"
        #expect(
            try await refusal(of: .path(missing, mode: 0o600)) == .system(call: "bind", path: missing, errno: ENOENT))
    }

    @Test func anotherServersSocketIsNotRemovedAtTheEnd() async throws {
        try await start { path, server in
            // Somebody moves the socket away and puts another in its place.
            try FileManager.default.moveItem(atPath: path, toPath: path + ".old")
            let other = try ListeningSocket.bind(path: path, mode: 0o640, backlog: 1)
            await server.stop(within: .zero)
            #expect(permissions(path) == 0o640)
            close(other.descriptor)
        }
    }

    @Test func anInheritedSocketIsServedAndItsNameStays() async throws {
        let folder = try Bench.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "socket").path
        let inherited = try ListeningSocket.bind(path: path, mode: 0o600, backlog: 8)
        let server = try await VarlinkServer.start(
            service: try Example().service(), on: .inherited(descriptor: inherited.descriptor))
        let client = try await VarlinkClient.connect(unixPath: path)
        _ = try await client.call("org.example.test.Who", returning: Example.Who.self)
        await server.stop(within: .zero)
        #expect(permissions(path) == 0o600)
    }

    @Test func onlyAListeningUnixSocketCanBeInherited() async throws {
        let pipe = Pipe()
        let streams = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let internet = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer {
            close(streams)
            close(internet)
        }
        for descriptor in [-1, pipe.fileHandleForReading.fileDescriptor, streams, internet] {
            #expect(
                try await refusal(of: .inherited(descriptor: descriptor))
                    == .notAListeningSocket(descriptor: descriptor))
        }
    }
}
