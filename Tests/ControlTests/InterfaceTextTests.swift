import Control
import Foundation
import Licensing
import Testing
import Varlink

/// The committed interface text, the calls and the table of errors say the same.
struct InterfaceTextTests {
    private let interface: InterfaceDescription

    init() throws { interface = try InterfaceDescription(Calls.interfaceText) }

    /// With ALM_WRITE_VECTORS=1 the declarations are written anew into the committed text.
    @Test func declaresEveryErrorAsTheTableSays() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/Control/\(Calls.interface).varlink")
        let lines = try String(contentsOf: file, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        let others = lines.filter { !$0.hasPrefix("error ") }.joined(separator: "\n")
        let expected = others + LicenceError.Code.allCases.map { $0.varlinkDeclaration + "\n" }.joined()
        if ProcessInfo.processInfo.environment["ALM_WRITE_VECTORS"] == "1" {
            try expected.write(to: file, atomically: true, encoding: .utf8)
        } else {
            #expect(lines.joined(separator: "\n") == expected)
            #expect(Calls.interfaceText == expected)
        }
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
