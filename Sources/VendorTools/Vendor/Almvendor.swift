package import ArgumentParser
import Control

/// `almvendor`: what a vendor of software does to issue licence keys.
package struct Almvendor: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "almvendor",
        abstract: "Makes a vendor's signing key and mints licence keys into a store of the vendor's.",
        discussion: """
            DIR is a state directory that almd --state DIR opens: minted keys leave it by move or transfer, like any \
            other. The signing key is beside it, in DIR.signing-key; keep that file and its passphrase safe, and a copy \
            of both elsewhere.

            Exit status: 0 done, 1 refused or failed, 2 wrong usage.
            """,
        version: "almvendor \(Release.version)",
        subcommands: [InitCommand.self, MintCommand.self])

    package init() {}
}
