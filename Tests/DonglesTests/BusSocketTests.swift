import Dongles
import Foundation
import Licensing
import NIOPosix
import Testing

/// The bus takes its own place in the file system and nobody else's.
@Suite(.timeLimit(.minutes(1)))
struct BusSocketTests {
    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
    }

    private func open(_ settings: CableListener.Settings) async throws -> CableListener {
        try await CableListener.open(settings, on: MultiThreadedEventLoopGroup.singleton) { _, _ in true }
    }

    private func refusal(at path: String) async -> LicenceError? {
        await #expect(throws: LicenceError.self) {
            _ = try await open(CableListener.Settings(path: path))
        }
    }

    @Test(arguments: [0o600, 0o660, 0o666] as [UInt32])
    func theSocketHasTheBitsThatWereAskedFor(_ mode: UInt32) async throws {
        let listener = try await open(CableListener.Settings(path: folder["bus"], mode: mode, group: getegid()))
        var status = stat()
        #expect(lstat(folder["bus"], &status) == 0)
        #expect(status.st_mode & 0o7777 == mode)
        #expect(status.st_mode & S_IFMT == S_IFSOCK)
        await listener.close()
        #expect(lstat(folder["bus"], &status) != 0)
    }

    @Test func aPathThatIsTooLongIsRefusedAtBothEnds() async throws {
        let path = folder[String(repeating: "x", count: 107)]
        let error = await refusal(at: path)
        #expect(error?.code == .socketUnusable)
        #expect(error?.parameters[.reason] == "a socket's path has 1 to 107 bytes")
        let client = await #expect(throws: LicenceError.self) { try await PluggedIn("4711", at: path).outcome() }
        #expect(client?.code == .daemonNotReachable)
        #expect(await refusal(at: "")?.code == .socketUnusable)
    }

    @Test func aSocketThatNobodyListensOnMakesWay() async throws {
        let first = try await open(CableListener.Settings(path: folder["bus"]))
        // What a killed daemon leaves behind: the name, with nobody behind it.
        #expect(link(folder["bus"], folder["left"]) == 0)
        await first.close()
        #expect(rename(folder["left"], folder["bus"]) == 0)
        let second = try await open(CableListener.Settings(path: folder["bus"]))
        let dongle = PluggedIn("4711", at: folder["bus"])
        var iterator = second.events.makeAsyncIterator()
        #expect(await iterator.next() != nil)
        dongle.pull()
        await second.close()
    }

    @Test func aSocketThatSomebodyListensOnIsLeftAlone() async throws {
        let first = try await open(CableListener.Settings(path: folder["bus"]))
        let error = await refusal(at: folder["bus"])
        #expect(error?.code == .socketUnusable)
        #expect(error?.parameters[.reason]?.contains("(pid \(getpid()))") == true)
        #expect(access(folder["bus"], F_OK) == 0)
        await first.close()
    }

    @Test(arguments: ["file", "folder", "link", "dangling link", "FIFO"])
    func somethingThatIsNoSocketIsLeftAlone(_ kind: String) async throws {
        let path = folder["bus"]
        switch kind {
        case "file": #expect(FileManager.default.createFile(atPath: path, contents: Data("precious".utf8)))
        case "folder": try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        case "link":
            #expect(FileManager.default.createFile(atPath: folder["aim"], contents: Data("precious".utf8)))
            #expect(symlink(folder["aim"], path) == 0)
        case "dangling link": #expect(symlink(folder["aim"], path) == 0)
        default: #expect(mkfifo(path, 0o600) == 0)
        }
        var before = stat()
        #expect(lstat(path, &before) == 0)
        let error = await refusal(at: path)
        #expect(error?.code == .socketUnusable)
        #expect(error?.parameters[.path] == path)
        var after = stat()
        #expect(lstat(path, &after) == 0)
        #expect(before.st_ino == after.st_ino)
        if kind == "file" || kind == "link" {
            #expect(FileManager.default.contents(atPath: path) == Data("precious".utf8))
        } else if kind == "dangling link" {
            #expect(access(folder["aim"], F_OK) != 0)
        }
    }

    @Test func aSocketThatTookThePlaceIsNotRemovedAtTheEnd() async throws {
        let listener = try await open(CableListener.Settings(path: folder["bus"]))
        #expect(unlink(folder["bus"]) == 0)
        let second = try await open(CableListener.Settings(path: folder["bus"]))
        await listener.close()
        #expect(access(folder["bus"], F_OK) == 0)
        await second.close()
        #expect(access(folder["bus"], F_OK) != 0)
    }

    @Test func aFolderThatIsNotThereIsSaidToBe() async {
        #expect(await refusal(at: folder["missing/bus"])?.code == .socketUnusable)
    }
}
