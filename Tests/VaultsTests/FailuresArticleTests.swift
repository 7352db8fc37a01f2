import Foundation
import Testing

/// The article "What can go wrong in a transfer, and the test that shows it" names no test that is not there.
@Suite struct FailuresArticleTests {
    private static let repository = URL(filePath: #filePath).appending(path: "../../..").standardized
    private static let tests = repository.appending(path: "Tests")

    /// The cells of the table's last column, without its heading.
    private static func cells() throws -> [Substring] {
        let article = repository.appending(path: "Sources/Vaults/Vaults.docc/Failures.md")
        let rows = try String(contentsOf: article, encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix("| ") }
        return rows.dropFirst().compactMap { $0.split(separator: "|").dropFirst(2).first }
    }

    /// The text of every Swift file below a folder of `Tests`.
    private static func sources(of folder: String) throws -> String {
        let path = tests.appending(path: folder).path
        return try FileManager.default.subpathsOfDirectory(atPath: path).filter { $0.hasSuffix(".swift") }
            .map { try String(contentsOfFile: "\(path)/\($0)", encoding: .utf8) }.joined(separator: "\n")
    }

    /// Whether what stands between backquotes leads to something; `target` is the one that was named last.
    private static func isThere(_ name: String, _ target: inout String) throws -> Bool {
        if let named = name.wholeMatch(of: #/(?<target>\w+Tests)/(?<suite>\w+)(\.(?<test>\w+)(\(\w+\))?)?/#) {
            target = String(named.target)
            let text = try sources(of: target)
            let isSuite = text.contains("@Suite struct \(named.suite) ") || text.contains("struct \(named.suite) {")
            return isSuite && (named.test.map { text.contains("func \($0)(") } ?? true)
        }
        if let rule = name.wholeMatch(of: #/(VaultConformance )?"(?<rule>[^"]+)"/#) {
            return try sources(of: "TestKit").contains("\"\(rule.rule)\"")
        }
        if let command = name.wholeMatch(of: #/(CrashBench )?(?<command>kills|twice|images|cuts-after-kills)/#) {
            return try sources(of: "CrashBench").contains("case \"\(command.command)\"")
        }
        if let goal = name.wholeMatch(of: #/make (?<goal>[\w-]+)/#) {
            let makefile = try String(contentsOf: repository.appending(path: "Makefile"), encoding: .utf8)
            return makefile.contains("\n\(goal.goal):")
        }
        if name.contains("/") { return FileManager.default.fileExists(atPath: tests.appending(path: name).path) }
        // Another test of the target that was named before, or a state of the replay matrix.
        return try sources(of: target).contains("func \(name)(") || sources(of: "TestKit").contains("case .\(name):")
    }

    @Test func everyTestThatItNamesIsThere() throws {
        let cells = try Self.cells()
        #expect(cells.count == 33)
        var target = ""
        for cell in cells {
            let names = cell.matches(of: #/`([^`]+)`/#).map { String($0.1) }
            #expect(!names.isEmpty || cell.contains("No test") || cell.contains("no test"), "\(cell)")
            for name in names { #expect(try Self.isThere(name, &target), "\(name)") }
            #expect(Self.isWellSet(cell), "\(cell)")
        }
    }

    /// Whether every name ends where the next one, or what is said of it, can begin.
    private static func isWellSet(_ cell: Substring) -> Bool {
        let rest = cell.replacing(#/`[^`]+`(?=[,;:]? |\)[,;:]? )/#, with: "")
        return !rest.contains("`")
    }

    @Test(arguments: [
        ("`A.b`, `c`; `D` (`make e`); f: `g` ", true), ("`A.b`.; `c` ", false), ("`A.b`c ", false),
        ("`A.b`,; `c` ", false),
        ("`A.b` and `c ", false),
    ])
    func aNameThatIsSetOddlyIsSeen(cell: Substring, isRight: Bool) {
        #expect(Self.isWellSet(cell) == isRight)
    }

    /// The look itself sees what is missing.
    @Test(arguments: [
        "VaultsTests/MissingTests", "VaultsTests/FailuresArticleTests.isNowhere",
        "LicenceDaemonTests/FailuresArticleTests",
        "VaultConformance \"a rule that nobody made\"", "make nothing", "Guests/nothing.sh", "nothing",
    ])
    func whatIsNotThereIsSeen(_ name: String) throws {
        var target = "VaultsTests"
        #expect(try Self.isThere(name, &target) == false)
    }
}
