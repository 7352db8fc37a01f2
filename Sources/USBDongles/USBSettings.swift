package import DongleProtocol

/// Which USB devices are dongles, and how they are looked for.
package struct USBSettings: Sendable, Equatable {
    /// The makers and products that are worth opening; a device with any other identity is never touched.
    package var identities: Set<USBIdentity>
    /// How often the devices are counted again where the system can't tell of arrivals. Not used where it can. Less
    /// than a tenth of a second is taken for a tenth of a second.
    package var rescanInterval: Duration

    package init(identities: Set<USBIdentity> = [.standard], rescanInterval: Duration = .seconds(2)) {
        self.identities = identities
        self.rescanInterval = rescanInterval
    }
}
