import Control
import Foundation
import Licensing
import LinuxSystem
import TransferCodes
import Varlink
import Vaults

/// The control interface over the daemon's parts: one line for each method of `org.almd.control`.
struct ControlService: Sendable {
    let keys: KeyList
    let desk: TransferDesk
    let leases: LeaseDesk
    let mounts: MountTable
    let events: EventLog
    let administrators: Administrators
    let diagnosis: Diagnosis
    let clock: Clock

    /// The service as a Varlink server serves it.
    ///
    /// - Throws: where the methods below are not exactly those of the interface text.
    func varlinkService() throws -> VarlinkService {
        try VarlinkService(
            identity: ServiceIdentity(
                vendor: "almd", product: "Automation licence manager", version: Release.version,
                url: "file:///usr/share/doc/almd"),
            authoriser: administrators,
            interfaces: [VarlinkInterface(description: Calls.interfaceText, methods: methods)],
            translate: { error in
                (error as? LicenceError ?? LicenceError(.daemonRefused, [.reason: "\(error)"])).varlinkError
            },
            connectionEnded: { [leases] connection in await leases.connectionEnded(connection.number) })
    }

    private var methods: [VarlinkMethod<Calls.Requirement>] {
        [
            method { (_: Calls.List, _) in await keys.list() },
            method { (call: Calls.Show, _) in try await show(call.key) },
            method { (call: Calls.Transfers, _) in
                Calls.Transfers.Reply(transfers: try await desk.list(all: call.all ?? false))
            },
            method { (call: Calls.History, _) in
                Calls.History.Reply(lines: try await desk.history(beginning: call.key))
            },
            method { (call: Calls.Recognise, _) in try await desk.recognise(call.code) },
            step { (call: Calls.Offer, user) in
                try await desk.offer(call.key, anew: call.anew ?? false, short: call.short ?? false, by: user)
            },
            step { (call: Calls.Request, user) in try await desk.request(call.code, to: call.to, by: user) },
            step { (call: Calls.Release, user) in
                try await desk.release(
                    call.code, fingerprint: call.fingerprint, evenIfInUse: call.evenIfInUse ?? false, by: user)
            },
            step { (call: Calls.Activate, user) in try await desk.activate(call.code, by: user) },
            step { (call: Calls.Decline, user) in
                try await desk.step(TransferStep.decline, call.transfer, side: .target, at: call.at, by: user)
            },
            step { (call: Calls.Reclaim, user) in try await desk.reclaim(call.code, by: user) },
            step { (call: Calls.Receipt, user) in
                try await desk.step(TransferStep.receipt, call.transfer, side: .target, at: call.at, by: user)
            },
            step { (call: Calls.Settle, user) in try await desk.settle(call.code, by: user) },
            step { (call: Calls.Cancel, user) in
                try await desk.step(TransferStep.cancel, call.transfer, side: .source, at: call.at, by: user)
            },
            step { (call: Calls.Close, user) in
                try await desk.step(TransferStep.close, call.transfer, side: .source, at: call.at, by: user)
            },
            step { (call: Calls.ShowCode, user) in
                try await desk.show(call.transfer, at: call.at, short: call.short ?? false, by: user)
            },
            step { (call: Calls.Move, user) in
                try await desk.move(call.key, to: call.to, evenIfInUse: call.evenIfInUse ?? false, by: user)
            },
            method { (call: Calls.ImportCertificate, _) in try await desk.importCertificate(call.certificate) },
            method { (call: Calls.AcceptDongle, _) in try await accept(call.serial) },
            method { (call: Calls.Acquire, context) in
                try await leases.acquire(
                    call, connection: context.connection.number, user: context.peer.user,
                    process: context.peer.process)
            },
            method { (_: Calls.Diagnose, context) in await diagnosis.report(for: context.peer) },
            .stream(Calls.Monitor.name, access: Calls.Monitor.requirement) {
                (_: Calls.Monitor, _, writer: ReplyWriter<Calls.Monitor.Reply>) in
                try await monitor(writer)
            },
        ]
    }

    private func method<Call: Calls.Method>(
        _ body: @escaping @Sendable (Call, CallContext) async throws -> Call.Reply
    ) -> VarlinkMethod<Calls.Requirement> {
        .call(Call.name, access: Call.requirement, body)
    }

    private func step<Call: Calls.Method>(
        _ body: @escaping @Sendable (Call, UInt32) async throws -> StepEntry
    ) -> VarlinkMethod<Calls.Requirement> where Call.Reply == Calls.StepReply {
        method { (call: Call, context) in Calls.StepReply(step: try await body(call, context.peer.user)) }
    }

    private func show(_ key: String) async throws -> Calls.Show.Reply {
        let number = try await desk.keys(beginning: key).key.number.description
        guard let entry = await keys.list().keys.first(where: { $0.licence == number }) else {
            throw LicenceError(.noSuchKey, [.licence: key])
        }
        return Calls.Show.Reply(
            key: entry, transfers: try await desk.list(all: true).filter { $0.licence == number })
    }

    private func accept(_ text: String) async throws -> Calls.AcceptDongle {
        guard let serial = SerialNumber(text) else { throw LicenceError(.dongleUnknown, [.serial: text]) }
        try await mounts.accept(serial)
        return Calls.AcceptDongle(serial: serial.description)
    }

    private func monitor(_ writer: ReplyWriter<Calls.Monitor.Reply>) async throws -> Calls.Monitor.Reply {
        let stream = events.watch()
        try await writer.send(Calls.Monitor.Reply(event: event("ready")))
        for await event in stream { try await writer.send(Calls.Monitor.Reply(event: event)) }
        return Calls.Monitor.Reply(event: event("stopped"))
    }

    private func event(_ kind: String) -> EventEntry {
        EventEntry(kind: kind, time: Int(clamping: clock().seconds))
    }
}

extension Administrators: VarlinkAuthoriser {
    func refusal(of peer: PeerCredentials, requirement: Calls.Requirement) -> VarlinkError? {
        switch requirement {
        case .everyone: nil
        case .administrator:
            include(user: peer.user, groups: peer.groups)
                ? nil : LicenceError(.notPermitted, [.command: "this", .detail: group]).varlinkError
        }
    }
}
