import Foundation
import Testing

@testable import Varlink

@Suite(.timeLimit(.minutes(1)))
struct ClientTests {
    @Test func saysThatNobodyIsThere() async throws {
        let folder = try Bench.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "socket").path
        await #expect(throws: VarlinkClientError.notRunning(path: path)) {
            try await VarlinkClient.connect(unixPath: path)
        }
        close(try ListeningSocket.bind(path: path, mode: 0o666, backlog: 1).descriptor)
        await #expect(throws: VarlinkClientError.notRunning(path: path)) {
            try await VarlinkClient.connect(unixPath: path)
        }
        let long = "/tmp/" + String(repeating: "x", count: 103)
        await #expect(throws: VarlinkClientError.invalidPath(long)) { try await VarlinkClient.connect(unixPath: long) }
    }

    @Test(.enabled(if: geteuid() != 0, "root may connect anywhere"))
    func saysThatThisUserMayNot() async throws {
        let folder = try Bench.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "socket").path
        let socket = try ListeningSocket.bind(path: path, mode: 0, backlog: 1)
        defer { close(socket.descriptor) }
        await #expect(throws: VarlinkClientError.notPermitted(path: path)) {
            try await VarlinkClient.connect(unixPath: path)
        }
    }

    @Test func tellsTheSystemsRefusalsApart() {
        func error(_ failure: ConnectFailure) -> VarlinkClientError { failure.asClientError("p") }
        #expect(error(.system(ENOENT)) == .notRunning(path: "p"))
        #expect(error(.system(ECONNREFUSED)) == .notRunning(path: "p"))
        #expect(error(.system(EACCES)) == .notPermitted(path: "p"))
        #expect(error(.system(EPERM)) == .notPermitted(path: "p"))
        #expect(error(.system(EAGAIN)) == .timedOut(path: "p"))
        #expect(error(.timeout) == .timedOut(path: "p"))
        #expect(error(.system(ENOTSOCK)) == .cannotConnect(path: "p", errno: ENOTSOCK))
        #expect(error(.address) == .invalidPath("p"))
    }

    @Test func saysThatTheServicesQueueIsFull() async throws {
        let folder = try Bench.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "socket").path
        let socket = try ListeningSocket.bind(path: path, mode: 0o666, backlog: 0)
        defer { close(socket.descriptor) }
        // Nobody accepts; the kernel lets in one more than the backlog.
        let first = try await VarlinkClient.connect(unixPath: path)
        await #expect(throws: VarlinkClientError.timedOut(path: path)) {
            try await VarlinkClient.connect(unixPath: path, timeLimit: .milliseconds(50))
        }
        await first.close()
    }

    /// Answers that no service gives, and what is wrong with each.
    static let nonsense: [(answer: String, fault: MessageFault)] = [
        ("HTTP/1.1 400 Bad Request\r\n\r\n", .notJSON(offset: 0)),
        ("[]", .notAnObject),
        ("", .notJSON(offset: 0)),
        (#"{"parameters":[]}"#, .badMember("parameters")),
        (#"{"error":5}"#, .badMember("error")),
        (#"{"continues":1}"#, .badMember("continues")),
        (#"{"continues":true}"#, .badMember("continues")),
        (#"{"parameters":{"text":1e999}}"#, .badMember("text")),
        (#"{"parameters":{"a":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["#, .tooDeep(limit: 32)),
    ]

    @Test(arguments: nonsense)
    func saysThatTheAnswerIsNotVarlink(_ answer: String, _ fault: MessageFault) async throws {
        try await FakeServer.run(Array(answer.utf8) + [0]) { fake in
            let client = try await VarlinkClient.connect(unixPath: fake.path)
            await #expect(throws: VarlinkClientError.notVarlink(fault)) {
                try await client.call("a.B", returning: NoParameters.self)
            }
            await client.waitUntilClosed()
        }
    }

    @Test func refusesAnAnswerWithoutAnEnd() async throws {
        var limits = Limits()
        limits.replyBytes = 10_000
        try await FakeServer.run([UInt8](repeating: UInt8(ascii: " "), count: 1 << 20)) { [limits] fake in
            let client = try await VarlinkClient.connect(unixPath: fake.path, limits: limits)
            await #expect(throws: VarlinkClientError.notVarlink(.tooLong(limit: 10_000))) {
                try await client.call("a.B", returning: NoParameters.self)
            }
        }
    }

    @Test func refusesAnAnswerThatNothingWasAskedFor() async throws {
        try await FakeServer.run(Array("{}\0{}\0".utf8)) { fake in
            let client = try await VarlinkClient.connect(unixPath: fake.path)
            _ = try await client.call("a.B", returning: NoParameters.self)
            await client.waitUntilClosed()
            await #expect(throws: VarlinkClientError.notVarlink(.unasked)) {
                try await client.call("a.B", returning: NoParameters.self)
            }
        }
    }

    @Test(arguments: ["", #"{"parameters":{"#])
    func saysThatTheConnectionEnded(_ answer: String) async throws {
        try await FakeServer.run(Array(answer.utf8), thenCloses: true) { fake in
            let client = try await VarlinkClient.connect(unixPath: fake.path)
            await #expect(throws: VarlinkClientError.connectionEnded) {
                try await client.call("a.B", returning: NoParameters.self)
            }
            await #expect(throws: VarlinkClientError.connectionEnded) {
                try await client.call("a.B", returning: NoParameters.self)
            }
        }
    }

    @Test func handsOutWhatCameBeforeTheEnd() async throws {
        let answer = (1...3).map { "{\"parameters\":{\"number\":\($0)},\"continues\":true}\0" }.joined()
        try await FakeServer.run(Array(answer.utf8), thenCloses: true) { fake in
            let client = try await VarlinkClient.connect(unixPath: fake.path)
            let replies = try await client.stream("a.B", of: Example.Number.self)
            await client.waitUntilClosed()
            var iterator = replies.makeAsyncIterator()
            for number in 1...3 { #expect(try await iterator.next() == Example.Number(number: number)) }
            await #expect(throws: VarlinkClientError.connectionEnded) { try await iterator.next() }
            #expect(try await iterator.next() == nil)
        }
    }

    @Test func lettingGoOfAQuietStreamClosesTheConnection() async throws {
        let answer = #"{"parameters":{"number":1},"continues":true}"# + "\0"
        try await FakeServer.run(Array(answer.utf8)) { fake in
            let client = try await VarlinkClient.connect(unixPath: fake.path)
            for try await reply in try await client.stream("a.B", of: Example.Number.self) where reply.number == 1 {
                break
            }
            await client.waitUntilClosed()
            await #expect(throws: VarlinkClientError.cancelled) {
                try await client.call("a.B", returning: NoParameters.self)
            }
        }
    }

    @Test func aStreamEndsWithAnErrorReply() async throws {
        let answer =
            #"{"parameters":{"number":1},"continues":true}"# + "\0" + #"{"error":"a.Gone","parameters":{}}"# + "\0"
        try await FakeServer.run(Array(answer.utf8)) { fake in
            let client = try await VarlinkClient.connect(unixPath: fake.path)
            var iterator = try await client.stream("a.B", of: Example.Number.self).makeAsyncIterator()
            #expect(try await iterator.next() == Example.Number(number: 1))
            await #expect(throws: VarlinkClientError.remote(RemoteError(name: "a.Gone"))) { try await iterator.next() }
        }
    }

    @Test func namesWhatIsUnexpectedInAnAnswer() async throws {
        try await Bench.run { bench in
            let client = try await bench.connect()
            await #expect(throws: VarlinkClientError.unexpectedReply(parameter: "number")) {
                try await client.call("org.example.test.Echo", Example.Text(text: ""), returning: Example.Number.self)
            }
        }
    }

    @Test func doesNotSendWhatTheServiceWouldNotRead() async throws {
        try await Bench.run { bench in
            let client = try await bench.connect()
            let long = Example.Text(text: String(repeating: "x", count: 300_000))
            let error = await #expect(throws: VarlinkClientError.self) {
                try await client.call("org.example.test.Echo", long, returning: Example.Text.self)
            }
            guard case .unsendable = error else {
                Issue.record("sent")
                return
            }
            await #expect(throws: VarlinkClientError.self) {
                try await client.call("org.example.test.Echo", ["no", "object"], returning: Example.Text.self)
            }
            _ = try await client.call("org.example.test.Who", returning: Example.Who.self)
        }
    }

    @Test func aCancelledCallIsGivenUpAndTheNextOneStillGetsItsOwnAnswer() async throws {
        try await Bench.run { bench in
            let client = try await bench.connect()
            let call = Task {
                try await client.call("org.example.test.Hold", Example.Name(name: "a"), returning: Example.Name.self)
            }
            #expect(await bench.example.held.take() == "a")
            call.cancel()
            await #expect(throws: VarlinkClientError.cancelled) { try await call.value }
            async let next = client.call("org.example.test.Echo", Example.Text(text: "b"), returning: Example.Text.self)
            bench.example.release.put(())
            #expect(try await next.text == "b")
        }
    }

    @Test func callsBeyondTheCapFailAtOnce() async throws {
        var limits = Limits()
        limits.outstandingCalls = 1
        try await Bench.run { [limits] bench in
            let client = try await VarlinkClient.connect(unixPath: bench.path, limits: limits)
            async let held = client.call("org.example.test.Hold", Example.Name(name: "a"), returning: Example.Name.self)
            #expect(await bench.example.held.take() == "a")
            await #expect(throws: VarlinkClientError.tooManyCalls) {
                try await client.call("org.example.test.Who", returning: Example.Who.self)
            }
            bench.example.release.put(())
            #expect(try await held == Example.Name(name: "a"))
        }
    }

    @Test func theConnectionEndsWithTheClient() async throws {
        try await Bench.run { bench in
            do {
                let client = try await bench.connect()
                _ = try await client.call("org.example.test.Who", returning: Example.Who.self)
            }
            #expect(await bench.nextEnd() == .closedByPeer)
        }
    }
}
