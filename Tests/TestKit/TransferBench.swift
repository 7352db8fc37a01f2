package import Licensing
package import Testing
package import TransferCodes
package import Vaults

/// Three vaults side by side, a key in the first, and a clock: what a test of the transfer begins with.
///
/// Each step is one of three: it ``changes(_:_:_:)`` the vault, it ``repeats(_:_:_:)`` an earlier answer, or it is
/// refused (``refuses(_:_:_:_:)``) and changes nothing. All three look at keys, transfers and state counter before and
/// after.
package final class TransferBench {
    /// Holds ``key`` at the beginning.
    package let source: VaultSubject
    /// Where the key is to go.
    package let target: VaultSubject
    /// A third machine.
    package let other: VaultSubject
    /// The key that is moved.
    package let key: TestKey
    /// Who made it.
    package let vendor: TestVendor
    /// Gives each step its time.
    package let clock = ManualClock()

    /// - Parameters:
    ///   - make: makes the three vaults.
    ///   - capacity: how much the source and the target may hold; the third always has plenty of room.
    package init(
        _ make: VaultSubject.Factory, source: VaultCapacity = .dongle, target: VaultCapacity = .dongle
    ) throws {
        func subject(_ name: String, _ seed: UInt64, _ capacity: VaultCapacity) throws -> VaultSubject {
            let serial = try #require(SerialNumber(name))
            return try make(.usb(serial), capacity, DeterministicRandom(seed: seed).source)
        }
        self.source = try subject("SOURCE", 1, source)
        self.target = try subject("TARGET", 2, target)
        other = try subject("OTHER", 3, .dongle)
        vendor = try TestVendor()
        key = try vendor.key("first")
        try mint(key, into: self.source)
    }

    /// Puts `key` into `subject` and returns it.
    @discardableResult
    package func mint(_ key: TestKey, into subject: VaultSubject) throws -> TestKey {
        try subject.mint(key.certificate, key.seed, clock.occasion())
        return key
    }

    // MARK: - A step and what it does to its vault

    /// Does a step that has to change something, and to answer with the transfer as it then stands.
    @discardableResult
    package func changes(
        _ subject: VaultSubject, _ step: TransferStep, _ location: SourceLocation = #_sourceLocation
    ) throws -> TransferAnswer {
        let before = try VaultSnapshot(subject.vault)
        let answer = try perform(subject, step, location)
        let after = try VaultSnapshot(subject.vault)
        #expect(!answer.isRepeat, sourceLocation: location)
        #expect(after.stateCounter > before.stateCounter, "the state counter stood still", sourceLocation: location)
        #expect(after.transfers.contains(answer.transfer), sourceLocation: location)
        return answer
    }

    /// Does a step that finds its work done: it answers so, and changes nothing.
    @discardableResult
    package func repeats(
        _ subject: VaultSubject, _ step: TransferStep, _ location: SourceLocation = #_sourceLocation
    ) throws -> TransferAnswer {
        let before = try VaultSnapshot(subject.vault)
        let answer = try perform(subject, step, location)
        #expect(answer.isRepeat, sourceLocation: location)
        #expect(try VaultSnapshot(subject.vault) == before, "something changed", sourceLocation: location)
        #expect(before.transfers.contains(answer.transfer), sourceLocation: location)
        return answer
    }

    /// Does a step that has to be refused as `code`, with every place of its two sentences filled, and to change nothing.
    @discardableResult
    package func refuses(
        _ subject: VaultSubject, _ step: TransferStep, _ code: LicenceError.Code,
        _ location: SourceLocation = #_sourceLocation
    ) throws -> LicenceError? {
        let before = try VaultSnapshot(subject.vault)
        let error = refusal(subject, step, code, location)
        #expect(
            try VaultSnapshot(subject.vault) == before, "a refused step changed something", sourceLocation: location)
        return error
    }

    /// Does a step that has to be refused as `code`; what it changes is the caller's to look at.
    @discardableResult
    package func refusal(
        _ subject: VaultSubject, _ step: TransferStep, _ code: LicenceError.Code,
        _ location: SourceLocation = #_sourceLocation
    ) -> LicenceError? {
        let error = #expect(throws: LicenceError.self, sourceLocation: location) {
            try subject.vault.perform(step, on: self.clock.occasion())
        }
        #expect(error?.code == code, sourceLocation: location)
        if let error {
            #expect(!"\(error.message) \(error.hint)".contains("(unknown "), "\(error)", sourceLocation: location)
        }
        return error
    }

    /// Mints a key that has to be refused as `code`, which changes nothing.
    package func refusesToMint(
        _ key: TestKey, into subject: VaultSubject, _ code: LicenceError.Code,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        let before = try VaultSnapshot(subject.vault)
        let error = #expect(throws: LicenceError.self, sourceLocation: location) {
            try self.mint(key, into: subject)
        }
        #expect(error?.code == code, sourceLocation: location)
        #expect(
            try VaultSnapshot(subject.vault) == before, "a refused step changed something", sourceLocation: location)
    }

    /// Asks all three vaults whose `code` is: it has to be that of `expected` alone, and nothing changes.
    package func recognises(
        _ code: TransferCode, at expected: VaultSubject?, _ location: SourceLocation = #_sourceLocation
    ) throws {
        for subject in [source, target, other] {
            let before = try VaultSnapshot(subject.vault)
            let found = try subject.vault.recognise(code)
            #expect((found != nil) == (subject.vault === expected?.vault), sourceLocation: location)
            if let found {
                let known = before.transfers.first { $0.identifier == found.identifier }
                #expect(known?.standing == found.standing, sourceLocation: location)
            }
            #expect(try VaultSnapshot(subject.vault) == before, sourceLocation: location)
        }
    }

    private func perform(
        _ subject: VaultSubject, _ step: TransferStep, _ location: SourceLocation
    ) throws -> TransferAnswer {
        do {
            return try subject.vault.perform(step, on: clock.occasion())
        } catch {
            Issue.record("refused: \(error)", sourceLocation: location)
            throw error
        }
    }
}
