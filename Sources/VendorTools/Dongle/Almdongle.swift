package import ArgumentParser
import Control

/// `almdongle`: makes file-backed dongles, and is the device side of them.
package struct Almdongle: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "almdongle",
        abstract: "Makes licence dongles in files, plugs them in and pulls them out, and is a dongle at a device port.",
        discussion: """
            FILE is the folder that holds a dongle's vault. It is tied to the machine that runs almdongle; what is \
            carried from one daemon to another is the cable.

            Exit status: 0 done, 1 refused or failed, 2 wrong usage.
            """,
        version: "almdongle \(Release.version)",
        subcommands: [CreateCommand.self, PlugCommand.self, GadgetCommand.self])

    package init() {}
}
