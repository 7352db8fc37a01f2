package import Dongles
package import Logging
import Synchronization

/// The dongles on USB: finds them, opens them, and tells when they come and go.
package final class USBDongleSource: DongleSource {
    package let events = DongleEvents(capacity: 32)

    private init() {}

    /// Looks for dongles, and goes on looking until ``close()``.
    ///
    /// Returns after the first scan: every dongle that is there has been told of, or its trouble is in the report.
    ///
    /// - Throws: ``USBStartError`` where libusb can't be used at all.
    package static func start(
        _ settings: USBSettings, logger: Logger
    ) async throws(USBStartError) -> USBDongleSource {
        throw USBStartError(
            message: "USB can't be used in this version", hint: "take the dongles out of the configuration")
    }

    /// Ends every cable and the events, and gives everything back to the system.
    package func close() async {
        events.finish()
    }

    /// What is known now; from memory, and from any thread.
    package func report() -> USBReport {
        USBReport(hotplug: .working, devices: [])
    }
}
