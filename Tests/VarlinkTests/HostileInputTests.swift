import Testing

@testable import Varlink

/// Something no honest caller sends, and what it gets for it.
struct HostileInput: Sendable, CustomTestStringConvertible {
    enum Outcome: Sendable {
        /// An error reply; the connection goes on.
        case refused(String)
        /// An error reply for the message as such; then the connection is closed.
        case closed(MessageFault)
        /// The connection is closed without a word, because no reply is expected or none can be had.
        case endsSilently
    }

    let testDescription: String
    let bytes: [UInt8]
    let outcome: Outcome

    init(_ name: String, _ message: String, _ outcome: Outcome) {
        self.init(name, bytes: Array(message.utf8) + [0], outcome)
    }

    init(_ name: String, bytes: [UInt8], _ outcome: Outcome) {
        testDescription = name
        self.bytes = bytes
        self.outcome = outcome
    }

    private static func invalid(_ parameter: String) -> Outcome {
        .refused("{\"error\":\"org.varlink.service.InvalidParameter\",\"parameters\":{\"parameter\":\"\(parameter)\"}}")
    }

    private static func notFound(_ kind: String, _ key: String, _ name: String) -> Outcome {
        .refused("{\"error\":\"org.varlink.service.\(kind)NotFound\",\"parameters\":{\"\(key)\":\"\(name)\"}}")
    }

    private static func echo(_ parameters: String) -> String {
        "{\"method\":\"org.example.test.Echo\",\"parameters\":\(parameters)}"
    }

