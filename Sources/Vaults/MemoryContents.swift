import Licensing

/// What a ``MemoryVault`` holds: a value, so that a commit is an assignment.
struct MemoryContents: VaultReading {
    let location: Location
    let capacity: VaultCapacity
    var lockedReason: String? { nil }
    var stateCounter: UInt64 = 0
    var history: [HistoryEntry] = []

    private var held: [LicenceNumber: (key: HeldKey, seed: Seed)] = [:]
    private var outgoingRecords: [OutgoingTransfer] = []
    private var incomingRecords: [IncomingTransfer] = []
    private var escrows: [TransferIdentifier: Secret] = [:]
    private var requestSecrets: [TransferIdentifier: Secret] = [:]
    private var returnKeys: [TransferIdentifier: Secret] = [:]
    private var wrongRequestCount: UInt32 = 0

    init(location: Location, capacity: VaultCapacity) {
        self.location = location
        self.capacity = capacity
    }

    func wrongRequests() -> UInt32 { wrongRequestCount }

    func keys() -> [HeldKey] { held.values.map(\.key).sorted { $0.number < $1.number } }

    func outgoing() -> [OutgoingTransfer] { outgoingRecords }

    func incoming() -> [IncomingTransfer] { incomingRecords }

    func seed(of licence: LicenceNumber) throws(LicenceError) -> Seed {
        try existing(held[licence]?.seed)
    }

    func escrow(of transfer: TransferIdentifier) throws(LicenceError) -> Secret {
        try existing(escrows[transfer])
    }

    func requestSecret(of transfer: TransferIdentifier) throws(LicenceError) -> Secret {
        try existing(requestSecrets[transfer])
    }

    func returnKey(of transfer: TransferIdentifier) throws(LicenceError) -> Secret {
        try existing(returnKeys[transfer])
    }

    /// Makes one change.
    ///
    /// - Throws: `storeUnsafe` where the record is not in the state that the change is for.
    mutating func apply(_ change: Change) throws(LicenceError) {
        switch change {
        case .insertKey(let key, let seed):
            try require(held.updateValue((key, seed), forKey: key.number) == nil)
        case .eraseKey(let licence):
            try require(held.removeValue(forKey: licence) != nil)
        case .insertOutgoing(let transfer):
            try require(!outgoingRecords.contains { $0.identifier == transfer.identifier })
            outgoingRecords.append(transfer)
        case .withdraw(let transfer, let now):
            try changeOutgoing(transfer, from: .offered, to: .withdrawn, at: now) { _ in }
        case .release(let transfer, let release, let escrow, let now):
            try changeOutgoing(transfer, from: .offered, to: .released, at: now) { $0.release = release }
            escrows[transfer] = escrow
        case .settle(let transfer, let now):
            try changeOutgoing(transfer, from: .released, to: .settled, at: now) {
                $0.release?.activation = nil
                $0.release?.isWithheld = false
            }
            escrows[transfer] = nil
        case .takeBack(let transfer, let digest, let now):
            try changeOutgoing(transfer, from: .released, to: .returned, at: now) {
                $0.release?.activation = nil
                $0.release?.isWithheld = false
                $0.release?.returnDigest = digest
            }
            escrows[transfer] = nil
        case .insertIncoming(let transfer, let secret):
            try require(!incomingRecords.contains { $0.identifier == transfer.identifier })
            incomingRecords.append(transfer)
            requestSecrets[transfer.identifier] = secret
        case .activate(let transfer, let tag, let digest, let receipt, let now):
            try changeIncoming(transfer, to: .active, at: now) {
                $0.tag = tag
                $0.activationDigest = digest
                $0.receipt = receipt
            }
        case .decline(let transfer, let tag, let returnKey, let now):
            try changeIncoming(transfer, to: .declined, at: now) { $0.tag = tag }
            returnKeys[transfer] = returnKey
        case .forgetOutgoing(let transfer):
            try require(outgoingRecords.contains { $0.identifier == transfer && $0.state.isFinished })
            outgoingRecords.removeAll { $0.identifier == transfer }
        case .forgetIncoming(let transfer):
            try require(incomingRecords.contains { $0.identifier == transfer && $0.state.isFinished })
            incomingRecords.removeAll { $0.identifier == transfer }
        case .countWrongRequest:
            wrongRequestCount &+= 1
        }
    }

    private mutating func changeOutgoing(
        _ transfer: TransferIdentifier, from: OutgoingState, to: OutgoingState, at now: Timestamp,
        _ body: (inout OutgoingTransfer) -> Void
    ) throws(LicenceError) {
        let index = outgoingRecords.firstIndex { $0.identifier == transfer && $0.state == from }
        guard let index else { throw mismatch }
        outgoingRecords[index].state = to
        outgoingRecords[index].changed = now
        body(&outgoingRecords[index])
    }

    /// Out of OPEN, which erases the request's secret.
    private mutating func changeIncoming(
        _ transfer: TransferIdentifier, to: IncomingState, at now: Timestamp,
        _ body: (inout IncomingTransfer) -> Void
    ) throws(LicenceError) {
        let index = incomingRecords.firstIndex { $0.identifier == transfer && $0.state == .open }
        guard let index else { throw mismatch }
        incomingRecords[index].state = to
        incomingRecords[index].changed = now
        body(&incomingRecords[index])
        requestSecrets[transfer] = nil
    }

    private func existing<Value>(_ value: Value?) throws(LicenceError) -> Value {
        guard let value else { throw mismatch }
        return value
    }

    private func require(_ condition: Bool) throws(LicenceError) {
        if !condition { throw mismatch }
    }

    private var mismatch: LicenceError {
        LicenceError(
            .storeUnsafe, [.path: location.description, .reason: "a record is not in the state it was read in"])
    }
}
