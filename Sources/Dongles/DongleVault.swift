import DongleProtocol
package import Licensing
package import TransferCodes
package import Vaults

/// A dongle as the host sees it: a vault whose every operation is an exchange over a cable.
///
/// It believes nothing: every length, count, text and size is bounded, and an answer has to be of the asked kind, about
/// the asked licence or transfer, and in a state that the asked step can lead to. The first thing that is not so ends
/// the vault: from then on every call throws the same error and nothing is sent any more, until the dongle is plugged in
/// anew. The same after a reply that did not come, for it could come later and be taken for another's.
///
/// One caller at a time; every call blocks for as long as ``DongleTimes`` says at most.
package final class DongleVault: Vault {
    /// The dongle's serial number, as it said when it was greeted.
    package let serial: SerialNumber
    /// Why the vault has ended: `donglePulled`, `dongleSilent` or `dongleGarbled`. Nil while it works.
    package private(set) var ending: LicenceError?

    private let line: DongleLine
    private let capacity: VaultCapacity
    private let times: DongleTimes
    /// What the dongle said when it was greeted, until anything else is asked of it. This is its only host, so until then
    /// it is as it said.
    private var greeting: HelloReply?

    /// Greets the dongle at the end of `transport`.
    ///
    /// - Parameter announced: the serial number that the medium told, which has to be the dongle's own.
    /// - Throws: `donglePulled`, `dongleSilent`, `dongleGarbled`, `dongleTooNew`, and what the dongle itself refuses with.
    package init(
        _ transport: any DongleTransport, announced: SerialNumber? = nil, times: DongleTimes = DongleTimes()
    ) throws(LicenceError) {
        line = DongleLine(transport)
        self.times = times
        let deadline = Deadline(after: times.greeting)
        let hello: HelloReply
        do throws(DongleFailure) {
            hello = try line.greet(by: deadline)
            if let announced, announced != hello.serial {
                throw DongleFailure.garbled("another serial number than its plug says")
            }
        } catch {
            throw error.licenceError(serial: announced)
        }
        serial = hello.serial
        capacity = hello.capacity
        greeting = hello
    }

    package func status() throws(LicenceError) -> VaultStatus {
        let hello: HelloReply
        if let greeting {
            hello = greeting
        } else {
            hello = try self.hello(by: Deadline(after: times.operation))
        }
        greeting = nil
        return VaultStatus(
            location: .usb(serial), capacity: capacity, stateCounter: hello.stateCounter,
            lockedReason: hello.lockedReason)
    }

    package func keys() throws(LicenceError) -> [HeldKey] {
        try guarded { () throws(DongleFailure) in
            let keys: [HeldKey] = try list(upTo: capacity.keys) { .keys(from: $0) }
            guard Set(keys.map(\.number)).count == keys.count else { throw .garbled("the same key twice") }
            return keys.sorted { $0.number < $1.number }
        }
    }

    package func transfers() throws(LicenceError) -> [TransferSummary] {
        try guarded { () throws(DongleFailure) in
            try list(upTo: capacity.records) { .transfers(from: $0) }
        }
    }

    package func perform(_ step: TransferStep, on occasion: Occasion) throws(LicenceError) -> TransferAnswer {
        if case .request(let certificate, let secret) = step {
            // What no start code can carry has no form on the cable either, so the dongle is not asked.
            do {
                _ = try StartCode(offerSecret: secret, certificate: certificate.bytes)
            } catch {
                throw LicenceError(.codeMalformed, [.reason: error.message, .command: error.hint])
            }
        }
        return try guarded { () throws(DongleFailure) in
            let answer: TransferAnswer = try line.ask(
                .perform(step, occasion), by: Deadline(after: times.operation))
            if let reason = step.objection(to: answer) { throw .garbled(reason) }
            return answer
        }
    }

    package func recognise(_ code: TransferCode) throws(LicenceError) -> TransferSummary? {
        try guarded { () throws(DongleFailure) in
            let transfer: TransferSummary? = try line.ask(.recognise(code), by: Deadline(after: times.operation))
            if let transfer, let reason = code.objection(toBelongingTo: transfer) { throw .garbled(reason) }
            return transfer
        }
    }

    package func prove(_ licence: LicenceNumber, _ challenge: ProofChallenge) throws(LicenceError) -> ProofAnswer {
        // The proof itself is the application's to check, against the certificate.
        try guarded { () throws(DongleFailure) in
            try line.ask(.prove(licence, challenge), by: Deadline(after: times.operation))
        }
    }

    private func hello(by deadline: Deadline) throws(LicenceError) -> HelloReply {
        try guarded { () throws(DongleFailure) in
            let hello = try line.greet(by: deadline)
            guard hello.serial == serial, hello.capacity == capacity else {
                throw .garbled("another serial number or capacity than before")
            }
            return hello
        }
    }

    /// The whole list of which `request` asks for the page from a place on.
    private func list<Item: Payload & Sendable & Hashable>(
        upTo limit: UInt32, _ request: (UInt32) -> DongleRequest
    ) throws(DongleFailure) -> [Item] {
        let deadline = Deadline(after: times.operation)
        for _ in 0..<DongleLimits.listAttempts {
            var list = PagedList<Item>(limit: limit)
            while let start = list.missingFrom {
                try list.take(try line.ask(request(start), by: deadline))
            }
            if list.isConsistent { return list.items }
        }
        throw .garbled("a list that changes each time it is read")
    }

    /// Does `body` unless the vault has ended, and ends it where the dongle can't be trusted any further.
    private func guarded<Answer>(_ body: () throws(DongleFailure) -> Answer) throws(LicenceError) -> Answer {
        if let ending { throw ending }
        greeting = nil
        do {
            return try body()
        } catch {
            let licenceError = error.licenceError(serial: serial)
            if error.isFatal { ending = licenceError }
            throw licenceError
        }
    }
}
