import Foundation
import Testing

@testable import TransferCodes

/// The vectors in `Fixtures/codes`. They are written anew with `ALM_WRITE_VECTORS=1 swift test --filter
/// CodeVectorTests`.
@Suite(.serialized) struct CodeVectorTests {
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/codes", directoryHint: .isDirectory)

    @Test func theCommittedVectorsAreThoseOfTheGenerator() throws {
        let vectors = try CodeVectorFactory.all()
        #expect(Set(vectors.map(\.name)).count == vectors.count)
        #expect(vectors.count >= 30)
        if ProcessInfo.processInfo.environment["ALM_WRITE_VECTORS"] != nil {
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            for vector in vectors { try Data(vector.text.utf8).write(to: Self.file(vector.name)) }
        }
        for vector in vectors {
            let committed = String(decoding: try Data(contentsOf: Self.file(vector.name)), as: UTF8.self)
            #expect(committed == vector.text, "\(vector.name)")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter {
            $0.hasSuffix(".txt")
        }
        #expect(Set(names) == Set(vectors.map { "\($0.name).txt" }))
    }

    @Test func everyVectorReadsAsItSays() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter {
            $0.hasSuffix(".txt")
        }
        for name in names {
            let text = String(decoding: try Data(contentsOf: Self.folder.appending(path: name)), as: UTF8.self)
            let end = try #require(text.firstRange(of: "\n\n"))
            var headers: [String: [String]] = [:]
            for line in text[..<end.lowerBound].split(separator: "\n") {
                let colon = try #require(line.firstRange(of: ": "))
                headers[String(line[..<colon.lowerBound]), default: []].append(String(line[colon.upperBound...]))
            }
            let body = text[end.upperBound...]
            let input = try #require(
                headers["input"] == ["hex"] ? CodeVector.bytes(hex: body.dropLast()) : Array(body.utf8))
            let expected = CodeKind.allCases.first { [CodeVector.word($0)] == headers["expecting"] }
            #expect((expected == nil) == (headers["expecting"] == ["any"]))
            do throws(CodeError) {
                let read = try CodeReader.read(input, expecting: expected)
                #expect(headers["expect"] == ["success"], "\(name)")
                #expect(headers["kind"] == [CodeVector.word(read.code.kind)], "\(name)")
                let fields = CodeVector.fields(read.code).map { "\($0.name) \(CodeVector.hex($0.value))" }
                #expect(headers["field"] == fields, "\(name)")
                #expect(headers["line"] == read.code.lines, "\(name)")
                #expect(headers["repair"] ?? [] == read.repairs.map(\.description), "\(name)")
            } catch {
                #expect(headers["expect"] == [CodeVector.words(error)], "\(name)")
            }
        }
    }

    private static func file(_ name: String) -> URL { folder.appending(path: "\(name).txt") }
}