    static let all: [HostileInput] = [
        .init("empty message", "", .closed(.notJSON(offset: 0))),
        .init("nothing but white space", "  \n ", .closed(.notJSON(offset: 4))),
        .init("not JSON", "GET / HTTP/1.1\r\n", .closed(.notJSON(offset: 0))),
        .init("two objects", "{}{}", .closed(.notJSON(offset: 2))),
        .init("an object that doesn't end", "{\"method\":\"a.B\"", .closed(.notJSON(offset: 15))),
        .init("an array", "[]", .closed(.notAnObject)),
        .init("a string", "\"method\"", .closed(.notAnObject)),
        .init("byte order mark", "\u{FEFF}{}", .closed(.notJSON(offset: 0))),
        .init(
            "bad UTF-8", bytes: Array(#"{"method":""#.utf8) + [0xC3, 0x28] + Array("\"}".utf8) + [0], .closed(.notUTF8)),
        .init("UTF-16", bytes: [0xFF, 0xFE, 0x7B, 0x00], .closed(.notUTF8)),
        .init(
            "depth 100,000", echo("{\"text\":" + String(repeating: "[", count: 100_000)), .closed(.tooDeep(limit: 32))),
        .init("depth 1,000,000", String(repeating: "[", count: 1_000_000), .closed(.tooLong(limit: 262_144))),
        .init("no method", "{}", invalid("method")),
        .init("method is a number", #"{"method":7}"#, invalid("method")),
        .init("method is null", #"{"method":null}"#, invalid("method")),
        .init("method with an unpaired surrogate", #"{"method":"\ud800.A"}"#, .closed(.notJSON(offset: 17))),
        .init("method without an interface", #"{"method":"Echo"}"#, invalid("method")),
        .init("empty method", #"{"method":""}"#, invalid("method")),
        .init("method that is a dot", #"{"method":"."}"#, notFound("Interface", "interface", "")),
        .init(
            "unknown interface", #"{"method":"org.example.none.Echo"}"#,
            notFound("Interface", "interface", "org.example.none")),
        .init(
            "unknown method", #"{"method":"org.example.test.None"}"#,
            notFound("Method", "method", "org.example.test.None")),
        .init("upgrade", #"{"method":"org.example.test.Echo","upgrade":true}"#, invalid("upgrade")),
        .init("more is a string", #"{"method":"org.example.test.Count","more":"yes"}"#, invalid("more")),
        .init("oneway is a number", #"{"method":"org.example.test.Echo","oneway":1}"#, invalid("oneway")),
        .init(
            "oneway and more", #"{"method":"org.example.test.Count","oneway":true,"more":true}"#,
            .closed(.onewayWithMore)),
        .init("parameters are an array", echo("[1]"), invalid("parameters")),
        .init("parameters are a string", echo("\"x\""), invalid("parameters")),
        .init("parameter missing", echo("{}"), invalid("text")),
        .init("parameters null where one is needed", echo("null"), invalid("text")),
        .init("parameter of the wrong kind", echo(#"{"text":{"a":1}}"#), invalid("text")),
        // Foundation doesn't say which number it could not make an integer of.
        .init("integer of 20 digits", echo(#"{"text":"","times":99999999999999999999}"#), invalid("parameters")),
        .init(
            "one over the greatest integer", echo(#"{"text":"","times":9223372036854775808}"#), invalid("parameters")),
        .init("integer with a fraction", echo(#"{"text":"","times":1.5}"#), invalid("parameters")),
        .init("integer of 1e300", echo(#"{"text":"","times":1e300}"#), invalid("parameters")),
        .init("1e999", echo(#"{"text":"","weight":1e999}"#), invalid("weight")),
        .init("-1e999 where an integer belongs", echo(#"{"text":"","times":-1e999}"#), invalid("times")),
        .init(
            "number of 100,000 digits", echo("{\"text\":\"\",\"weight\":\(String(repeating: "9", count: 100_000))}"),
            invalid("weight")),
        .init("NaN", echo(#"{"text":"","weight":NaN}"#), .closed(.notJSON(offset: 67))),
        .init(
            "method twice", #"{"method":"org.example.test.Secret","method":"org.example.test.Who"}"#,
            .closed(.duplicateKey("method"))),
        .init("parameter twice", echo(#"{"text":"a","t\u0065xt":"b"}"#), .closed(.duplicateKey("text"))),
        .init(
            "20,000 keys", "{" + (0..<20_000).map { "\"\($0)\":0," }.joined() + "\"method\":\"a.B\"}",
            .closed(.tooManyKeys(limit: 64))),
        .init("closed in the middle", bytes: Array(#"{"method":"org.exam"#.utf8), .endsSilently),
    ]
}

@Suite(.timeLimit(.minutes(1)))
struct HostileInputTests {
    @Test func thereAreAtLeastThirtyOfThem() {
        #expect(HostileInput.all.count >= 30)
        print("shown: \(HostileInput.all.count) kinds of hostile input")
    }

    @Test(arguments: HostileInput.all)
    func oneCallersNonsenseIsRefusedAndAnotherIsStillAnswered(_ input: HostileInput) async throws {
        try await Bench.run { bench in
            let other = try await bench.connect()
            let raw = try await bench.connectRaw()
            // Writing may fail half way: the server needn't hear it all.
            async let written: Void? = try? await raw.write(input.bytes)
            #expect(
                try await other.call("org.example.test.Echo", Example.Text(text: "a"), returning: Example.Text.self)
                    .text == "a")
            switch input.outcome {
            case .refused(let reply):
                #expect(await raw.next() == reply)
                _ = await written
                try await raw.send(#"{"method":"org.example.test.Echo","parameters":{"text":"still there"}}"#)
                #expect(await raw.next() == #"{"parameters":{"text":"still there"}}"#)
            case .closed(let fault):
                #expect(
                    await raw.next()
                        == #"{"error":"org.varlink.service.InvalidParameter","parameters":{"parameter":"message"}}"#)
                #expect(await raw.next() == nil)
                _ = await written
                #expect(await bench.nextEnd() == .fault(fault))
            case .endsSilently:
                _ = await written
                await raw.close()
                #expect(await bench.nextEnd() == .closedByPeer)
            }
            #expect(
                try await other.call("org.example.test.Echo", Example.Text(text: "b"), returning: Example.Text.self)
                    .text == "b")
        }
    }

    @Test func aMessageWithoutAnEndIsCutOffAtTheLimit() async throws {
        try await Bench.run { bench in
            let other = try await bench.connect()
            let raw = try await bench.connectRaw()
            let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
            var written = 0
            while written < 1_024, (try? await raw.write(chunk)) != nil { written += 1 }
            // What the sockets themselves hold can be written before the end is noticed.
            #expect(written < 8)
            #expect(await bench.nextEnd() == .fault(.tooLong(limit: 262_144)))
            #expect(
                try await other.call("org.example.test.Echo", Example.Text(text: "b"), returning: Example.Text.self)
                    .text == "b")
        }
    }

    @Test func aHundredThousandEmptyMessagesEndAtTheFirst() async throws {
        try await Bench.run { bench in
            let raw = try await bench.connectRaw()
            try? await raw.write([UInt8](repeating: 0, count: 100_000))
            #expect(await bench.nextEnd() == .fault(.notJSON(offset: 0)))
        }
    }

    @Test func thousandsOfRefusalsAreAnsweredInOrderWhileAnotherCallerIs() async throws {
        try await Bench.run { bench in
            let other = try await bench.connect()
            let raw = try await bench.connectRaw()
            let messages = (0..<5_000).map { "{\"method\":\"org.example.test.None\($0)\"}\0" }.joined()
            async let written: Void = raw.write(Array(messages.utf8))
            for number in 0..<5_000 {
                let expected =
                    "{\"error\":\"org.varlink.service.MethodNotFound\",\"parameters\":"
                    + "{\"method\":\"org.example.test.None\(number)\"}}"
                #expect(await raw.next() == expected)
                if number % 500 == 0 {
                    _ = try await other.call("org.example.test.Who", returning: Example.Who.self)
                }
            }
            try await written
        }
    }

    @Test(arguments: [false, true])
    func aMessageThatIsBegunMustBeFinishedInTime(trickles: Bool) async throws {
        var limits = Limits()
        limits.messageTime = .milliseconds(50)
        try await Bench.run(limits: limits) { bench in
            // Silent from the first to the last, and not disturbed.
            let idle = try await bench.connect()
            let raw = try await bench.connectRaw()
            if trickles {
                while (try? await raw.write([UInt8(ascii: " ")])) != nil {}
            } else {
                try await raw.write([UInt8(ascii: "{")])
            }
            #expect(await raw.next() == nil)
            #expect(await bench.nextEnd() == .messageTookTooLong)
            #expect(
                try await idle.call("org.example.test.Echo", Example.Text(text: "b"), returning: Example.Text.self).text
                    == "b")
        }
    }
}
