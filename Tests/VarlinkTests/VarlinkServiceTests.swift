import LinuxSystem
import Testing

@testable import Varlink

struct VarlinkServiceTests {
    private func service(
        _ interfaces: [VarlinkInterface<ExampleAccess>]
    ) throws(VarlinkServiceError) -> VarlinkService {
        try VarlinkService(
            identity: .init(vendor: "", product: "", version: "", url: ""), authoriser: ExampleAuthoriser(),
            interfaces: interfaces, translate: { _ in .invalidParameter("") })
    }

    private func method(_ name: String, access: ExampleAccess = .anyone) -> VarlinkMethod<ExampleAccess> {
        .call(name, access: access) { (_: NoParameters, _) in NoParameters() }
    }

    private let text = "interface org.example.a\nmethod One() -> ()\nmethod Two() -> ()"

    @Test func startsWithTheMethodsThatAreDeclared() throws {
        let service = try service([.init(description: text, methods: [method("Two"), method("One")])])
        #expect(
            service.methodNames == [
                "org.example.a.One", "org.example.a.Two", "org.varlink.service.GetInfo",
                "org.varlink.service.GetInterfaceDescription",
            ])
    }

    @Test func refusesAMethodThatIsDeclaredAndNotRegistered() {
        #expect(throws: VarlinkServiceError.unregistered(["org.example.a.Two"])) {
            try service([.init(description: text, methods: [method("One")])])
        }
    }

    @Test func refusesAMethodThatIsRegisteredAndNotDeclared() {
        #expect(throws: VarlinkServiceError.undeclared(["org.example.a.Three"])) {
            try service([.init(description: text, methods: [method("One"), method("Two"), method("Three")])])
        }
    }

    @Test func refusesDoubles() {
        let interface = VarlinkInterface(description: text, methods: [method("One"), method("Two")])
        #expect(throws: VarlinkServiceError.duplicateInterface("org.example.a")) {
            try service([interface, interface])
        }
        #expect(throws: VarlinkServiceError.duplicateMethod("org.example.a.One")) {
            try service([.init(description: text, methods: [method("One"), method("Two"), method("One")])])
        }
        #expect(throws: VarlinkServiceError.duplicateInterface("org.varlink.service")) {
            try service([.init(description: "interface org.varlink.service", methods: [])])
        }
    }

    @Test func refusesADescriptionItCannotRead() {
        let error = InterfaceSyntaxError(line: 1, expected: "'interface'")
        #expect(throws: VarlinkServiceError.description(error)) { try service([.init(description: "", methods: [])]) }
    }

    @Test func judgesEachMethodByItsOwnRequirement() throws {
        let service = try service([
            .init(description: text, methods: [method("One"), method("Two", access: .nobody)])
        ])
        let peer = PeerCredentials(user: 0, group: 0, process: 1)
        func refusal(_ method: String) -> String? { service.refusal(ofCalling: method, by: peer)?.name }
        #expect(refusal("org.example.a.One") == nil)
        #expect(refusal("org.example.a.Two") == "org.varlink.service.PermissionDenied")
        #expect(refusal("org.example.a.Three") == "org.varlink.service.MethodNotFound")
        #expect(refusal("org.example.b.One") == "org.varlink.service.InterfaceNotFound")
        #expect(refusal("org.varlink.service.GetInfo") == nil)
        #expect(refusal("One") == "org.varlink.service.InvalidParameter")
    }
}
