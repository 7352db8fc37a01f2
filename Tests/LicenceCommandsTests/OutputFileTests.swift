import Foundation
import Glibc
import Testing

@testable import LicenceCommands

/// Where output may go, and that it gets there whole.
@Suite struct OutputFileTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func write(_ text: String, to name: String, force: Bool = false) -> CommandError.Name? {
        do throws(CommandError) {
            let file = try OutputFile(folder.file(name))
            try file.check(force: force) { _ in true }
            try file.write(text, force: force)
            return nil
        } catch {
            return error.name
        }
    }

    @Test func writesANewFile() throws {
        #expect(write("text\n", to: "new") == nil)
        #expect(try folder.contents(of: "new") == "text\n")
        #expect(try folder.names() == ["new"])
    }

    @Test func leavesAFileThatHoldsTheSameAsItIs() throws {
        let path = try folder.write("text\n".utf8, to: "same")
        let before = try inode(path)
        #expect(write("text\n", to: "same") == nil)
        #expect(write("text\n", to: "same", force: true) == nil)
        #expect(try inode(path) == before)
    }

    @Test(arguments: ["", "text", "text\n\n", "other"])
    func replacesAnotherFileOnlyByForce(content: String) throws {
        try folder.write(content.utf8, to: "there")
        #expect(write("text\n", to: "there") == .outputExists)
        #expect(try folder.contents(of: "there") == content)
        #expect(write("text\n", to: "there", force: true) == nil)
        #expect(try folder.contents(of: "there") == "text\n")
        #expect(try folder.names() == ["there"])
    }

    @Test func replacesAFileThatIsTooLargeToBeItsOwnOnlyByForce() throws {
        try folder.write(repeatElement(UInt8(ascii: "x"), count: 200_000), to: "large")
        #expect(write("text\n", to: "large") == .outputExists)
        #expect(write("text\n", to: "large", force: true) == nil)
        #expect(try folder.contents(of: "large") == "text\n")
    }

    @Test(arguments: [false, true])
    func writesThroughNoLink(force: Bool) throws {
        try folder.write("mine".utf8, to: "precious")
        for (name, target) in [("link", "precious"), ("dangling", "nowhere"), ("self", "self"), ("up", ".")] {
            try FileManager.default.createSymbolicLink(atPath: folder.file(name), withDestinationPath: target)
            #expect(write("text\n", to: name, force: force) == .outputRefused, "\(name)")
        }
        #expect(try folder.contents(of: "precious") == "mine")
        #expect(try folder.names() == ["dangling", "link", "precious", "self", "up"])
    }

    @Test(arguments: [false, true])
    func writesToNothingButPlainFiles(force: Bool) throws {
        try FileManager.default.createDirectory(atPath: folder.file("folder"), withIntermediateDirectories: false)
        #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
        #expect(write("text\n", to: "folder", force: force) == .outputRefused)
        #expect(write("text\n", to: "pipe", force: force) == .outputRefused)
        #expect(write("text\n", to: "folder/", force: force) == .outputRefused)
        #expect(write("text\n", to: "folder/..", force: force) == .outputRefused)
        #expect(write("text\n", to: "nofolder/file", force: force) == .outputFailed)
        #expect(write("text\n", to: "a\0b", force: force) == .outputRefused)
        #expect(throws: CommandError.self) { try OutputFile("") }
        #expect(try folder.names() == ["folder", "pipe"])
    }

    @Test func leavesAFileAloneThatAppearedAfterTheLook() throws {
        let file = try OutputFile(folder.file("late"))
        try file.check(force: false) { _ in true }
        try folder.write("first".utf8, to: "late")
        #expect(throws: CommandError.outputExists(folder.file("late"))) { try file.write("text\n", force: false) }
        #expect(try folder.contents(of: "late") == "first")
    }

    @Test func refusesAForeignFileBeforeTheWorkIsDone() throws {
        let file = try OutputFile(folder.file("foreign"))
        try folder.write("a letter".utf8, to: "foreign")
        #expect(throws: CommandError.outputExists(file.path)) { try file.check(force: false) { _ in false } }
        try file.check(force: true) { _ in false }
        try file.check(force: false) { $0 == Array("a letter".utf8) }
    }

    @Test func reportsAFullDisk() throws {
        let descriptor = open("/dev/full", O_WRONLY)
        defer { close(descriptor) }
        #expect(FileBytes.write(Array("text".utf8), to: descriptor) == ENOSPC)
    }

    private func inode(_ path: String) throws -> UInt64 {
        var status = stat()
        try #require(stat(path, &status) == 0)
        return UInt64(status.st_ino)
    }
}
