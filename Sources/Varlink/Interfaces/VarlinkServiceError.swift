/// Why a service can't be started: what it declares and what it does are not the same.
package enum VarlinkServiceError: Error, Equatable, Sendable, CustomStringConvertible {
    /// An interface's description can't be read.
    case description(InterfaceSyntaxError)
    /// Two interfaces have one name.
    case duplicateInterface(String)
    /// Two methods of an interface have one name.
    case duplicateMethod(String)
    /// Methods that the description declares and nobody registered.
    case unregistered([String])
    /// Methods that were registered and the description doesn't declare.
    case undeclared([String])

    package var description: String {
        switch self {
        case .description(let error): "the interface description can't be read: \(error)"
        case .duplicateInterface(let name): "the interface \(name) is registered twice"
        case .duplicateMethod(let name): "the method \(name) is registered twice"
        case .unregistered(let names): "declared, but not registered: \(names.joined(separator: ", "))"
        case .undeclared(let names): "registered, but not declared: \(names.joined(separator: ", "))"
        }
    }
}
