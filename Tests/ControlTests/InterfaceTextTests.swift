import Control
import Licensing
import Testing
import Varlink

/// The committed interface text, the calls and the table of errors say the same.
struct InterfaceTextTests {
    private let interface: InterfaceDescription

    init() throws { interface = try InterfaceDescription(Calls.interfaceText) }

    @Test func declaresEveryErrorAsTheTableSays() {
        let declared = Calls.interfaceText.split(separator: "\n").map(String.init).filter { $0.hasPrefix("error ") }
        #expect(declared.sorted() == LicenceError.Code.allCases.map(\.varlinkDeclaration).sorted())
    }

    @Test func hasTheNameThatCallsUse() {
        #expect(interface.name == Calls.interface)
    }

    @Test(arguments: LicenceError.Code.allCases)
    func givesEveryErrorBackAsItWas(_ code: LicenceError.Code) {
        var parameters: [LicenceError.Parameter: String?] = [:]
        for parameter in code.parameters { parameters[parameter] = "a \(parameter.rawValue)" }
        let error = LicenceError(code, parameters)
        let name = "\(Calls.interface).\(code.varlinkName)"
        #expect(LicenceError.Code(varlinkName: name) == code)
        let back = LicenceError(varlinkName: name, wireParameters: error.wireParameters)
        #expect(back == error)
        #expect(back.message == error.message)
        #expect(back.hint == error.hint)
    }

    @Test func readsAnErrorOfALaterRelease() {
        let error = LicenceError(
            varlinkName: "\(Calls.interface).MoonInWrongPhase", wireParameters: ["message": "the moon is full"])
        #expect(error.code == .unrecognised)
        #expect(error.message.contains("the moon is full"))
    }

    @Test func tellsAMethodThatTheDaemonDoesNotKnowFromAnErrorOfItsOwn() {
        let error = LicenceError(varlinkName: "org.varlink.service.MethodNotFound", wireParameters: [:])
        #expect(error.code == .daemonRefused)
    }

    @Test func endsWrongUsageWithTwoAndEverythingElseWithOne() {
        let two = LicenceError.Code.allCases.filter { $0.exitStatus == 2 }
        #expect(Set(two) == [.usage, .noSuchLocation])
        #expect(LicenceError.Code.allCases.allSatisfy { $0.exitStatus == 1 || $0.exitStatus == 2 })
    }
}
