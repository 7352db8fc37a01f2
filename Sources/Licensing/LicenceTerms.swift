/// What a licence is for, and on what terms: the part of a certificate that people read.
package struct LicenceTerms: Sendable, Hashable {
    /// The name of the product: 1 to 16 bytes of UTF-8, all printable, no space at either end.
    package let product: String
    /// The version of the product: 1 to 12 printable ASCII characters without spaces.
    package let productVersion: String
    /// Who may use it at the same time.
    package let type: LicenceType
    /// How many: 1 for a single licence, 1 to 65,535 otherwise.
    package let quantity: UInt16
    /// The day the vendor made it.
    package let issued: CalendarDay
    /// The last day on which it may be used; nil: no end.
    package let validUntil: CalendarDay?

    /// The longest name of a product, in bytes of UTF-8.
    package static let longestProduct = 16
    /// The longest version, in characters.
    package static let longestVersion = 12

    /// Terms within the limits above.
    ///
    /// - Throws: `certificateMalformed`, with the field that is out of its limits as the reason.
    package init(
        product: String, productVersion: String, type: LicenceType, quantity: UInt16, issued: CalendarDay,
        validUntil: CalendarDay?
    ) throws(LicenceError) {
        func require(_ condition: Bool, _ reason: String) throws(LicenceError) {
            if !condition { throw LicenceError(.certificateMalformed, [.reason: reason]) }
        }
        try require(
            (1...Self.longestProduct).contains(product.utf8.count),
            "the product's name has to have 1 to \(Self.longestProduct) bytes")
        try require(
            product.unicodeScalars.allSatisfy(\.isPrintable) && product.unicodeScalars.first != " "
                && product.unicodeScalars.last != " ",
            "the product's name has to be printable, without a space at either end")
        try require(
            (1...Self.longestVersion).contains(productVersion.utf8.count)
                && productVersion.utf8.allSatisfy { (0x21...0x7e).contains($0) },
            "the version has to have 1 to \(Self.longestVersion) printable ASCII characters without spaces")
        try require(quantity >= 1, "the quantity has to be at least 1")
        try require(type != .single || quantity == 1, "a single licence has quantity 1")
        try require(validUntil.map { $0 >= issued } ?? true, "the validity may not end before the day of issue")
        // A certificate says "no end" with the number of this day.
        try require(validUntil?.daysSince1970 != 0, "the validity may not end on the first day of the calendar")
        self.product = product
        self.productVersion = productVersion
        self.type = type
        self.quantity = quantity
        self.issued = issued
        self.validUntil = validUntil
    }

    /// Whether the licence may be used on `day`.
    package func isValid(on day: CalendarDay) -> Bool {
        validUntil.map { day <= $0 } ?? true
    }
}
