import Control
import Dispatch
import Licensing
import TestKit
import Testing
import Vaults

@testable import LicenceDaemon

/// A place that is busy for as long as it likes, as a slow dongle is.
@Suite struct PlaceTests {
    private let machine: Machine
    private let dongle: SharedVault
    private let challenge: ProofChallenge

    init() throws {
        machine = try Machine()
        dongle = try Machine.dongle("4711")
        challenge = try ProofChallenge(
            nonce: [UInt8](repeating: 1, count: 32), point: try machine.vendor.key("other").certificate.publicKey.bytes,
            lease: [UInt8](repeating: 2, count: ProofChallenge.leaseSize))
    }

    /// Calls `body` while the dongle, which has a key, makes a proof that does not end; `body` gets what ends it.
    private func whileTheDongleIsBusy(_ body: (Place, _ end: () -> Void) async throws -> Void) async throws {
        let key = try machine.mint("on the dongle", into: dongle)
        try await machine.plug(dongle)
        let place = try #require(await machine.mounts.places.last)
        let (isBusy, mayEnd) = (Gate(), DispatchSemaphore(value: 0))
        dongle.whenProving {
            isBusy.open()
            mayEnd.wait()
        }
        let proof = Task { [challenge] in try await place.prove(key.number, challenge) }
        await isBusy.pass()
        try await body(place) { mayEnd.signal() }
        _ = try await proof.value
    }

    @Test(.timeLimit(.minutes(1))) func whatIsInTheLocalStoreIsGivenWhileADongleIsBusy() async throws {
        try machine.mint("here", into: machine.local)
        try await whileTheDongleIsBusy { _, end in
            let call = Calls.Acquire(
                product: "Sample Runtime", productVersion: nil, holder: nil, nonce: challenge.nonce.hexadecimal,
                point: challenge.point.bytes.hexadecimal)
            let reply = try await machine.leaseDesk.acquire(call, connection: 1, user: 0, process: 1)
            #expect(reply.location == "local")
            end()
        }
    }

    @Test(.timeLimit(.minutes(1))) func nothingIsBegunForSomebodyWhoIsGone() async throws {
        try await whileTheDongleIsBusy { place, end in
            let waiting = Task { try await place.keys() }
            waiting.cancel()
            end()
            let error = await #expect(throws: LicenceError.self) { try await waiting.value }
            #expect(error?.code == .cancelled)
        }
    }
}
