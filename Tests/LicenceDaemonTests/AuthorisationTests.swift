import Control
import Glibc
import Licensing
import LinuxSystem
import Testing
import Varlink

@testable import LicenceDaemon

/// Who may call what: every method of the interface text, asked for everybody it could be.
@Suite struct AuthorisationTests {
    /// What whoever can connect may call. Everything else is for administrators.
    private static let forEveryone: Set<String> = [
        "org.almd.control.List", "org.almd.control.Show", "org.almd.control.Transfers", "org.almd.control.Acquire",
        "org.almd.control.Diagnose", "org.almd.control.Monitor", "org.varlink.service.GetInfo",
        "org.varlink.service.GetInterfaceDescription",
    ]
    private static let daemonUser: UInt32 = 4242
    private static let stranger: UInt32 = 4243
    private static let strangersGroup: UInt32 = 4244

    /// The methods as the interface text has them, with the service's own.
    private static func methods() throws -> [String] {
        try InterfaceDescription(Calls.interfaceText).methods.map { "\(Calls.interface).\($0.name)" }
            + ["org.varlink.service.GetInfo", "org.varlink.service.GetInterfaceDescription"]
    }

    private func service(group: String) throws -> VarlinkService {
        try Machine().control(Administrators(group: group, daemonUser: Self.daemonUser)).varlinkService()
    }

    /// A group that this machine has, and that is not root's.
    private static func existingGroup() throws -> (name: String, identifier: UInt32) {
        var found: (String, UInt32)?
        setgrent()
        defer { endgrent() }
        while found == nil, let entry = getgrent() {
            if entry.pointee.gr_gid != 0 { found = (String(cString: entry.pointee.gr_name), entry.pointee.gr_gid) }
        }
        return try #require(found)
    }

    @Test func theServiceHasTheMethodsOfTheTextAndNoOthers() throws {
        #expect(Set(try service(group: "alm").methodNames) == Set(try Self.methods()))
        #expect(Self.forEveryone.isSubset(of: try Self.methods()))
    }

    @Test func everyMethodIsForWhomTheTableSays() throws {
        let group = try Self.existingGroup()
        let (here, gone) = (try service(group: group.name), try service(group: "no-such-group-here"))
        func peer(_ user: UInt32, _ group: UInt32, _ others: [UInt32] = []) -> PeerCredentials {
            PeerCredentials(user: user, group: group, process: 1, supplementaryGroups: others)
        }
        let cases: [(who: String, peer: PeerCredentials, service: VarlinkService, isAdministrator: Bool)] = [
            ("root", peer(0, Self.strangersGroup), here, true),
            ("the daemon's user", peer(Self.daemonUser, Self.strangersGroup), here, true),
            ("a member by its own group", peer(Self.stranger, group.identifier), here, true),
            ("a member by another group", peer(Self.stranger, Self.strangersGroup, [9, group.identifier]), here, true),
            ("somebody else", peer(Self.stranger, Self.strangersGroup, [Self.daemonUser]), here, false),
            ("root's group alone", peer(Self.stranger, 0, [0]), here, false),
            ("root, the group being gone", peer(0, Self.strangersGroup), gone, true),
            ("the daemon's user, the group being gone", peer(Self.daemonUser, Self.strangersGroup), gone, true),
            ("a member of what was the group", peer(Self.stranger, group.identifier, [0]), gone, false),
            ("nobody, the group being gone", peer(.max, .max), gone, false),
        ]
        for (who, peer, service, isAdministrator) in cases {
            for method in try Self.methods() {
                let refusal = service.refusal(ofCalling: method, by: peer)
                let isAllowed = isAdministrator || Self.forEveryone.contains(method)
                #expect((refusal == nil) == isAllowed, "\(method) by \(who)")
                if let refusal { #expect(refusal.name == "org.almd.control.NotPermitted", "\(method) by \(who)") }
            }
        }
        print("shown: \(try Self.methods().count) methods for \(cases.count) callers each")
    }

    @Test func theTextSaysOfEachMethodWhomItIsFor() throws {
        let lines = Calls.interfaceText.split(separator: "\n", omittingEmptySubsequences: false)
        for method in try InterfaceDescription(Calls.interfaceText).methods {
            let line = try #require(lines.firstIndex { $0.hasPrefix("method \(method.name)(") })
            let comment = lines[..<line].reversed().prefix { $0.hasPrefix("#") }.reversed().joined(separator: " ")
            let isForEveryone = Self.forEveryone.contains("\(Calls.interface).\(method.name)")
            #expect(comment.hasSuffix(isForEveryone ? "For everyone." : "For administrators."), "\(method.name)")
        }
    }

    @Test func whatTheTextDoesNotDeclareIsNotThere() throws {
        let root = PeerCredentials(user: 0, group: 0, process: 1)
        let service = try service(group: "alm")
        #expect(service.refusal(ofCalling: "org.almd.control.Erase", by: root) != nil)
        #expect(service.refusal(ofCalling: "List", by: root) != nil)
    }
}
