import Foundation
import Glibc
import TestKit
import Testing
import TransferCodes

/// Everything that can be refused has its own name, changes nothing and loses nothing.
struct RefusalTests {
    /// A source that holds a key, and an empty target.
    struct Scene {
        let workshop: Workshop
        let licence: String
        let source: Machine
        let target: Machine

        init() async throws {
            workshop = try await Workshop()
            licence = workshop.licences[0]
            source = try await workshop.machine("source", holding: [licence])
            target = try await workshop.machine("target")
        }

        /// The key is where it was, and free to go.
        func expectUnharmed() async throws {
            let key = try #require(try await source.keys()[licence])
            #expect(key["location"] as? String == "local")
            #expect(key["usable"] as? Bool == true)
            #expect(try await target.keys().isEmpty)
            #expect(try await target.transfers().isEmpty)
        }
    }

    @Test func anUnknownVendorIsRefusedBeforeTheKeyLeaves() async throws {
        let scene = try await Scene()
        let start = try await scene.source.code("start", scene.licence)
        try FileManager.default.removeItem(atPath: "\(scene.workshop.vendorFolder)/example.pub")
        let refusal = try await scene.target.refusal("request", "--input", "-", "--to", "local", input: start)
        #expect(refusal == "vendorUnknown")
        try FileManager.default.copyItem(
            atPath: "\(scene.workshop.folder)/maker/vendor.pub",
            toPath: "\(scene.workshop.vendorFolder)/example.pub")
        try await scene.expectUnharmed()
    }

    @Test func aWrongSignatureIsRefused() async throws {
        let scene = try await Scene()
        let text = try await scene.source.code("start", scene.licence)
        let start = try CodeReader.read(text).code.startCode
        var certificate = start.certificate
        certificate[certificate.count - 1] ^= 1
        let forged = TransferCode.start(try StartCode(offerSecret: start.offerSecret, certificate: certificate))
        let refusal = try await scene.target.refusal(
            "request", "--input", "-", "--to", "local", input: forged.lines.joined(separator: "\n"))
        #expect(refusal == "signatureWrong")
        try await scene.expectUnharmed()
    }

