import DongleProtocol
import Dongles
import Foundation
import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

/// A whole transfer from one dongle to another, frame by frame, as `Fixtures/dongle/conversation.txt` has it: the worked
/// example of the specification.
///
/// With `ALM_WRITE_VECTORS` in the environment the file is written instead of compared.
struct ConversationTests {
    /// Writes down what crosses a cable.
    private final class Scribe: DongleTransport {
        private let pipe: DonglePipe
        private let name: String
        private let write: (String) -> Void

        init(_ name: String, _ device: DongleDevice, _ write: @escaping (String) -> Void) {
            (self.name, pipe, self.write) = (name, DonglePipe(device), write)
        }

        func exchange(_ frame: [UInt8], within limit: Duration) throws(TransportError) -> [UInt8] {
            write("\(name) > \(frame.hexadecimal)")
            let reply = try pipe.exchange(frame, within: limit)
            write("\(name) < \(reply.hexadecimal)")
            return reply
        }

        func close() {}
    }

    private static var file: URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/dongle/conversation.txt")
            .standardized
    }

    private func conversation() throws -> String {
        var lines = [
            "# A key goes from the dongle SOURCE to the dongle TARGET, and the receipt comes back.",
            "# Whose cable, > to the dongle or < from it, and the frame.",
        ]
        let (source, target) = (
            try Plugged(keys: 1, serial: "SOURCE", seed: 21), try Plugged(keys: 0, serial: "TARGET", seed: 22)
        )
        let giver = try DongleVault(Scribe("SOURCE", source.device) { lines.append($0) })
        let taker = try DongleVault(Scribe("TARGET", target.device) { lines.append($0) })
        func step(_ title: String, _ vault: DongleVault, _ step: TransferStep) throws -> TransferAnswer {
            lines.append("# \(title)")
            return try vault.perform(step, on: source.clock.occasion())
        }
        lines.append("# list")
        let key = try #require(try giver.keys().first)
        let offered = try step("offer", giver, .offer(key.number, anew: false))
        let secret = try offered.startCode.offerSecret
        let request = try step("request", taker, .request(key.certificate, offerSecret: secret)).requestCode
        let activation = try step("release", giver, .release(request)).activationCode
        _ = try step("activate", taker, .activate(activation))
        let receipt = try step("receipt", taker, .receipt(offered.transfer.identifier)).receiptCode
        _ = try step("settle", giver, .settle(receipt))
        lines.append("# where they stand")
        #expect(try giver.keys().isEmpty)
        #expect(try taker.keys().map(\.number) == [key.number])
        #expect(try giver.transfers().map(\.standing) == [.source(.settled)])
        #expect(try taker.transfers().map(\.standing) == [.target(.active)])
        return lines.joined(separator: "\n") + "\n"
    }

    @Test func isTheOneThatIsWrittenDown() throws {
        let spoken = try conversation()
        if ProcessInfo.processInfo.environment["ALM_WRITE_VECTORS"] != nil {
            try FileManager.default.createDirectory(
                at: Self.file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try spoken.write(to: Self.file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: Self.file, encoding: .utf8) == spoken)
    }

    @Test func noSecretCrossesTheCable() throws {
        // The seed of the key, of which the activation code carries a masked copy only, and its private half.
        let key = try Plugged().key
        let spoken = try String(contentsOf: Self.file, encoding: .utf8)
        let privateHalf = Derivation.key.secret(from: key.seed.secret, salt: [], count: 32).bytes
        #expect(AgreementKey(Secret(privateHalf))?.point == key.certificate.publicKey)
        #expect(spoken.contains(key.certificate.bytes.hexadecimal))
        #expect(!spoken.contains(key.seed.secret.bytes.hexadecimal))
        #expect(!spoken.contains(privateHalf.hexadecimal))
    }
}
