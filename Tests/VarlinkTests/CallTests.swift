import Testing

@testable import Varlink

@Suite(.timeLimit(.minutes(1)))
struct CallTests {
    @Test func answersACallWithItsReply() async throws {
        try await Bench.run { bench in
            let client = try await bench.connect()
            let text = Example.Text(text: "ein Schlüssel \u{1F511} \"/\\\n", times: -3, weight: 0.5)
            #expect(try await client.call("org.example.test.Echo", text, returning: Example.Text.self) == text)
        }
    }

    @Test func carriesAMessageAsLongAsTheLimitAndNotOneByteMore() async throws {
        try await Bench.run { bench in
            let client = try await bench.connect()
            let frame = try CallMessage.encode(
                method: "org.example.test.Echo", parameters: Example.Text(text: ""), limits: Limits())
            let room = Limits().callBytes - (frame.count - 1)
            let longest = Example.Text(text: String(repeating: "x", count: room))
            #expect(try await client.call("org.example.test.Echo", longest, returning: Example.Text.self) == longest)

            let raw = try await bench.connectRaw()
            try await raw.send(
                "{\"method\":\"org.example.test.Echo\",\"parameters\":{\"text\":\""
                    + String(repeating: "x", count: room + 1) + "\"}}")
            #expect(
                await raw.next()
                    == #"{"error":"org.varlink.service.InvalidParameter","parameters":{"parameter":"message"}}"#)
            #expect(await raw.next() == nil)
        }
    }

