import Licensing
package import Testing
package import Vaults

/// Every kind of code, loaded at every state of a transfer: at its source, its target, a rival that answered the same
/// start code, and a stranger that has nothing to do with it. Each kind of vault has to do all of it alike.
///
/// In the table `ok` is a step that changes something, `again` the same answer as before with nothing changed, and a name
/// is a refusal, which changes nothing, but for one: a request that answers nothing is counted where offers are open
/// (`requestUnknown+`).
package struct ReplayMatrix {
    private let make: VaultSubject.Factory

    /// - Parameter make: makes the vaults, four for each cell.
    package init(_ make: @escaping VaultSubject.Factory) {
        self.make = make
    }

    /// A LOCKED vault with everything that another one has.
    package struct Locked {
        let vault: any Vault
        let contents: () throws -> [String: [UInt8]]

        /// - Parameters:
        ///   - vault: the vault.
        ///   - contents: everything that it keeps, by name.
        package init(_ vault: any Vault, contents: @escaping () throws -> [String: [UInt8]]) {
            (self.vault, self.contents) = (vault, contents)
        }
    }

    /// Tries every cell, each in a world in which nothing was changed yet, and says how many there are.
    package func check(_ location: SourceLocation = #_sourceLocation) throws -> Int {
        try everyCell { world, loader, listed in
            var untouched: ReplayTransfer?
            for (code, cell) in listed {
                let transfer = try untouched ?? ReplayTransfer(make, in: world)
                let outcome = try transfer.outcome(of: code, in: transfer.subject(loader).vault)
                untouched = outcome == "ok" || outcome.hasSuffix("+") ? nil : transfer
                #expect(outcome == cell, "\(world): the \(code) loaded at the \(loader)", sourceLocation: location)
            }
        }
    }

    /// Tries every cell with a LOCKED vault where the code is loaded, and says how many there are.
    ///
    /// - Parameter lock: makes the LOCKED vault from one that is in order, and may spoil that.
    package func checkLocked(
        _ lock: (any Vault) throws -> Locked, _ location: SourceLocation = #_sourceLocation
    ) throws -> Int {
        try everyCell { world, loader, listed in
            let transfer = try ReplayTransfer(make, in: world)
            let locked = try lock(transfer.subject(loader).vault)
            try #require(try locked.vault.status().lockedReason != nil)
            let before = try locked.contents()
            for (code, cell) in listed {
                let outcome = try transfer.outcome(of: code, in: locked.vault)
                let expected = Self.lockedCell(code, at: loader, cell)
                #expect(
                    outcome == expected, "\(world): the \(code) loaded at the \(loader), LOCKED",
                    sourceLocation: location)
                #expect(try locked.contents() == before, sourceLocation: location)
            }
        }
    }

    /// What becomes of a code at a LOCKED vault that would make of it what `cell` says, were it in order: a release shows its
    /// activation code again, what is refused without a look at secrets is refused as ever, and all else because of that.
    private static func lockedCell(_ code: ReplayCode, at loader: ReplayLoader, _ cell: String) -> String {
        switch (cell, code, loader) {
        case ("again", .request, _): cell
        case ("ok", _, _), ("again", _, _), ("requestUnknown", _, _), ("requestUnknown+", _, _),
            // Whether the code answers the request that is open here, only that request's secret tells.
            ("activationForAnotherRequest", _, .rival):
            LicenceError.Code.vaultLocked.rawValue
        default: cell
        }
    }

    /// Gives every line of the table with what it belongs to.
    private func everyCell(
        _ body: (ReplayWorld, ReplayLoader, [(code: ReplayCode, cell: String)]) throws -> Void
    ) throws -> Int {
        var count = 0
        let paragraphs = replayTable.split(separator: "\n\n")
        try #require(paragraphs.count == ReplayWorld.allCases.count)
        for (paragraph, world) in zip(paragraphs, ReplayWorld.allCases) {
            let lines = paragraph.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            try #require(lines.map(\.first) == [world.rawValue] + ReplayLoader.allCases.map(\.rawValue))
            for (line, loader) in zip(lines.dropFirst(), ReplayLoader.allCases) {
                var listed = Array(zip(ReplayCode.listed, line.dropFirst()))
                try #require(listed.count == line.count - 1 && listed.count == ReplayCode.listed.count)
                // A short start code does what the long one does.
                listed += listed.filter { $0.0 == .start }.map { (.shortStart, $1) }
                try body(world, loader, listed)
                count += listed.count
            }
        }
        return count
    }
}

extension ReplayTransfer {
    /// What loading `code` in a vault comes to.
    fileprivate func outcome(of code: ReplayCode, in vault: any Vault) throws -> String {
        let step = try step(code)
        let before = try VaultSnapshot(vault)
        let answer: TransferAnswer
        do {
            answer = try vault.perform(step, on: bench.clock.occasion())
        } catch {
            let after = try VaultSnapshot(vault)
            #expect(after.keys == before.keys)
            #expect(after.transfers == before.transfers)
            #expect(after.history == before.history)
            return error.code.rawValue + (after.stateCounter == before.stateCounter ? "" : "+")
        }
        let isSame = try VaultSnapshot(vault) == before
        #expect(answer.isRepeat == isSame)
        return isSame ? "again" : "ok"
    }
}
