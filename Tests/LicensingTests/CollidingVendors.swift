/// Two names of test vendors whose public keys have the same identifier, found by trying.
enum CollidingVendors {
    static let first = "Colliding 158874"
    static let second = "Colliding 240430"
}
