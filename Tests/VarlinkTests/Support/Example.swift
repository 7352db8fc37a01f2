import Glibc
import LinuxSystem
import Synchronization

@testable import Varlink

/// What the example's methods ask of their callers.
enum ExampleAccess: Sendable {
    case anyone
    case nobody
}

/// Lets everyone do what anyone may, and nobody the rest.
struct ExampleAuthoriser: VarlinkAuthoriser {
    func refusal(of peer: PeerCredentials, requirement: ExampleAccess) -> VarlinkError? {
        switch requirement {
        case .anyone: nil
        case .nobody: .permissionDenied
        }
    }
}

/// A service with a method of every sort, and what its handlers were seen doing.
final class Example: Sendable {
    static let description = """
        # Everything a test needs.
        interface org.example.test

        type Person (user: int, group: int, process: int, groups: []int)

        # What was said.
        method Echo(text: string, times: ?int, weight: ?float) -> (text: string)
        # Who asks.
        method Who() -> (person: Person)
        # Takes note; for calls without a reply.
        method Note(text: string) -> ()
        # Answers once the test lets it.
        method Hold(name: string) -> (name: string)
        # Counts up to a number, the last one with the last reply.
        method Count(to: int) -> (number: int)
        # Sends texts of that size for as long as somebody reads.
        method Flood(bytes: int) -> (text: string)
        # Fails, with parameters.
        method Fail(kind: string) -> ()
        # Nobody may.
        method Secret() -> ()

        error Odd (number: int, words: []string)
        error Internal ()

        """

    struct Text: Codable, Equatable, Sendable {
        var text: String
        var times: Int?
        var weight: Double?
    }
    struct Name: Codable, Equatable, Sendable { var name: String }
    struct Limit: Codable, Sendable { var to: Int }
    struct Number: Codable, Equatable, Sendable { var number: Int }
    struct Size: Codable, Sendable { var bytes: Int }
    struct Kind: Codable, Sendable { var kind: String }
    struct OddParameters: Codable, Equatable, Sendable {
        var number: Int
        var words: [String]
    }
    struct Person: Codable, Equatable, Sendable {
        var user: UInt32
        var group: UInt32
        var process: Int32
        var groups: [UInt32]
    }
    struct Who: Codable, Equatable, Sendable { var person: Person }
    struct Unexpected: Error {}

    /// What `Note` was told.
    let notes = Signal<String>()
    /// The names of `Hold`s that have begun.
    let held = Signal<String>()
    /// Lets a `Hold` go on, one value each.
    let release = Signal<Void>()
    /// The names of `Hold`s that were cancelled.
    let cancelled = Signal<String>()
    /// How many replies `Flood` got rid of.
    let flooded = Atomic<Int>(0)
    /// Streams that have begun.
    let streamBegins = Signal<Void>()
    /// Streams that ended because of their connection.
    let streamEnds = Signal<String>()
    /// Connections whose end was told.
    let ends = Signal<ConnectionIdentifier>()
    /// How many handlers are running, and whether one was when its connection's end was told.
    let running = Atomic<Int>(0)

    func service(extra: [VarlinkMethod<ExampleAccess>] = []) throws -> VarlinkService {
        try VarlinkService(
            identity: .init(vendor: "Example", product: "Test", version: "1", url: "https://example.org"),
            authoriser: ExampleAuthoriser(),
            interfaces: [VarlinkInterface(description: Self.description, methods: methods + extra)],
            translate: { _ in VarlinkError(name: "org.example.test.Internal") },
            connectionEnded: { self.ends.put($0) })
    }

    var methods: [VarlinkMethod<ExampleAccess>] {
        [
            .call("Echo", access: .anyone) { (text: Text, _) in text },
            .call("Who", access: .anyone) { (_: NoParameters, context) in
                let peer = context.peer
                return Who(
                    person: Person(
                        user: peer.user, group: peer.group, process: peer.process, groups: peer.supplementaryGroups))
            },
            .call("Note", access: .anyone) { (text: Text, _) in
                self.notes.put(text.text)
                return NoParameters()
            },
            .call("Hold", access: .anyone) { (name: Name, _) in
                await withTaskCancellationHandler {
                    self.held.put(name.name)
                    await self.release.take()
                } onCancel: {
                    self.cancelled.put(name.name)
                    self.release.put(())
                }
                return name
            },
            .stream("Count", access: .anyone) { (limit: Limit, _, replies: ReplyWriter<Number>) in
                for number in 1..<max(limit.to, 1) { try await replies.send(Number(number: number)) }
                return Number(number: limit.to)
            },
            .stream("Flood", access: .anyone) { (size: Size, _, replies: ReplyWriter<Text>) in
                self.streamBegins.put(())
                let text = Text(text: String(repeating: "x", count: size.bytes))
                do {
                    while true {
                        try await replies.send(text)
                        self.flooded.add(1, ordering: .relaxed)
                    }
                } catch {
                    self.streamEnds.put("\(type(of: error))")
                    throw error
                }
            },
            .call("Fail", access: .anyone) { (kind: Kind, _) -> NoParameters in
                if kind.kind == "odd" {
                    throw VarlinkError(
                        name: "org.example.test.Odd", parameters: OddParameters(number: 7, words: ["a", "b"]))
                }
                throw Unexpected()
            },
            .call("Secret", access: .nobody) { (_: NoParameters, _) in NoParameters() },
        ]
    }
}
