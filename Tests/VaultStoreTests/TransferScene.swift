import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

@testable import VaultStore

/// A transfer between two stores of one file system, stopped at a moment.
final class TransferScene {
    /// How far the transfer is.
    enum Moment: String, CaseIterable {
        case held, open, released, declined
    }

    let bench: Workbench
    let key: TestKey
    /// The other key of each store, which stays in it.
    let kept: [String: TestKey]
    /// The store that the moment is about.
    let store: String
    /// The one at the other end of the transfer.
    let other: String
    /// The licences of the keys that are in the store.
    let numbers: [LicenceNumber]
    /// The request for the first key, where it is requested.
    private let asked: (transfer: TransferIdentifier, code: RequestCode)?
    /// The secret of that request.
    private let requestSecret: [UInt8]?
    /// The code that the store gave last: an activation code at `released`, a return code at `declined`.
    private let given: TransferCode?
    private let moment: Moment

    init(in place: String, at moment: Moment) throws {
        self.moment = moment
        bench = try Workbench(in: place)
        let (source, target) = (try bench.open("source"), try bench.open("target"))
        key = try bench.mint("first", into: source)
        kept = ["source": try bench.mint("second", into: source), "target": try bench.mint("third", into: target)]
        let isSource = moment == .held || moment == .released
        (store, other) = isSource ? ("source", "target") : ("target", "source")
        asked = moment == .held ? nil : try bench.request(key, from: source, at: target)
        requestSecret = try asked.map { try Self.requestSecret(of: $0.transfer, in: target) }
        var given: TransferCode?
        if let asked, moment == .released || moment == .declined {
            given = try bench.perform(.release(asked.code), source).code
        }
        if let asked, moment == .declined { given = try bench.perform(.decline(asked.transfer), target).code }
        self.given = given
        numbers = try (isSource ? source : target).keys().map(\.number)
    }

    private static func requestSecret(of transfer: TransferIdentifier, in vault: SQLiteVault) throws -> [UInt8] {
        try vault.database.read { try vault.contents($0).requestSecret(of: transfer).bytes }
    }

    /// The key that stays in the store.
    var staying: TestKey { get throws { try #require(kept[store]) } }

    private var challenge: ProofChallenge {
        get throws {
            try ProofChallenge(
                nonce: [UInt8](repeating: 1, count: 32), point: key.certificate.publicKey.bytes,
                lease: [UInt8](repeating: 2, count: ProofChallenge.leaseSize))
        }
    }

    // MARK: - What the store does, and what it does not

    /// What could be done next with the store. The code of a key that has left is none of it: it is shown wherever it
    /// is kept, since it opens at its one target only.
    private func nextSteps() throws -> [TransferStep] {
        var steps = [TransferStep.offer(try staying.number, anew: true)]
        if let asked, moment == .open {
            steps.append(.activate(try bench.perform(.release(asked.code), bench.open("source")).activationCode))
        }
        if let asked, store == "target" { steps.append(.decline(asked.transfer)) }
        return steps
    }

    /// A copy opens LOCKED and shows every key that is in it, and the activation code of one that left; none of the next
    /// steps is taken there.
    func expectLocked(_ name: String, _ how: Copier, _ location: SourceLocation = #_sourceLocation) throws {
        let vault = try bench.open(name, creation: .never)
        #expect(try vault.status().lockedReason != nil, "\(how)", sourceLocation: location)
        #expect(try vault.keys().map(\.number) == numbers, "\(how)", sourceLocation: location)
        if let asked, moment == .released {
            #expect(
                try bench.perform(.show(asked.transfer), vault).code == given, "\(how)", sourceLocation: location)
        }
        for step in try nextSteps() {
            let error = #expect(throws: LicenceError.self, "\(how)", sourceLocation: location) {
                try bench.perform(step, vault)
            }
            #expect(error?.code == .vaultLocked, "\(how): \(step)", sourceLocation: location)
        }
    }

    /// Whether a store is as good as ever: the keys that are in it can be used and offered, an open request has the secret
    /// that its activation takes, and a code that was given is given again.
    func isUsable(_ name: String) throws -> Bool {
        guard let vault = try? bench.open(name, creation: .never), try vault.status().lockedReason == nil else {
            return false
        }
        do {
            for number in numbers {
                // This is what needs the seed.
                _ = try vault.prove(number, challenge)
                try bench.perform(.offer(number, anew: false), vault)
            }
            guard let asked else { return true }
            return moment == .open
                ? try Self.requestSecret(of: asked.transfer, in: vault) == requestSecret
                : try bench.perform(.show(asked.transfer), vault).code == given
        } catch is LicenceError {
            return false
        }
    }

    // MARK: - How it goes on

    /// Goes on so that the store gives up a key, or the right to one.
    func giveUp() throws {
        let (source, target) = (try bench.open("source"), try bench.open("target"))
        func ask() throws -> (transfer: TransferIdentifier, code: RequestCode) {
            try bench.request(key, from: source, at: target)
        }
        func takeBack() throws {
            guard let asked else { return }
            try bench.perform(.reclaim(try bench.perform(.decline(asked.transfer), target).returnCode), source)
        }
        switch moment {
        case .held:
            try bench.perform(.release(try ask().code), source)
        case .open:
            guard let asked else { return }
            try bench.perform(.release(asked.code), source)
            try bench.perform(.decline(asked.transfer), target)
        case .released:
            try takeBack()
            try bench.perform(.release(try ask().code), source)
        case .declined:
            try takeBack()
            try bench.perform(.decline(try ask().transfer), target)
        }
    }

    /// Goes on so that something changes in the store, and it gives nothing up: keys come.
    func goOn() throws {
        let (source, target) = (try bench.open("source"), try bench.open("target"))
        switch (moment, asked) {
        case (.held, _), (_, nil):
            try bench.perform(.offer(key.number, anew: false), source)
        case (.open, let asked?):
            try bench.perform(.activate(try bench.perform(.release(asked.code), source).activationCode), target)
        case (.released, let asked?), (.declined, let asked?):
            try bench.perform(.reclaim(try bench.perform(.decline(asked.transfer), target).returnCode), source)
        }
        _ = try bench.mint("later", into: store == "source" ? source : target)
    }

    /// Brings the transfer to an end with the store that is now called `name`: the key is then in one place, and usable.
    func finish(_ name: String, _ location: SourceLocation = #_sourceLocation) throws {
        let (vault, far) = (try bench.open(name, creation: .never), try bench.open(other))
        let isHere: Bool
        switch (moment, asked) {
        case (.held, _), (_, nil):
            let (_, request) = try bench.request(key, from: vault, at: far)
            try bench.perform(.activate(try bench.perform(.release(request), vault).activationCode), far)
            isHere = false
        case (.open, let asked?):
            try bench.perform(.activate(try bench.perform(.release(asked.code), far).activationCode), vault)
            isHere = true
        case (.released, let asked?):
            try bench.perform(.reclaim(try bench.perform(.decline(asked.transfer), far).returnCode), vault)
            isHere = true
        case (.declined, let asked?):
            try bench.perform(.reclaim(try bench.perform(.show(asked.transfer), vault).returnCode), far)
            isHere = false
        }
        #expect(try vault.keys().map(\.number).contains(key.number) == isHere, sourceLocation: location)
        #expect(try far.keys().map(\.number).contains(key.number) == !isHere, sourceLocation: location)
        let start = try bench.perform(.offer(key.number, anew: true), isHere ? vault : far).code
        #expect(start != nil, sourceLocation: location)
    }
}
