/// This release of the product.
package enum Release {
    /// Its version, as semantic versioning writes it.
    package static let version = "0.1.0"
}
