import Crypto
import Foundation
import Testing

/// What earlier releases came with, `Fixtures/releases`, is read by today's code as it was read then.
@Suite struct ReleaseVectorTests {
    /// The SHA-256 of each release's list of checksums. A line is added with a release, and none is ever changed.
    static let lists = [
        "0.1.0": "4f4645b3256ceffe52bc215382aaae73e30b68e958d6dbde902ebd70c29e5ba4"
    ]

    private static let folder = Fixture.folder.appending(path: "releases", directoryHint: .isDirectory)

    @Test func everyReleaseIsListedHere() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(Set(names) == Set(Self.lists.keys))
    }

    @Test(arguments: ReleaseVectorTests.lists.keys.sorted())
    func noVectorOfAReleaseWasEdited(release: String) throws {
        let folder = Self.folder.appending(path: release, directoryHint: .isDirectory)
        let list = try Data(contentsOf: folder.appending(path: "SHA256SUMS"))
        #expect(Self.digest(list) == Self.lists[release])
        var names: Set<String> = []
        for line in String(decoding: list, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            let name = try #require(parts.last).trimmingPrefix(" ")
            names.insert(String(name))
            let data = try Data(contentsOf: folder.appending(path: String(name)))
            #expect(Self.digest(data) == String(try #require(parts.first)), "\(name)")
        }
        let there = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "codes").path)
        #expect(names == Set(there.map { "codes/\($0)" }))
        #expect(names.count > 300)
    }

    @Test(arguments: ReleaseVectorTests.lists.keys.sorted())
    func everyVectorOfAReleaseReadsAsItDid(release: String) throws {
        try VectorFolder(Self.folder.appending(path: "\(release)/codes", directoryHint: .isDirectory)).check()
    }

    private static func digest(_ data: Data) -> String { CodeVector.hex(Array(SHA256.hash(data: data))) }
}
