import Foundation
import Testing

@testable import TransferCodes

/// A folder of code vectors, as today's code reads them.
struct VectorFolder {
    private let folder: URL
    /// The names of its vectors, without their ending.
    let names: [String]

    init(_ folder: URL) throws {
        self.folder = folder
        names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".txt") }.map { String($0.dropLast(4)) }.sorted()
    }

    /// Reads each vector and compares what comes of it with what it says.
    func check() throws {
        for name in names {
            let data = try Data(contentsOf: folder.appending(path: "\(name).txt"))
            let file = try #require(VectorFile(String(decoding: data, as: UTF8.self)), "\(name)")
            if name.hasPrefix("crypto-") {
                try TransferVectorRunner(file).check(name)
            } else {
                try Self.check(name, file)
            }
        }
    }

    private static func check(_ name: String, _ file: VectorFile) throws {
        let expected = CodeKind.allCases.first { CodeVector.word($0) == file.value("expecting") }
        #expect((expected == nil) == (file.value("expecting") == "any"), "\(name)")
        do throws(CodeError) {
            let read = try CodeReader.read(file.input.bytes, expecting: expected)
            let said = file.headers.filter { !["title", "expecting", "expect"].contains($0.name) }
            #expect(file.value("expect") == "success", "\(name)")
            #expect(
                said == CodeVector.headers(of: read).map { VectorFile.Header(name: $0.0, value: $0.1) }, "\(name)")
        } catch {
            #expect(file.value("expect") == CodeVector.words(error), "\(name)")
        }
    }
}
