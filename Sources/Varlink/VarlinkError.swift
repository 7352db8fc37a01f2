/// An error that a call is answered with: its fully qualified name, `interface.Name`, and its parameters as the
/// interface declares them.
package struct VarlinkError: Error, Sendable {
    /// The fully qualified name, such as `org.varlink.service.MethodNotFound`.
    package let name: String
    /// What encodes to the JSON object that goes with the name.
    package let parameters: any Encodable & Sendable

    /// An error with parameters.
    package init(name: String, parameters: any Encodable & Sendable = NoParameters()) {
        self.name = name
        self.parameters = parameters
    }
}

extension VarlinkError {
    /// The interface whose errors every service answers with.
    static let standardInterface = "org.varlink.service"

    /// No interface of that name is served here.
    package static func interfaceNotFound(_ interface: String) -> VarlinkError {
        VarlinkError(name: "\(standardInterface).InterfaceNotFound", parameters: ["interface": interface])
    }

    /// The interface has no method of that name.
    package static func methodNotFound(_ method: String) -> VarlinkError {
        VarlinkError(name: "\(standardInterface).MethodNotFound", parameters: ["method": method])
    }

    /// The interface has the method, but this service can't do it.
    package static func methodNotImplemented(_ method: String) -> VarlinkError {
        VarlinkError(name: "\(standardInterface).MethodNotImplemented", parameters: ["method": method])
    }

    /// A parameter is missing, or of the wrong kind or value; also a member of the message itself, by its name.
    package static func invalidParameter(_ parameter: String) -> VarlinkError {
        VarlinkError(name: "\(standardInterface).InvalidParameter", parameters: ["parameter": parameter])
    }

    /// The peer may not call this.
    package static let permissionDenied = VarlinkError(name: "\(standardInterface).PermissionDenied")

    /// The method answers with a stream and must be called with `more`.
    package static let expectedMore = VarlinkError(name: "\(standardInterface).ExpectedMore")
}

/// An empty object: of a method without parameters, or of a reply without any.
package struct NoParameters: Codable, Equatable, Sendable {
    /// The empty object.
    package init() {}
}
