import Testing

@testable import Varlink

struct MessageScannerTests {
    private func scan(_ text: String, limits: Limits = Limits()) throws(MessageFault) -> MessageScanner.Members {
        try MessageScanner.members(of: Array(text.utf8), limits: limits)
    }

    @Test(arguments: [
        "{}", " \t\r\n{ } \n", #"{"a":null}"#, #"{"a":[1,-0,0.5,1e9,1E-400,[],{}]}"#,
        #"{"a":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"}"#,
        #"{"a":{"b":1,"b":2}}"#, #"{"parameters":[{"b":1,"b":2}]}"#, #"{"parameters":{"a":{"b":1,"b":2}}}"#,
        "{\"\u{1F511}\":true,\"\":false}",
    ])
    func acceptsJSON(_ text: String) throws {
        #expect(try scan(text).unrepresentable == nil)
    }

    /// Texts that no JSON begins or ends with, and the byte where that shows.
    static let notJSON: [(text: String, offset: Int)] = [
        ("", 0), (" ", 1), ("{", 1), ("}", 0), ("{]", 1), (#"{"a"}"#, 4), (#"{"a":}"#, 5), (#"{"a":1,}"#, 7),
        (#"{a:1}"#, 1),
        (#"{"a":01}"#, 6), (#"{"a":+1}"#, 5), (#"{"a":.5}"#, 5), (#"{"a":1.}"#, 7), (#"{"a":1e}"#, 7), (#"{"a":-}"#, 6),
        (#"{"a":NaN}"#, 5), (#"{"a":Infinity}"#, 5), (#"{"a":nul}"#, 8), (#"{"a":"\x"}"#, 7), (#"{"a":"\u12g4"}"#, 10),
        ("{\"a\":\"\u{1}\"}", 6), (#"{"a":"b}"#, 8), (#"{"a":"\"#, 7), (#"{"\ud800":1}"#, 8), (#"{"a":"\udc00"}"#, 12),
        (#"{"a":"\ud800\n"}"#, 13), (#"{"a":"\ud800\ud800"}"#, 18), ("{}{}", 2), ("{} x", 3),
        (#"{"a":[1}"#, 7), (#"{"a":[1,]}"#, 8), ("\u{FEFF}{}", 0), ("{'a':1}", 1), ("[1", 2),
    ]

    @Test(arguments: notJSON)
    func refusesWhatIsNotJSONAndNamesTheByte(_ text: String, _ offset: Int) {
        #expect(throws: MessageFault.notJSON(offset: offset)) { try scan(text) }
    }

    @Test(arguments: ["[]", "1", #""a""#, "null", "true"])
    func refusesWhatIsNotAnObject(_ text: String) {
        #expect(throws: MessageFault.notAnObject) { try scan(text) }
    }

    @Test(
        arguments: [
            [0x7B, 0x22, 0x80, 0x22, 0x3A, 0x31, 0x7D], [0x7B, 0x22, 0xC0, 0xAF, 0x22, 0x3A, 0x31, 0x7D],
            [0x7B, 0x22, 0xED, 0xA0, 0x80, 0x22, 0x3A, 0x31, 0x7D],
            [0x7B, 0x22, 0xF4, 0x90, 0x80, 0x80, 0x22, 0x3A, 0x31, 0x7D],
            [0x7B, 0x22, 0xE2, 0x82, 0x22, 0x3A, 0x31, 0x7D], [0xFF],
        ] as [[UInt8]])
    func refusesWhatIsNotUTF8(_ bytes: [UInt8]) {
        #expect(throws: MessageFault.notUTF8) { try MessageScanner.members(of: bytes, limits: Limits()) }
    }

    @Test func countsNestingFromTheMessageItself() throws {
        func nested(_ depth: Int) -> String {
            #"{"a":"# + String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1) + "}"
        }
        func objects(_ depth: Int) -> String {
            String(repeating: #"{"parameters":"#, count: depth - 1) + "{}" + String(repeating: "}", count: depth - 1)
        }
        #expect(throws: Never.self) { try scan(nested(32)) }
        #expect(throws: Never.self) { try scan(objects(32)) }
        #expect(throws: MessageFault.tooDeep(limit: 32)) { try scan(nested(33)) }
        #expect(throws: MessageFault.tooDeep(limit: 32)) { try scan(objects(33)) }
        #expect(throws: MessageFault.tooDeep(limit: 32)) { try scan(nested(1_000_000)) }
        #expect(throws: MessageFault.tooDeep(limit: 32)) { try scan(String(repeating: "[", count: 1_000_000)) }
    }

    @Test(arguments: [
        (#"{"a":1,"a":2}"#, "a"), (#"{"method":"x","m\u0065thod":"y"}"#, "method"),
        (#"{"parameters":{"b":1,"c":2,"b":3}}"#, "b"), (#"{"parameters":{},"parameters":{}}"#, "parameters"),
    ])
    func refusesAKeyThatStandsTwice(_ text: String, _ key: String) {
        #expect(throws: MessageFault.duplicateKey(key)) { try scan(text) }
    }

    @Test func refusesTooManyKeys() {
        func object(_ keys: Int) -> String {
            "{" + (0..<keys).map { "\"k\($0)\":0" }.joined(separator: ",") + "}"
        }
        #expect(throws: Never.self) { try scan(object(64)) }
        #expect(throws: MessageFault.tooManyKeys(limit: 64)) { try scan(object(65)) }
        #expect(throws: MessageFault.tooManyKeys(limit: 64)) { try scan("{\"parameters\":\(object(65))}") }
    }

    @Test(arguments: [
        (#"{"parameters":{"a":1,"b":[0,{"c":1e999}]}}"#, "b"), (#"{"parameters":{"a":-1e999,"b":1e999}}"#, "a"),
        (#"{"x":1e400}"#, "x"), (#"{"parameters":{"n":"# + String(repeating: "9", count: 65) + "}}", "n"),
    ])
    func namesTheParameterWhoseNumberNoDoubleHolds(_ text: String, _ parameter: String) throws {
        #expect(try scan(text).unrepresentable == parameter)
    }

    @Test func findsEachMembersValue() throws {
        let text = #" { "method" : "a.B" , "parameters" : {"c": [1]} , "more":true } "#
        let values = try scan(text).values.mapValues { String(decoding: Array(text.utf8)[$0], as: UTF8.self) }
        #expect(values == ["method": #""a.B""#, "parameters": #"{"c": [1]}"#, "more": "true"])
    }
}
