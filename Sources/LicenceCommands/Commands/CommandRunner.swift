package import ArgumentParser
import Foundation
import Glibc
import Licensing

/// Runs a tool: parses its arguments, runs the command, reports what went wrong in the form that was asked for.
package enum CommandRunner {
    /// The whole life of a tool's process.
    package static func main(_ root: any ParsableCommand.Type) async -> Never {
        // A reader that goes away is an error of the write that it fails, and is reported like any other.
        _ = signal(SIGPIPE, SIG_IGN)
        // Noted before this process opens anything of its own.
        _ = OpenDescriptors.inherited
        let outcome = await run(root, Array(CommandLine.arguments.dropFirst()), in: .process)
        outcome.endProcess()
    }

    /// Runs one command line.
    package static func run(
        _ root: any ParsableCommand.Type, _ arguments: [String], in environment: CommandEnvironment
    ) async -> CommandOutcome {
        // Whether JSON is wanted has to be known also where the arguments make no sense.
        let json = arguments.prefix { $0 != "--" }.contains("--json")
        let command: any ParsableCommand
        do {
            command = try root.parseAsRoot(arguments)
        } catch {
            return refuse(root, error, json: json, in: environment)
        }
        do {
            guard let command = command as? any ToolCommand else {
                // A group of commands, or help: the parser's own, which end by throwing what they print.
                var other = command
                try other.run()
                return .done
            }
            return try await command.run(in: environment)
        } catch  where root.exitCode(for: error) == .success || isUsage(error, root) {
            return refuse(root, error, json: json, in: environment)
        } catch {
            return report(error, json: json, in: environment)
        }
    }

    private static func isUsage(_ error: any Error, _ root: any ParsableCommand.Type) -> Bool {
        error is ValidationError || root.exitCode(for: error) == .validationFailure
    }

    /// Reports an error and gives the status to end with.
    static func report(_ error: any Error, json: Bool, in environment: CommandEnvironment) -> CommandOutcome {
        let report = ErrorReport(error)
        if json, (try? environment.emit(report)) != nil { return .status(report.exitStatus) }
        environment.note(environment.console.isInteractive ? report.wrappedText : report.text)
        return .status(report.exitStatus)
    }

    /// Reports what the parser made of the arguments: help and version on standard output with status 0, everything else
    /// as wrong usage with status 2.
    private static func refuse(
        _ root: any ParsableCommand.Type, _ error: any Error, json: Bool, in environment: CommandEnvironment
    ) -> CommandOutcome {
        let text = root.fullMessage(for: error)
        guard root.exitCode(for: error) != .success else {
            do throws(CommandError) {
                try environment.say(text.isEmpty ? "" : text + "\n")
                return .done
            } catch {
                return report(error, json: json, in: environment)
            }
        }
        let name = root.configuration.commandName ?? "almctl"
        if json {
            let reason = root.message(for: error).split(whereSeparator: \.isNewline).joined(separator: " ")
            return report(
                LicenceError(.usage, [.reason: reason, .command: "see \(name) --help"]), json: true, in: environment)
        }
        environment.note(
            text.replacing("Error: ", with: "error: ", maxReplacements: 1)
                .replacing("  See '", with: "hint: see '", maxReplacements: 1) + "\n")
        return .status(2)
    }
}
