import Testing

/// One thing that every kind of vault has to do alike: in memory, on disk, behind the dongle protocol, over a cable.
///
/// A test runs all of them against a kind of vault:
///
///     @Test(arguments: VaultConformance.all)
///     func conforms(_ rule: VaultConformance) throws {
///         try rule.check { location, capacity, random in
///             VaultSubject(MemoryVault(location: location, capacity: capacity, random: random))
///         }
///     }
package struct VaultConformance: Sendable, CustomTestStringConvertible {
    /// What is checked, as a sentence.
    package let name: String
    private let body: @Sendable (VaultSubject.Factory) throws -> Void

    init(_ name: String, _ body: @escaping @Sendable (VaultSubject.Factory) throws -> Void) {
        self.name = name
        self.body = body
    }

    /// Checks the vaults that `make` makes; what is found wrong is recorded as an issue of the running test.
    package func check(_ make: VaultSubject.Factory) throws {
        try body(make)
    }

    /// The whole suite.
    package static let all: [VaultConformance] =
        offers + requests + releases + requestPoints + wrongRequests + activations + receipts + waysBack + homecomings
        + keyCapacity + recordCapacity + questions

    package var testDescription: String { name }
}
