package import FoundationEssentials

/// An error that a service answered a call with.
package struct RemoteError: Error, Equatable, Sendable {
    /// The fully qualified name, such as `org.varlink.service.MethodNotFound`.
    package let name: String
    /// The JSON text of the parameters.
    package let parameters: Data

    /// An error with that name and those parameters.
    package init(name: String, parameters: Data = Data("{}".utf8)) {
        self.name = name
        self.parameters = parameters
    }

    /// The parameters as a type; nil if they aren't one.
    package func parameters<Parameters: Decodable>(as type: Parameters.Type) -> Parameters? {
        try? JSONObject.decode(type, from: parameters)
    }
}
