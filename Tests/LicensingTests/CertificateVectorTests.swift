import Foundation
import Licensing
import Testing

/// The files of `Fixtures/certificates`. With `ALM_WRITE_VECTORS=1` they are written anew; look at the difference before
/// committing it, for a vector that changes means a format that changed.
@Suite(.serialized) struct CertificateVectorTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Fixtures/certificates").standardized

    @Test func theFilesAreWhatTheGeneratorMakes() throws {
        let vectors = try CertificateVectors().all()
        #expect(Set(vectors.map(\.name)).count == vectors.count)
        if ProcessInfo.processInfo.environment["ALM_WRITE_VECTORS"] == "1" {
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            for vector in vectors {
                try Data(vector.text.utf8).write(to: Self.folder.appending(path: "\(vector.name).txt"))
            }
        }
        for vector in vectors {
            let file = try String(contentsOf: Self.folder.appending(path: "\(vector.name).txt"), encoding: .utf8)
            #expect(file == vector.text, "\(vector.name)")
        }
        #expect(try Self.files() == vectors.map { "\($0.name).txt" })
    }

    /// Read from the files alone, as another program would.
    @Test func everyFileIsReadAsItExpects() throws {
        let files = try Self.files()
        #expect(files.count >= 50)
        for name in files {
            let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
            try check(text, name)
        }
    }

    private func check(_ text: String, _ name: String) throws {
        let halves = text.split(separator: "\n\n", maxSplits: 1, omittingEmptySubsequences: false)
        let heading = halves[0].split(separator: "\n").map(String.init)
        let bytes = try #require(
            [UInt8](hexadecimal: halves.count > 1 ? halves[1].filter { !$0.isNewline } : ""), "\(name)")
        func value(_ field: String) -> String? {
            heading.first { $0.hasPrefix("\(field): ") }.map { String($0.dropFirst(field.count + 2)) }
        }
        let vendors = Vendors(
            try heading.filter { $0.hasPrefix("vendor: ") }.map { line in
                let words = line.dropFirst("vendor: ".count).split(separator: " ", maxSplits: 1)
                return try Vendor(
                    fileText: "alm vendor 1\nname: \(words[1])\nkey: \(words[0])\n", path: name)
            })
        let certificate: Certificate
        do {
            certificate = try Certificate(bytes: bytes)
            _ = try vendors.verify(certificate)
        } catch {
            #expect(value("expect") == error.code.rawValue, "\(name): \(error)")
            #expect(value("reason") == error.parameters[.reason], "\(name)")
            return
        }
        #expect(value("expect") == "accepted", "\(name)")
        #expect(certificate.bytes == bytes)
        for field in CertificateVector.fields(of: certificate) { #expect(heading.contains(field), "\(name)") }
        if let hexadecimal = value("seed") {
            let seed = try #require([UInt8](hexadecimal: hexadecimal).flatMap { Seed($0) })
            #expect(seed.agreementKey.point == certificate.publicKey)
        }
    }

    private static func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
            .filter { $0.hasSuffix(".txt") }.sorted()
    }
}
