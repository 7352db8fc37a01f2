import Foundation
import Testing

@testable import TransferCodes

/// The vectors in `Fixtures/codes`. They are written anew with `ALM_WRITE_VECTORS=1 swift test --filter
/// CodeVectorTests`.
@Suite(.serialized) struct CodeVectorTests {
    private static let folder = Fixture.folder.appending(path: "codes", directoryHint: .isDirectory)

    @Test func theCommittedVectorsAreThoseOfTheGenerator() throws {
        let vectors =
            try CodeVectorFactory.all().map { ($0.name, $0.file) }
            + TransferVectorFactory.all().map { ($0.name, $0.file) }
        #expect(Set(vectors.map(\.0)).count == vectors.count)
        #expect(vectors.count >= 300)
        if Fixture.isWriting {
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            for (name, file) in vectors {
                try Data(file.text.utf8).write(to: Self.folder.appending(path: "\(name).txt"))
            }
        }
        for (name, file) in vectors {
            let committed = try Fixture.text("codes/\(name).txt")
            #expect(committed == file.text, "\(name)")
            #expect(VectorFile(committed) == file, "\(name)")
        }
        #expect(Set(try VectorFolder(Self.folder).names) == Set(vectors.map(\.0)))
    }

    @Test func everyVectorReadsAsItSays() throws {
        try VectorFolder(Self.folder).check()
    }
}
