import Foundation
import Testing
import TransferCodes

/// A program in Python that was written from the articles alone, beside this implementation. Where both agree, the
/// articles say enough.
@Suite(
    .timeLimit(.minutes(5)),
    .enabled(
        if: SecondImplementation.packages != nil,
        """
        the Python package "cryptography" is not in the folder that ALMD_PYTHON_CRYPTOGRAPHY names, nor in \
        .build/python-cryptography
        """))
struct SecondImplementationTests {
    @Test func agreesWithAllVectors() async throws {
        let run = try await SecondImplementation.run("vectors.py", SecondImplementation.root + "/Fixtures")
        #expect(run.status == 0, "\(run.output)")
        #expect(run.output.hasSuffix(" agree, 0 differ\n"), "\(run.output)")
        // Today's vectors, those of certificates, and those of every release.
        let count = try #require(run.output.split(separator: " ").first.flatMap { Int($0) })
        let names = try FileManager.default.subpathsOfDirectory(atPath: SecondImplementation.root + "/Fixtures")
        let vectors = names.filter { name in
            name.hasSuffix(".txt") && ["codes", "certificates"].contains(name.split(separator: "/").dropLast().last)
        }
        #expect(vectors.contains { $0.hasPrefix("releases/") })
        #expect(count >= vectors.count)
    }

    /// Texts with codes in them, damaged in every way; the same ones in each run.
    @Test func readsDamagedTextsAlike() async throws {
        let run = try await SecondImplementation.run("damage.py", "1", "400")
        try #require(run.status == 0, "\(run.output)")
        let kinds = try compare(run.output)
        #expect(kinds.count > 10, "the texts are not damaged in enough ways: \(kinds.sorted())")
    }

    /// Texts on which a reader goes wrong that takes one sentence of the articles otherwise than it is meant.
    @Test func readsTextsAlikeThatTellReadersApart() throws {
        let path = SecondImplementation.root + "/Tests/SecondImplementation/edges.txt"
        #expect(try compare(String(contentsOfFile: path, encoding: .utf8)).count > 5)
    }

    /// Reads each text of a list as `damage.py` prints it, and gives the kinds and errors that occur.
    private func compare(_ list: String) throws -> Set<Substring> {
        var results: Set<Substring> = []
        for line in list.split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
            try #require(parts.count == 3, "\(line)")
            let expected = CodeKind.allCases.first { $0.word == parts[0] }
            let text = try #require(SecondImplementation.bytes(parts[1]))
            let read = outcome(text, expecting: expected)
            #expect(read == parts[2], "\(parts[0]): \(String(decoding: text, as: UTF8.self))")
            results.insert(parts[2].prefix { $0 != " " && $0 != "|" })
        }
        return results
    }

    /// What is read, in one line: kind, lines and repairs, or the error as a vector names it.
    private func outcome(_ text: [UInt8], expecting kind: CodeKind?) -> String {
        do throws(CodeError) {
            let read = try CodeReader.read(text, expecting: kind)
            return ([read.code.kind.word] + read.code.lines + read.repairs.map(\.description)).joined(separator: "|")
        } catch {
            return error.words
        }
    }
}

/// Runs the programs of `Tests/SecondImplementation`.
enum SecondImplementation {
    /// The package's folder.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path(percentEncoded: false).trimmingSuffix("/")

    /// Where the Python packages are that they need; none where they are not installed.
    static let packages: String? = [
        ProcessInfo.processInfo.environment["ALMD_PYTHON_CRYPTOGRAPHY"], root + "/.build/python-cryptography",
    ].lazy.compactMap(\.self).first { FileManager.default.fileExists(atPath: $0 + "/cryptography") }

    /// Runs one to its end. Its output comes by way of a file, which is never full.
    static func run(_ program: String, _ arguments: String...) async throws -> (output: String, status: Int32) {
        let file = FileManager.default.temporaryDirectory.appending(path: "second-\(UUID().uuidString)")
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let output = try FileHandle(forWritingTo: file)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-B", "\(root)/Tests/SecondImplementation/\(program)"] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["PYTHONPATH": packages ?? ""], uniquingKeysWith: { $1 })
        process.standardOutput = output
        process.standardError = output
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        try output.close()
        return (String(decoding: try Data(contentsOf: file), as: UTF8.self), process.terminationStatus)
    }

    /// Bytes of hexadecimal digits.
    static func bytes(_ digits: Substring) -> [UInt8]? {
        let values = digits.compactMap(\.hexDigitValue)
        guard values.count == digits.count, values.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}

extension CodeKind {
    /// As the vectors name it.
    fileprivate var word: String {
        switch self {
        case .start: "start"
        case .shortStart: "short-start"
        case .request: "request"
        case .activation: "activation"
        case .returning: "return"
        case .receipt: "receipt"
        }
    }
}

extension CodeError {
    /// As the vectors name it, with what it names.
    fileprivate var words: String {
        func list(_ name: String, _ lines: [Int]) -> String { ([name] + lines.map(String.init)).joined(separator: " ") }
        return switch self {
        case .nothingFound: "nothing-found"
        case .unreadable(let lines): list("unreadable", lines)
        case .missing(let lines): list("missing", lines)
        case .conflictingLines(let line): "conflicting-lines \(line)"
        case .foreignLine(let line, let kind): "foreign-line \(line) \(kind.word)"
        case .severalCodes(let kinds): (["several-codes"] + kinds.map(\.word)).joined(separator: " ")
        case .wrongKind(let found, let expected): "wrong-kind \(found.word) \(expected.word)"
        case .unknownKind(let letter): "unknown-kind \(letter)"
        case .unknownVersion(let kind, let version): "unknown-version \(kind.word) \(version)"
        case .flagsNotZero(let kind, let flags): "flags-not-zero \(kind.word) \(flags)"
        case .certificateLength(let length): "certificate-length \(length)"
        case .checkFailed(let suspects): list("check-failed", suspects)
        case .paddingNotZero(let kind): "padding-not-zero \(kind.word)"
        case .tooLarge(let count): "too-large \(count)"
        case .invalidField(let kind, let field): "invalid-field \(kind.word) \(field)"
        }
    }
}
