import Testing

@testable import Varlink

struct InterfaceDescriptionTests {
    @Test func readsNamesAndTypes() throws {
        let description = try InterfaceDescription(
            """
            # A comment with method Words() -> () in it
            interface org.example.test-2 # and here
            type Colour (red, green)
            type Thing (colour: Colour, sizes: []int, maybe: ?[]string, names: [string](a: bool), any: object)
            method Get(thing: ?Thing) -> (weight: float)   method Stop()->()
            error Gone (
              # which one
              name: string
            )
            """)
        #expect(description.name == "org.example.test-2")
        #expect(
            description.types == [
                .init(name: "Colour", type: .enumeration(["red", "green"])),
                .init(
                    name: "Thing",
                    type: .structure([
                        .init(name: "colour", type: .named("Colour")), .init(name: "sizes", type: .array(.integer)),
                        .init(name: "maybe", type: .optional(.array(.string))),
                        .init(name: "names", type: .dictionary(.structure([.init(name: "a", type: .boolean)]))),
                        .init(name: "any", type: .object),
                    ])),
            ])
        #expect(
            description.methods == [
                .init(
                    name: "Get", parameters: [.init(name: "thing", type: .optional(.named("Thing")))],
                    reply: [.init(name: "weight", type: .float)]),
                .init(name: "Stop", parameters: [], reply: []),
            ])
        #expect(description.errors == [.init(name: "Gone", parameters: [.init(name: "name", type: .string)])])
    }

    @Test func readsTheStandardInterface() throws {
        let description = try InterfaceDescription(StandardInterface.text)
        #expect(description.name == "org.varlink.service")
        #expect(description.methods.map(\.name) == ["GetInfo", "GetInterfaceDescription"])
        #expect(
            description.errors.map(\.name) == [
                "InterfaceNotFound", "MethodNotFound", "MethodNotImplemented", "InvalidParameter", "PermissionDenied",
                "ExpectedMore",
            ])
    }

    /// Descriptions that are at fault, and the line.
    static let unreadable: [(text: String, line: Int)] = [
        ("", 1), ("method A() -> ()", 1), ("interface example", 1), ("interface org..a", 1), ("interface 1.a", 1),
        ("interface org2.a", 1), ("interface org.-a", 1), ("interface org.a\nmethod a() -> ()", 2),
        ("interface org.a\nmethod A_b() -> ()", 2), ("interface org.a\nmethod A()", 2),
        ("interface org.a\nmethod A() -> int", 2),
        ("interface org.a\nmethod A(b) -> ()", 2), ("interface org.a\nmethod A(b: int, b: int) -> ()", 2),
        ("interface org.a\nmethod A(b: int,) -> ()", 2), ("interface org.a\nmethod A(b: ??int) -> ()", 2),
        ("interface org.a\nmethod A(b: Missing) -> ()", 2),
        ("interface org.a\n\nmethod A() -> ()\nmethod A() -> ()", 4),
        ("interface org.a\ntype A int", 2), ("interface org.a\ntype A (a, b: int)", 2),
        ("interface org.a\nthing A ()", 2),
        ("interface org.a\nmethod A(1b: int) -> ()", 2), ("interface org.a\nmethod A(b: [int]string) -> ()", 2),
        ("interface org.a\nmethod A(b: " + String(repeating: "[]", count: 100) + "int) -> ()", 2),
        ("interface org.a\nerror E", 2), ("interface org.a\nmethod \u{00C4}() -> ()", 2),
    ]

    @Test(arguments: unreadable)
    func namesTheLineOfWhatCannotBeRead(_ text: String, _ line: Int) {
        let error = #expect(throws: InterfaceSyntaxError.self) { try InterfaceDescription(text) }
        #expect(error?.line == line)
    }
}
