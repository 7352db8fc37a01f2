package import ArgumentParser
import Control

/// `almctl`: everything that a person does with the licence keys of a machine.
package struct Almctl: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "almctl",
        abstract: "Lists licence keys, moves them between machines and dongles, and runs programs under a licence.",
        discussion: """
            KEY is the number of a licence, or as much of its beginning as only one key has. LOCATION is local, or \
            usb: and the serial number of a dongle.

            Exit status: 0 done, 1 refused or failed, 2 wrong usage.
            """,
        version: "almctl \(Release.version)",
        subcommands: [
            ListCommand.self, ShowCommand.self, TransfersCommand.self, HistoryCommand.self, OfflineTransferCommand.self,
            MoveCommand.self, CertificateCommand.self, DongleCommand.self, MonitorCommand.self, UseCommand.self,
            DoctorCommand.self,
        ])

    package init() {}
}
