package import LinuxSystem

/// What a server answers with: interfaces, their methods, and who may call each.
///
/// Handlers run away from the event loops; calls on different connections run at the same time.
///
/// `org.varlink.service` is added by itself; whoever can connect may read what a service is and how it is spoken to.
package struct VarlinkService: Sendable {
    private struct Entry: Sendable {
        let refusal: @Sendable (PeerCredentials) -> VarlinkError?
        let body: MethodBody
    }

    private let interfaces: [String: InterfaceDescription]
    /// By fully qualified name.
    private let methods: [String: Entry]
    private let translate: @Sendable (any Error) -> VarlinkError
    /// Told of each connection's end, once.
    let connectionEnded: @Sendable (ConnectionIdentifier) async -> Void

    /// A service, checked: the methods of each interface are those its description declares, no more and no fewer.
    ///
    /// - Parameters:
    ///   - identity: what the service says of itself.
    ///   - authoriser: who may call what.
    ///   - interfaces: what is served.
    ///   - translate: what a caller is told when a handler throws something other than a ``VarlinkError``.
    ///   - connectionEnded: told of each connection's end, once, after the last handler of that connection has
    ///     returned; what belonged to the connection can be let go.
    /// - Throws: ``VarlinkServiceError``.
    package init<Authoriser: VarlinkAuthoriser>(
        identity: ServiceIdentity,
        authoriser: Authoriser,
        interfaces: [VarlinkInterface<Authoriser.Requirement>],
        translate: @escaping @Sendable (any Error) -> VarlinkError,
        connectionEnded: @escaping @Sendable (ConnectionIdentifier) async -> Void = { _ in }
    ) throws(VarlinkServiceError) {
        var descriptions: [String: InterfaceDescription] = [:]
        var entries: [String: Entry] = [:]
        for interface in interfaces {
            let description = try Self.checked(interface)
            guard descriptions.updateValue(description, forKey: description.name) == nil else {
                throw .duplicateInterface(description.name)
            }
            for method in interface.methods {
                let name = "\(description.name).\(method.name)"
                let access = method.access
                let entry = Entry(refusal: { authoriser.refusal(of: $0, requirement: access) }, body: method.body)
                guard entries.updateValue(entry, forKey: name) == nil else { throw .duplicateMethod(name) }
            }
        }

        let standard = StandardInterface(identity: identity, served: Array(descriptions.values))
        guard descriptions.updateValue(try Self.checked(standard.interface), forKey: StandardInterface.name) == nil
        else { throw .duplicateInterface(StandardInterface.name) }
        for method in standard.interface.methods {
            entries["\(StandardInterface.name).\(method.name)"] = Entry(refusal: { _ in nil }, body: method.body)
        }
        self.interfaces = descriptions
        self.methods = entries
        self.translate = translate
        self.connectionEnded = connectionEnded
    }

    /// The fully qualified names of all methods, sorted.
    package var methodNames: [String] { methods.keys.sorted() }

    /// The error that a peer's call of a method is refused with, whatever its parameters; nil if it may call it.
    package func refusal(ofCalling method: String, by peer: PeerCredentials) -> VarlinkError? {
        switch body(of: method, for: peer) {
        case .success: nil
        case .failure(let error): error
        }
    }

    /// What to run for a call, or why not.
    func body(of method: String, for peer: PeerCredentials) -> Result<MethodBody, VarlinkError> {
        guard let dot = method.lastIndex(of: ".") else { return .failure(.invalidParameter("method")) }
        let interface = String(method[..<dot])
        guard interfaces[interface] != nil else { return .failure(.interfaceNotFound(interface)) }
        guard let entry = methods[method] else { return .failure(.methodNotFound(method)) }
        if let refusal = entry.refusal(peer) { return .failure(refusal) }
        return .success(entry.body)
    }

    /// What a caller is told of an error that a handler threw.
    func error(for error: any Error) -> VarlinkError {
        (error as? VarlinkError) ?? translate(error)
    }

    private static func checked(
        _ interface: VarlinkInterface<some Sendable>
    ) throws(VarlinkServiceError) -> InterfaceDescription {
        let description: InterfaceDescription
        do { description = try InterfaceDescription(interface.description) } catch { throw .description(error) }
        let declared = Set(description.methods.map(\.name))
        let registered = Set(interface.methods.map(\.name))
        func qualified(_ names: Set<String>) -> [String] { names.sorted().map { "\(description.name).\($0)" } }
        guard declared.isSubset(of: registered) else {
            throw .unregistered(qualified(declared.subtracting(registered)))
        }
        guard registered.isSubset(of: declared) else { throw .undeclared(qualified(registered.subtracting(declared))) }
        return description
    }
}
