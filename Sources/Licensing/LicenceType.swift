/// How many may use a licence, and what its quantity counts.
package enum LicenceType: UInt8, Sendable, Hashable, CaseIterable {
    /// One application at a time, on the machine where the key is. Its quantity is 1.
    case single = 1
    /// As many applications at a time as the quantity says.
    case floating = 2
    /// One application at a time, which may use as many units (tags, devices, channels) as the quantity says.
    case count = 3

    /// The word for it: `single`, `floating` or `count`.
    package var name: String {
        switch self {
        case .single: "single"
        case .floating: "floating"
        case .count: "count"
        }
    }

    /// The type of that name.
    package init?(name: String) {
        guard let type = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = type
    }
}
