/// What a service says of itself in `org.varlink.service.GetInfo`.
package struct ServiceIdentity: Sendable {
    /// Who makes it.
    package let vendor: String
    /// What it is called.
    package let product: String
    /// Its version.
    package let version: String
    /// Where more is said about it.
    package let url: String

    /// What the service says of itself.
    package init(vendor: String, product: String, version: String, url: String) {
        self.vendor = vendor
        self.product = product
        self.version = version
        self.url = url
    }
}