    @Test func answersWithAnErrorAndItsParameters() async throws {
        try await Bench.run { bench in
            let client = try await bench.connect()
            let error = await #expect(throws: VarlinkClientError.self) {
                try await client.call("org.example.test.Fail", Example.Kind(kind: "odd"), returning: NoParameters.self)
            }
            guard case .remote(let remote) = error else {
                Issue.record("not an answer: \(String(describing: error))")
                return
            }
            #expect(remote.name == "org.example.test.Odd")
            #expect(remote.parameters(as: Example.OddParameters.self) == .init(number: 7, words: ["a", "b"]))
        }
    }

    @Test func translatesWhatAHandlerThrows() async throws {
        try await Bench.run { bench in
            let client = try await bench.connect()
            await #expect(throws: VarlinkClientError.remote(RemoteError(name: "org.example.test.Internal"))) {
                try await client.call("org.example.test.Fail", Example.Kind(kind: "x"), returning: NoParameters.self)
            }
        }
    }

    @Test func sendsAStreamUpToItsLastReply() async throws {
        try await Bench.run { bench in
            let client = try await bench.connect()
            let replies = try await client.stream(
                "org.example.test.Count", Example.Limit(to: 1_000), of: Example.Number.self)
            var numbers: [Int] = []
            for try await reply in replies { numbers.append(reply.number) }
            #expect(numbers == Array(1...1_000))
            // The connection goes on.
            let echo = try await client.call(
                "org.example.test.Echo", Example.Text(text: "after"), returning: Example.Text.self)
            #expect(echo.text == "after")
        }
    }

    @Test func asksForMoreWhereAMethodStreams() async throws {
        try await Bench.run { bench in
            let client = try await bench.connect()
            await #expect(throws: VarlinkClientError.remote(RemoteError(name: "org.varlink.service.ExpectedMore"))) {
                try await client.call("org.example.test.Count", Example.Limit(to: 3), returning: Example.Number.self)
            }
        }
    }

    @Test func answersAMethodWithOneReplyToACallForMore() async throws {
        try await Bench.run { bench in
            let client = try await bench.connect()
            var texts: [String] = []
            for try await reply in try await client.stream(
                "org.example.test.Echo", Example.Text(text: "once"), of: Example.Text.self)
            {
                texts.append(reply.text)
            }
            #expect(texts == ["once"])
        }
    }

    @Test func answersNothingToAOnewayCall() async throws {
        try await Bench.run { bench in
            let raw = try await bench.connectRaw()
            try await raw.send(#"{"method":"org.example.test.Note","parameters":{"text":"a"},"oneway":true}"#)
            try await raw.send(#"{"method":"org.example.test.Fail","parameters":{"kind":"odd"},"oneway":true}"#)
            try await raw.send(#"{"method":"org.example.test.Nothing","oneway":true}"#)
            try await raw.send(#"{"method":"org.example.test.Count","oneway":true}"#)
            try await raw.send(#"{"method":7,"oneway":true}"#)
            try await raw.send(#"{"method":"org.example.test.Echo","parameters":{"text":"b"}}"#)
            #expect(await raw.next() == #"{"parameters":{"text":"b"}}"#)
            #expect(await bench.example.notes.take() == "a")

            let client = try await bench.connect()
            try await client.send("org.example.test.Note", Example.Text(text: "c"))
            #expect(await bench.example.notes.take() == "c")
        }
    }

    @Test func answersInTheOrderOfTheCalls() async throws {
        try await Bench.run { bench in
            let raw = try await bench.connectRaw()
            // The first one waits; those behind it could be answered at once, and aren't.
            var bytes = Array(#"{"method":"org.example.test.Hold","parameters":{"name":"first"}}"#.utf8) + [0]
            for number in 1...2_000 {
                bytes +=
                    Array("{\"method\":\"org.example.test.Echo\",\"parameters\":{\"text\":\"\(number)\"}}".utf8) + [0]
                if number % 100 == 0 { bytes += Array("{\"method\":\"org.example.test.Nothing\"}".utf8) + [0] }
            }
            async let written: Void = raw.write(bytes)
            #expect(await bench.example.held.take() == "first")
            bench.example.release.put(())
            #expect(await raw.next() == #"{"parameters":{"name":"first"}}"#)
            for number in 1...2_000 {
                #expect(await raw.next() == "{\"parameters\":{\"text\":\"\(number)\"}}")
                if number % 100 == 0 {
                    let expected =
                        #"{"error":"org.varlink.service.MethodNotFound","parameters":{"method":"org.example.test.Nothing"}}"#
                    #expect(await raw.next() == expected)
                }
            }
            try await written
        }
    }

    @Test func answersManyCallersOfOneClientInOrder() async throws {
        try await Bench.run { bench in
            let client = try await bench.connect()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        let text = Example.Text(text: "\(number)")
                        let reply = try await client.call("org.example.test.Echo", text, returning: Example.Text.self)
                        #expect(reply == text)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func refusesWhoMayNotBeforeLookingAtTheParameters() async throws {
        try await Bench.run { bench in
            let client = try await bench.connect()
            await #expect(throws: VarlinkClientError.remote(RemoteError(name: "org.varlink.service.PermissionDenied")))
            {
                try await client.call("org.example.test.Secret", ["nonsense": 1], returning: NoParameters.self)
            }
        }
    }

    @Test func tellsWhatItIsAndHowItIsSpokenTo() async throws {
        try await Bench.run { bench in
            let client = try await bench.connect()
            let information = try await client.call(
                "org.varlink.service.GetInfo", returning: StandardInterface.Information.self)
            #expect(
                information
                    == .init(
                        vendor: "Example", product: "Test", version: "1", url: "https://example.org",
                        interfaces: ["org.example.test", "org.varlink.service"]))
            for (name, text) in [
                "org.example.test": Example.description, "org.varlink.service": StandardInterface.text,
            ] {
                let reply = try await client.call(
                    "org.varlink.service.GetInterfaceDescription", StandardInterface.InterfaceName(interface: name),
                    returning: StandardInterface.Description.self)
                #expect(reply.description == text)
            }
        }
    }

    @Test func answersWhatWasAskedBeforeTheCallerStoppedWriting() async throws {
        try await Bench.run { bench in
            let raw = try await bench.connectRaw()
            try await raw.send(#"{"method":"org.example.test.Hold","parameters":{"name":"a"}}"#)
            try await raw.send(#"{"method":"org.example.test.Echo","parameters":{"text":"b"}}"#)
            try await raw.endOutput()
            #expect(await bench.example.held.take() == "a")
            bench.example.release.put(())
            #expect(await raw.next() == #"{"parameters":{"name":"a"}}"#)
            #expect(await raw.next() == #"{"parameters":{"text":"b"}}"#)
            #expect(await raw.next() == nil)
            #expect(await bench.nextEnd() == .closedByPeer)
        }
    }
}
