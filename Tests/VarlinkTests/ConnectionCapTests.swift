import LinuxSystem
import Testing

@testable import Varlink

@Suite(.timeLimit(.minutes(1)))
struct ConnectionCapTests {
    @Test(arguments: [
        (3, 64, VarlinkServerEvent.Refusal.tooManyConnections), (256, 3, VarlinkServerEvent.Refusal.tooManyOfOneUser),
    ])
    func oneTooManyIsTurnedAwayUntilAnotherHasGone(
        _ total: Int, _ perUser: Int, _ refusal: VarlinkServerEvent.Refusal
    ) async throws {
        var limits = Limits()
        limits.connections = total
        limits.connectionsPerUser = perUser
        try await Bench.run(limits: limits) { bench in
            var clients: [VarlinkClient] = []
            for _ in 0..<3 {
                let client = try await bench.connect()
                _ = try await client.call("org.example.test.Who", returning: Example.Who.self)
                clients.append(client)
            }
            for _ in 0..<300 {
                let raw = try await bench.connectRaw()
                #expect(await raw.next() == nil)
                #expect(await bench.nextRefusal() == refusal)
            }
            for client in clients {
                _ = try await client.call("org.example.test.Who", returning: Example.Who.self)
            }
            await clients.removeLast().close()
            #expect(await bench.nextEnd() == .closedByPeer)
            let late = try await bench.connect()
            _ = try await late.call("org.example.test.Who", returning: Example.Who.self)
        }
    }

    @Test func countsEachUserAlone() throws {
        var limits = Limits()
        limits.connections = 4
        limits.connectionsPerUser = 2
        var table = ConnectionTable<Void>(limits: limits)
        func admit(_ user: UInt32) -> Result<ConnectionIdentifier, ConnectionTable<Void>.Refused> {
            table.admit(PeerCredentials(user: user, group: 0, process: 1)) { _ in }.map { $0.0 }
        }
        func expectRefusal(
            of user: UInt32, _ reason: VarlinkServerEvent.Refusal, sourceLocation: SourceLocation = #_sourceLocation
        ) {
            let outcome = admit(user)
            #expect(outcome == .failure(.init(reason: reason)), sourceLocation: sourceLocation)
        }
        let first = try admit(1).get()
        _ = try admit(1).get()
        expectRefusal(of: 1, .tooManyOfOneUser)
        _ = try admit(2).get()
        let last = try admit(3).get()
        expectRefusal(of: 4, .tooManyConnections)
        table.remove(last)
        table.remove(last)
        expectRefusal(of: 1, .tooManyOfOneUser)
        table.remove(first)
        let again = try admit(1).get()
        #expect(again != first)
        table.stop()
        expectRefusal(of: 5, .stopping)
    }
}
