import Control
import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

/// A transfer with real codes, as a daemon would give them: step by step between two vaults in memory.
struct SampleTransfer: Sendable {
    let key: TestKey
    let vendor: TestVendor
    let name: String
    let start, request, activation, receipt: PrintedCode
    /// The return code of another transfer of the same key.
    let returning: PrintedCode

    init() throws {
        let bench = try TransferBench { location, capacity, random in
            VaultSubject(MemoryVault(location: location, capacity: capacity, random: random))
        }
        (key, vendor) = (bench.key, bench.vendor)
        let declined = try bench.offer()
        _ = try bench.request(declined)
        func printed(_ code: TransferCode, _ start: StartCode) throws -> PrintedCode {
            PrintedCode(code, transferID: try bench.name(start).description, product: "Sample Runtime 4.2")
        }
        returning = try printed(.returning(try bench.decline(declined)), declined)
        let offered = try bench.offer(anew: true)
        name = try bench.name(offered).description
        start = try printed(.start(offered), offered)
        let asked = try bench.request(offered)
        request = try printed(.request(asked), offered)
        let released = try bench.release(asked)
        activation = try printed(.activation(released), offered)
        try bench.changes(bench.target, .activate(released))
        receipt = try printed(.receipt(try bench.receipt(offered)), offered)
    }

    /// The transfer as a list shows it.
    func entry(
        role: String = "source", state: String = "OFFERED", location: String = "usb:4711", fingerprint: String? = nil,
        next: String = "", moveTo: String? = nil, open: Bool = true, present: Bool = true, withheld: Bool = false,
        changed: Int = 1_772_352_060, transfer: String? = nil, begun: Int = 1_772_352_000
    ) -> TransferEntry {
        TransferEntry(
            transfer: transfer ?? name, licence: key.number.description, product: "Sample Runtime",
            productVersion: "4.2",
            role: role, state: state, location: location, begun: begun, changed: changed,
            fingerprint: fingerprint, next: next, moveTo: moveTo, open: open, present: present, withheld: withheld)
    }

    /// A step that made `code`, or none.
    func step(
        _ code: PrintedCode?, _ entry: TransferEntry? = nil, repeated: Bool = false, repairs: [RepairEntry] = []
    ) -> Calls.StepReply {
        Calls.StepReply(
            step: StepEntry(
                transfer: entry ?? self.entry(), repeated: repeated, code: code?.lines ?? [], file: code?.text,
                repairs: repairs))
    }

    /// A key as a list shows it.
    func keyEntry(
        location: String = "local", problem: String? = nil, cure: String? = nil, state: String = "HELD",
        users: [String] = [],
        product: String = "Sample Runtime", type: String = "single", quantity: Int = 1, licence: String? = nil
    ) -> KeyEntry {
        KeyEntry(
            licence: licence ?? key.number.description, product: product, productVersion: "4.2", type: type,
            quantity: quantity, vendor: vendor.vendor.name, location: location, state: state, problem: problem,
            cure: cure, users: users, issued: "2026-01-15", validUntil: nil, since: 1_772_352_000, transfer: nil,
            certificate: key.certificate.bytes.hexadecimal)
    }
}

extension SampleTransfer {
    /// A short start code for the key, with this byte as its secret.
    func shortStart(secret: UInt8 = 7) throws -> PrintedCode {
        PrintedCode(
            .shortStart(
                try ShortStartCode(
                    offerSecret: [UInt8](repeating: secret, count: 10), certificateHash: key.certificate.hash)))
    }

    /// An activation code of a transfer that is not here; another one for each byte.
    static func otherActivation(_ byte: UInt8 = 9) throws -> PrintedCode {
        PrintedCode(
            .activation(try ActivationCode(maskedSeed: [UInt8](repeating: byte, count: 16), tag: [0xAB, 0xC0])))
    }

    /// The start code of another key.
    static func another() throws -> PrintedCode {
        let bench = try TransferBench { location, capacity, random in
            VaultSubject(MemoryVault(location: location, capacity: capacity, random: random))
        }
        let key = try bench.mint(try bench.vendor.key("second"), into: bench.source)
        return PrintedCode(.start(try bench.offer(key)))
    }
}