    @Test func codesOfTheWrongKindTransferOrMachineAreRefusedByName() async throws {
        let scene = try await Scene()
        let (source, target) = (scene.source, scene.target)
        let start = try await source.code("start", scene.licence)
        #expect(try await source.refusal("activation", "--input", "-", input: start) == "codeWrongKind")
        #expect(try await target.refusal("activate", "--input", "-", input: start) == "codeWrongKind")
        #expect(
            try await target.refusal("request", "--input", "-", "--to", "local", input: Typing.beyondRepair(start))
                == "codeUnreadable")
        #expect(try await target.refusal("request", "--input", "-", "--to", "local", input: "hello") == "codeNotFound")
        let twoLines = start.split(separator: "\n").prefix(2).joined(separator: "\n")
        #expect(
            try await target.refusal("request", "--input", "-", "--to", "local", input: twoLines) == "codeIncomplete")
        try await scene.expectUnharmed()

        // A request for a start code that was replaced, and one that is loaded at a machine that never had the key.
        let request = try await target.code("request", "--input", "-", "--to", "local", input: start)
        #expect(try await target.refusal("activation", "--input", "-", input: request) == "requestUnknown")
        _ = try await source.code("start", scene.licence, "--new")
        #expect(try await source.refusal("activation", "--input", "-", input: request) == "requestForOlderStartCode")
        let name = try #require(try await target.transfers().first?["transfer"] as? String)
        let back = try await target.code("decline", name)
        #expect(try await source.refusal("reclaim", "--input", "-", input: back) == "nothingToTakeBack")
        #expect(
            try await target.refusal("request", "--input", "-", "--to", "local", input: start) == "requestDeclined")
    }

    @Test func whatIsNotThereIsNamed() async throws {
        let scene = try await Scene()
        let (source, target) = (scene.source, scene.target)
        #expect(try await source.refusal("start", "00000") == "noSuchKey")
        #expect(try await source.refusal("decline", "000000") == "noSuchTransfer")
        let start = try await source.code("start", scene.licence)
        #expect(
            try await target.refusal("request", "--input", "-", "--to", "usb:4711", input: start) == "dongleMissing")
        let nowhere = try await target.almctl(
            ["offline-transfer", "request", "--input", "-", "--to", "moon"], input: start)
        #expect(nowhere.errorName == "noSuchLocation")
        #expect(nowhere.status == 2)
        try await scene.expectUnharmed()
    }

    @Test func aKeyInUseStaysUnlessTheOperatorSaysOtherwise() async throws {
        let scene = try await Scene()
        let start = try await scene.source.code("start", scene.licence)
        let request = try await scene.target.code("request", "--input", "-", "--to", "local", input: start)
        let application = try Command(
            Products.path("almctl"), ["use", "DIGSI 5 Premium", "--", "sh", "-c", "echo working; exec sleep 600"],
            environment: ["ALMD_SOCKET": scene.source.socket])
        #expect(await application.prints("working"))
        #expect(try await scene.source.keys()[scene.licence]?["inUse"] as? Bool == true)
        #expect(try await scene.source.refusal("activation", "--input", "-", input: request) == "keyInUse")
        #expect(try await scene.source.state(of: scene.licence) == "OFFERED")
        try await scene.source.succeeds("activation", "--input", "-", "--even-if-in-use", input: request)
        #expect(try await scene.source.keys().isEmpty)
        await application.end()
    }

    @Test func daemonsAndSocketsThatAreNoneAreNamed() async throws {
        let workshop = try await Workshop(minting: [])
        let nobody = Machine("nobody", state: "", folder: workshop.folder, vendors: "")
        #expect(try await nobody.almctl(["list"]).errorName == "daemonNotRunning")

        let other = try Command(
            "/usr/bin/env",
            [
                "python3", "-u", "-c",
                """
                import socket, sys
                listener = socket.socket(socket.AF_UNIX)
                listener.bind(sys.argv[1])
                listener.listen()
                print("listening")
                while True:
                    connection, _ = listener.accept()
                    connection.recv(100)
                    connection.sendall(b"220 mail.example ESMTP\\r\\n")
                    connection.close()
                """, nobody.socket,
            ])
        #expect(await other.prints("listening"))
        #expect(try await nobody.almctl(["list"]).errorName == "notADaemon")
        await other.end()
    }

    @Test func aDaemonThatHangsIsNamedByTheDoctor() async throws {
        let workshop = try await Workshop(minting: [])
        let machine = try await workshop.machine("hanging")
        let daemon = try #require(machine.daemon)
        // The kernel takes connections for it all the same.
        daemon.signal(SIGSTOP)
        let doctor = try await machine.almctl(["doctor"])
        daemon.signal(SIGCONT)
        #expect(doctor.status == 1)
        let words = "the daemon on \(machine.socket) does not answer: it accepts the connection and says nothing for"
        #expect(doctor.output.contains(words), "\(doctor.output)\(doctor.errors)")
        #expect(await machine.stop()?.status == 0)
    }

    @Test func aStoreInUseOrOfALaterReleaseIsRefused() async throws {
        let workshop = try await Workshop()
        let machine = try await workshop.machine("one")
        let second = try await Command(
            Products.path("almd"),
            ["--state", machine.state, "--socket", "\(workshop.folder)/two.sock", "--vendors", workshop.vendorFolder]
        ).result()
        #expect(second.status == 1)
        #expect(second.errors.contains("is open in another process (pid \(machine.daemon?.pid ?? 0))"))

        let maker = try await workshop.machine("maker")
        let mint = try await Command(
            Products.path("almvendor"),
            [
                "mint", "\(workshop.folder)/maker", "--product", "x", "--product-version", "1", "--type", "single",
                "--json",
            ]
        ).result()
        #expect(mint.errorName == "storeInUse")
        await maker.stop()

        await machine.stop()
        let mark = try await Command(
            "/usr/bin/env",
            [
                "python3", "-c",
                "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('PRAGMA user_version = 99')",
                "\(machine.state)/vault.sqlite",
            ]
        ).result()
        try #require(mark.status == 0, "\(mark.errors)")
        let newer = try await Command(
            Products.path("almd"),
            ["--state", machine.state, "--socket", machine.socket, "--vendors", workshop.vendorFolder]
        ).result()
        #expect(newer.status == 1)
        #expect(newer.errors.contains("written by a newer release"))
    }

    @Test(.needs(.root, "only the administrator becomes another user") { geteuid() == 0 })
    func anotherUserMayListAndUseButNotMove() async throws {
        let scene = try await Scene()
        func asNobody(_ arguments: String...) async throws -> Command.Result {
            try await Command(
                "/usr/bin/setpriv",
                ["--reuid=65534", "--regid=65534", "--clear-groups", Products.path("almctl")] + arguments + ["--json"],
                environment: ["ALMD_SOCKET": scene.source.socket]
            ).result()
        }
        #expect(try await asNobody("list").status == 0)
        #expect(try await asNobody("offline-transfer", "start", scene.licence).errorName == "notPermitted")
        #expect(try await asNobody("move", scene.licence, "--to", "usb:1").errorName == "notPermitted")
        try await scene.expectUnharmed()
    }
}
