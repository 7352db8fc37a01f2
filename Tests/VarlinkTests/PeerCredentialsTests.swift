import Foundation
import LinuxSystem
import TestKit
import Testing

@testable import Varlink

@Suite(.timeLimit(.minutes(1)))
struct PeerCredentialsTests {
    /// The groups of this process, as the kernel has them.
    private var ownGroups: [UInt32] {
        let count = getgroups(0, nil)
        var groups = [gid_t](repeating: 0, count: Int(count))
        return getgroups(count, &groups) == count ? groups : []
    }

    @Test func areThoseOfTheProcessAtTheOtherEnd() async throws {
        try await Bench.run { bench in
            let client = try await bench.connect()
            let who = try await client.call("org.example.test.Who", returning: Example.Who.self)
            #expect(who.person.user == geteuid())
            #expect(who.person.group == getegid())
            #expect(who.person.process == getpid())
            #expect(Set(who.person.groups) == Set(ownGroups))
            let server = await client.peerCredentials()
            #expect(server?.user == geteuid())
            #expect(server?.process == getpid())
        }
    }

    @Test(
        .needs(.root, "only the administrator becomes another user; Python does it here") {
            geteuid() == 0 && Python.isThere
        })
    func areThoseOfAnotherUserWithManyGroups() async throws {
        try await Bench.run { bench in
            try #require(chmod(bench.folder.path, 0o755) == 0)
            let output = try await Python.run(
                [
                    "-c",
                    """
                    import os, socket, sys
                    os.setgroups(range(1000, 1100)); os.setgid(4321); os.setuid(1234)
                    s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
                    s.sendall(b'{"method":"org.example.test.Who"}\\0')
                    b = b''
                    while not b.endswith(b'\\0'): b += s.recv(4096)
                    print(b[:-1].decode())
                    """, bench.path,
                ], folder: bench.folder)
            let reply = try ReplyMessage.read(Array(output.utf8), limits: Limits())
            let who = try JSONObject.decode(Example.Who.self, from: reply.parameters)
            #expect(who.person.user == 1234)
            #expect(who.person.group == 4321)
            #expect(who.person.groups.sorted() == Array(1000..<1100))
        }
    }

    @Test func theGroupsAreTheOwnAndTheSupplementaryOnes() {
        let peer = PeerCredentials(user: 1, group: 2, process: 3, supplementaryGroups: [4, 5])
        #expect(peer.groups == [2, 4, 5])
    }

    @Test func thereAreNoneWhereThereIsNoPeer() {
        #expect(PeerCredentials(ofPeerOf: -1) == nil)
    }
}
