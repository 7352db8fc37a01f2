package import ArgumentParser

/// A command of one of the product's tools.
package protocol ToolCommand: AsyncParsableCommand {
    /// Does what the command is for.
    ///
    /// - Throws: any error; ``CommandRunner`` reports it and ends with its exit status.
    func run(in environment: CommandEnvironment) async throws -> CommandOutcome
}

extension ToolCommand {
    /// Stands in for the parser's own way to run a command, which ``CommandRunner`` does not take.
    package mutating func run() async throws {
        let outcome = try await run(in: .process)
        guard outcome == .done else { throw ExitCode(outcome.exitStatus) }
    }
}
