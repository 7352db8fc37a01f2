/// `org.varlink.service`, which every service answers.
struct StandardInterface {
    /// The interface's name.
    static let name = VarlinkError.standardInterface

    /// The description, as varlink.org has it, with the two errors that later services answer with.
    static let text = """
        # What every service answers: what it is, and how its interfaces are spoken to.
        interface org.varlink.service

        # What the service says of itself, and the interfaces it serves.
        method GetInfo() -> (
          vendor: string,
          product: string,
          version: string,
          url: string,
          interfaces: []string
        )

        # The description of an interface that is served here.
        method GetInterfaceDescription(interface: string) -> (description: string)

        # No interface of that name is served here.
        error InterfaceNotFound (interface: string)

        # The interface has no method of that name.
        error MethodNotFound (method: string)

        # The interface has the method, but this service can't do it.
        error MethodNotImplemented (method: string)

        # A parameter is missing, or of the wrong kind or value.
        error InvalidParameter (parameter: string)

        # The caller may not call this method.
        error PermissionDenied ()

        # The method answers with a stream and must be called with "more".
        error ExpectedMore ()

        """

    /// The interface, to be served with the others.
    let interface: VarlinkInterface<Void>

    /// - Parameters:
    ///   - identity: what the service says of itself.
    ///   - served: the other interfaces.
    init(identity: ServiceIdentity, served: [InterfaceDescription]) {
        let information = Information(
            vendor: identity.vendor, product: identity.product, version: identity.version, url: identity.url,
            interfaces: (served.map(\.name) + [Self.name]).sorted())
        var texts = Dictionary(served.map { ($0.name, $0.text) }, uniquingKeysWith: { first, _ in first })
        texts[Self.name] = Self.text
        let descriptions = texts
        interface = VarlinkInterface(
            description: Self.text,
            methods: [
                .call("GetInfo", access: ()) { (_: NoParameters, _) in information },
                .call("GetInterfaceDescription", access: ()) { (parameters: InterfaceName, _) in
                    guard let text = descriptions[parameters.interface] else {
                        throw VarlinkError.interfaceNotFound(parameters.interface)
                    }
                    return Description(description: text)
                },
            ])
    }

    /// The reply of `GetInfo`.
    struct Information: Codable, Equatable {
        /// Who makes the service.
        let vendor: String
        /// What it is called.
        let product: String
        /// Its version.
        let version: String
        /// Where more is said about it.
        let url: String
        /// The names of what it serves, sorted.
        let interfaces: [String]
    }

    /// The parameters of `GetInterfaceDescription`.
    struct InterfaceName: Codable {
        /// Which one.
        let interface: String
    }

    /// The reply of `GetInterfaceDescription`.
    struct Description: Codable {
        /// Its text.
        let description: String
    }
}
