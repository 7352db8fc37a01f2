import Foundation
import Testing

/// The four steps between two daemons, as people do them.
struct FourStepsTests {
    /// How the codes get from one machine to the other.
    enum Carrier: CaseIterable, Sendable {
        case asPrinted, twoWrongCharacters, oneGroupUnreadable

        func carry(_ code: String) -> String {
            switch self {
            case .asPrinted: code
            case .twoWrongCharacters: Typing.twoWrongCharacters(code)
            case .oneGroupUnreadable: Typing.oneGroupUnreadable(code)
            }
        }
    }

    @Test(arguments: Carrier.allCases)
    func moveTheKeyByTypedCodes(_ carrier: Carrier) async throws {
        let workshop = try await Workshop()
        let licence = workshop.licences[0]
        let source = try await workshop.machine("source", holding: [licence])
        let target = try await workshop.machine("target")

        let start = try await source.code("start", licence)
        let request = try await target.code("request", "--input", "-", "--to", "local", input: carrier.carry(start))
        #expect(try await source.state(of: licence) == "OFFERED")
        let activation = try await source.code("activation", "--input", "-", input: carrier.carry(request))
        #expect(try await source.state(of: licence) == nil)
        let activated = try await target.succeeds("activate", "--input", "-", input: carrier.carry(activation))
        #expect(try await target.state(of: licence) == "HELD")

        let repairs = try activated.object()["repairs"] as? [Any] ?? []
        #expect(repairs.isEmpty == (carrier == .asPrinted))

        let name = try #require(try await target.transfers(all: true).first?["transfer"] as? String)
        let receipt = try await target.code("receipt", name)
        try await source.succeeds("settle", "--input", "-", input: carrier.carry(receipt))
        #expect(try await source.transfers().isEmpty)
        #expect(try await target.transfers().isEmpty)
    }

    @Test func moveTheKeyByFiles() async throws {
        let workshop = try await Workshop()
        let licence = workshop.licences[0]
        let source = try await workshop.machine("source", holding: [licence])
        let target = try await workshop.machine("target")
        let files = ["start", "request", "activation"].map { "\(workshop.folder)/\($0).aut" }

        try await source.succeeds("start", licence, "--output", files[0])
        try await target.succeeds("request", "--input", files[0], "--to", "local", "--output", files[1])
        try await source.succeeds("activation", "--input", files[1], "--output", files[2])
        try await target.succeeds("activate", "--input", files[2])

        #expect(try await source.keys().isEmpty)
        #expect(try await target.state(of: licence) == "HELD")
        let text = try String(contentsOfFile: files[0], encoding: .utf8)
        #expect(text.hasPrefix("Offline Transfer: start code\n"))
        #expect(text.utf8.allSatisfy { $0 < 0x80 })
    }

    @Test func moveTheKeyByAShortStartCode() async throws {
        let workshop = try await Workshop()
        let licence = workshop.licences[0]
        let source = try await workshop.machine("source", holding: [licence])
        let target = try await workshop.machine("target")
        let file = "\(workshop.folder)/certificate"

        let start = try await source.code("start", licence, "--short")
        #expect(start.split(separator: "\n").count == 2)
        let refused = try await target.almctl(["offline-transfer", "request", "--input", "-"], input: start)
        #expect(refused.errorName == "certificateUnknown")
        // The target names the certificate that is missing, and the source finds it by that name.
        let error = try #require(try refused.object()["error"] as? [String: String])
        let exported = try await source.almctl(
            ["certificate", "export", try #require(error["detail"]), "--output", file])
        #expect(try exported.object()["licence"] as? String == licence)
        #expect(try await target.almctl(["certificate", "import", file]).status == 0)
        try await target.restartAfterKill()
        // There is one place that the key can go to, so that it need not be said.
        let request = try await target.code("request", "--input", "-", input: start)
        let activation = try await source.code("activation", "--input", "-", input: request)
        try await target.succeeds("activate", "--input", "-", input: activation)
        #expect(try await target.state(of: licence) == "HELD")
    }

    @Test func goOnAfterEachSideWasKilledBetweenAnyTwoSteps() async throws {
        let workshop = try await Workshop()
        let licence = workshop.licences[0]
        let source = try await workshop.machine("source", holding: [licence])
        let target = try await workshop.machine("target")
        func killBoth() async throws {
            try await source.restartAfterKill()
            try await target.restartAfterKill()
        }

        let start = try await source.code("start", licence)
        try await killBoth()
        #expect(try await source.code("start", licence) == start)
        let request = try await target.code("request", "--input", "-", "--to", "local", input: start)
        try await killBoth()
        #expect(try await target.code("request", "--input", "-", "--to", "local", input: start) == request)
        let activation = try await source.code("activation", "--input", "-", input: request)
        try await killBoth()
        #expect(try await source.code("activation", "--input", "-", input: request) == activation)
        try await target.succeeds("activate", "--input", "-", input: activation)
        try await killBoth()
        let again = try await target.succeeds("activate", "--input", "-", input: activation).object()
        #expect(again["repeated"] as? Bool == true)
        #expect(try await target.state(of: licence) == "HELD")
        #expect(try await source.state(of: licence) == nil)
    }

    @Test func giveTheIdenticalActivationCodeAgainAndRefuseASecondMachine() async throws {
        let workshop = try await Workshop()
        let licence = workshop.licences[0]
        let source = try await workshop.machine("source", holding: [licence])
        let target = try await workshop.machine("target")
        let other = try await workshop.machine("other")

        let start = try await source.code("start", licence)
        let first = try await target.code("request", "--input", "-", "--to", "local", input: start)
        let second = try await other.code("request", "--input", "-", "--to", "local", input: start)
        let activation = try await source.code("activation", "--input", "-", input: first)
        #expect(try await source.code("activation", "--input", "-", input: first) == activation)
        #expect(try await source.refusal("activation", "--input", "-", input: second) == "releasedToAnother")
        #expect(
            try await other.refusal("activate", "--input", "-", input: activation) == "activationForAnotherRequest")
    }

    @Test func leadBackByDeclineAndReclaim() async throws {
        let workshop = try await Workshop()
        let licence = workshop.licences[0]
        let source = try await workshop.machine("source", holding: [licence])
        let target = try await workshop.machine("target")

        let start = try await source.code("start", licence)
        let request = try await target.code("request", "--input", "-", "--to", "local", input: start)
        let activation = try await source.code("activation", "--input", "-", input: request)
        let name = try #require(try await target.transfers().first?["transfer"] as? String)
        let back = try await target.code("decline", name)
        #expect(try await target.refusal("activate", "--input", "-", input: activation) == "requestDeclined")
        try await source.succeeds("reclaim", "--input", "-", input: Typing.twoWrongCharacters(back))
        #expect(try await source.state(of: licence) == "HELD")
        #expect(try await target.keys().isEmpty)
        #expect(try await source.refusal("activation", "--input", "-", input: request) == "keyTakenBack")
    }
}
