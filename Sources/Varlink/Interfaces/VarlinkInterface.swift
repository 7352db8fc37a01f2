/// An interface to serve: its description text and its methods.
package struct VarlinkInterface<Requirement: Sendable>: Sendable {
    /// The description text, as clients are to read it.
    package let description: String
    /// The methods; the same set as the text declares.
    package let methods: [VarlinkMethod<Requirement>]

    /// An interface; a ``VarlinkService`` checks it.
    package init(description: String, methods: [VarlinkMethod<Requirement>]) {
        self.description = description
        self.methods = methods
    }
}
