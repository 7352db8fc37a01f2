package import Licensing
package import TestKit
package import TransferCodes
package import Vaults

/// A dongle and the machine that it is plugged into, with transfers between them in several states: what an input begins
/// with. The vaults are made once; each input gets copies.
package struct Scene {
    /// The dongle's vault, and the other side of its transfers.
    private let dongle, machine: MemoryVault
    /// What the two say of themselves.
    package let snapshots: (dongle: VaultSnapshot, machine: VaultSnapshot)
    /// Steps that somebody could ask for here: on every key and transfer, and with every code that was shown. Not all of
    /// them are right for the vault that they are put to.
    package let steps: [TransferStep]
    /// Every code that was shown.
    package let codes: [TransferCode]
    /// The licences, each held by one of the two vaults or on its way from one to the other.
    package let licences: [LicenceNumber]

    /// The bytes of a certificate, and the point of its key.
    package let certificate: [UInt8]
    package let point: CurvePoint
    private let answers: [TransferAnswer]

    /// An answer that was given to a step of the kind of `step`, about any transfer.
    package func answer(like step: TransferStep) -> TransferAnswer? {
        answers.first { $0.code?.kind == step.codeKind } ?? answers.first
    }

    /// The serial number of the dongle.
    package static let serial = "4711"

    /// Copies of the two vaults, whose random choices are the same each time.
    package func vaults() -> (dongle: MemoryVault, machine: MemoryVault) {
        (
            MemoryVault(copying: dongle, random: DeterministicRandom(seed: 11).source),
            MemoryVault(copying: machine, random: DeterministicRandom(seed: 12).source)
        )
    }

    /// The first one is a dongle with three keys and no transfers; then transfers in every state that there is, on both
    /// sides; the same with no room left for a key or a record; lists of several pages.
    ///
    /// Safe because libFuzzer runs one input after the other on one thread.
    package nonisolated(unsafe) static let all: [Scene] = {
        do {
            return [
                try Scene(dongle: .dongle, keys: 3, transfers: false),
                try Scene(dongle: .dongle, keys: 3, transfers: true),
                try Scene(dongle: VaultCapacity(keys: 9, records: 14), keys: 1, transfers: true),
                try Scene(dongle: VaultCapacity(keys: 64, records: 64), keys: 40, transfers: true),
            ]
        } catch {
            fatalError("the scenes can't be made: \(error)")
        }
    }()

    /// - Parameters:
    ///   - keys: how many keys the dongle holds beside those that have transfers.
    ///   - transfers: whether there are transfers.
    private init(dongle capacity: VaultCapacity, keys: Int, transfers: Bool) throws {
        guard let serial = SerialNumber(Self.serial) else { throw LicenceError(.noSuchLocation) }
        var stage = try Stage(
            dongle: MemoryVault(
                location: .usb(serial), capacity: capacity, random: DeterministicRandom(seed: 1).source),
            machine: MemoryVault(location: .local, random: DeterministicRandom(seed: 2).source))
        if transfers {
            try stage.leave(stage.dongle, for: stage.machine)
            try stage.leave(stage.machine, for: stage.dongle)
        }
        for _ in 0..<keys { _ = try stage.mint(into: stage.dongle) }
        (dongle, machine, codes, licences) = (stage.dongle, stage.machine, stage.codes, stage.licences)
        var steps = try stage.codes.compactMap(TransferStep.init(loading:))
        for licence in stage.licences.prefix(20) {
            steps += [.offer(licence, anew: false), .offer(licence, anew: true)]
        }
        for transfer in try stage.dongle.transfers().map(\.identifier) {
            steps += [
                .show(transfer), .receipt(transfer), .decline(transfer), .cancel(transfer), .close(transfer),
            ]
        }
        self.steps = steps
        snapshots = (try VaultSnapshot(dongle), try VaultSnapshot(machine))
        answers = stage.answers
        guard let key = dongle.keys().first else { throw LicenceError(.noSuchKey) }
        (certificate, point) = (key.certificate.bytes, key.certificate.publicKey)
    }
}

/// The vaults while a scene is made of them.
private struct Stage {
    let dongle, machine: MemoryVault
    var codes: [TransferCode] { answers.compactMap(\.code) }
    private(set) var answers: [TransferAnswer] = []
    private(set) var licences: [LicenceNumber] = []
    private let vendor: TestVendor
    private let clock = ManualClock()

    init(dongle: MemoryVault, machine: MemoryVault) throws {
        (self.dongle, self.machine, vendor) = (dongle, machine, try TestVendor())
    }

    /// A new key, in `vault`.
    mutating func mint(into vault: MemoryVault) throws -> LicenceNumber {
        // Names and terms of any length, so that certificates are short and long.
        let index = licences.count
        let terms = TestTerms().with { $0.product = String(repeating: "p", count: 1 + index % 16) }
        let key = try vendor.key("staged \(index)", terms)
        try vault.mint(key.certificate, key.seed, on: clock.occasion())
        licences.append(key.number)
        return key.number
    }

    /// Does a step, and takes note of its answer.
    @discardableResult
    private mutating func `do`(_ step: TransferStep?, at vault: MemoryVault) throws -> TransferAnswer {
        guard let step else { throw LicenceError(.usage) }
        let answer = try vault.perform(step, on: clock.occasion())
        answers.append(answer)
        return answer
    }

    /// Transfers from `source` to `target` that were left in every state that they can be in.
    mutating func leave(_ source: MemoryVault, for target: MemoryVault) throws {
        for end in Transfer.allCases {
            let licence = try mint(into: source)
            let offer = try self.do(.offer(licence, anew: false), at: source)
            if end == .offered { continue }
            if end == .withdrawn {
                try self.do(.cancel(offer.transfer.identifier), at: source)
                continue
            }
            let request = try self.do(try offer.code.flatMap(TransferStep.init(loading:)), at: target)
            if end == .open { continue }
            let release = try self.do(try request.code.flatMap(TransferStep.init(loading:)), at: source)
            if end == .released { continue }
            if end == .declined || end == .returned {
                let decline = try self.do(.decline(offer.transfer.identifier), at: target)
                if end == .returned { try self.do(try decline.code.flatMap(TransferStep.init(loading:)), at: source) }
                continue
            }
            try self.do(try release.code.flatMap(TransferStep.init(loading:)), at: target)
            let receipt = try self.do(.receipt(offer.transfer.identifier), at: target)
            if end == .settled { try self.do(try receipt.code.flatMap(TransferStep.init(loading:)), at: source) }
        }
    }

    /// How far a transfer went.
    private enum Transfer: CaseIterable {
        case offered, withdrawn, open, released, active, settled, declined, returned
    }
}

extension TransferStep {
    /// The kind of code that the step shows when it goes well; nil where it shows none, or one or another.
    fileprivate var codeKind: CodeKind? {
        switch self {
        case .offer: .start
        case .request: .request
        case .release: .activation
        case .receipt: .receipt
        case .decline: .returning
        case .activate, .settle, .reclaim, .cancel, .close, .show: nil
        }
    }

    /// The step that loads `code`; nil for a short start code, which needs its certificate from elsewhere.
    package init?(loading code: TransferCode) throws(LicenceError) {
        switch code {
        case .start(let code): self = .request(try Certificate(bytes: code.certificate), offerSecret: code.offerSecret)
        case .shortStart: return nil
        case .request(let code): self = .release(code)
        case .activation(let code): self = .activate(code)
        case .returning(let code): self = .reclaim(code)
        case .receipt(let code): self = .settle(code)
        }
    }
}
