import Foundation
import LicenceCommands
import Licensing
import Testing

/// The errors of the commands themselves.
@Suite struct CommandErrorTests {
    @Test func eachStandsInTheArticleOnTheInterface() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources").standardized
        let article = try String(
            contentsOf: sources.appending(path: "Control/Control.docc/Control.md"), encoding: .utf8)
        let missing = CommandError.Name.allCases.filter { !article.contains("\n| `\($0.rawValue)` |") }
        #expect(missing == [])
    }

    @Test func noneIsNamedAsAnErrorOfTheInterface() {
        #expect(CommandError.Name.allCases.allSatisfy { LicenceError.Code(rawValue: $0.rawValue) == nil })
    }
}
