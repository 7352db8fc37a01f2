import Licensing
import Vaults

extension OutgoingTransfer {
    /// Reads a row of `outgoing_transfer`.
    init(_ columns: Columns) throws {
        guard let state = OutgoingState(rawValue: try columns.number("state")) else {
            throw Columns.Unreadable(column: "state")
        }
        self.init(
            certificate: try columns.certificate(), offerSecret: try columns.bytes("offer_secret"), state: state,
            begun: try columns.time("begun"), changed: try columns.time("changed"),
            wrongRequestsBefore: try columns.number("wrong_requests_before"),
            release: try columns.optionalBytes("point").map { point in
                Release(
                    point: try CurvePoint(point), activation: try columns.optionalBytes("activation"),
                    tag: try columns.bytes("tag"), receiptDigest: try columns.bytes("receipt_digest"),
                    returnDigest: try columns.optionalBytes("return_digest"),
                    isWithheld: try columns.flag("withheld"))
            })
    }
}

extension IncomingTransfer {
    /// Reads a row of `incoming_transfer`.
    init(_ columns: Columns) throws {
        guard let state = IncomingState(rawValue: try columns.number("state")) else {
            throw Columns.Unreadable(column: "state")
        }
        self.init(
            certificate: try columns.certificate(), offerSecret: try columns.bytes("offer_secret"),
            point: try CurvePoint(try columns.bytes("point")), state: state, begun: try columns.time("begun"),
            changed: try columns.time("changed"), tag: try columns.optionalBytes("tag"),
            activationDigest: try columns.optionalBytes("activation_digest"),
            receipt: try columns.optionalBytes("receipt"), isWithheld: try columns.flag("withheld"))
    }
}

extension HistoryEntry {
    /// Reads a row of `history`. Its words are no state that anything follows from, so one that is not known here is told
    /// as that.
    init(_ columns: Columns) throws {
        let event = Event(rawValue: try columns.text("event")) ?? .unrecognised
        var licence = BinaryReader(try columns.bytes("licence"))
        let transfer = try columns.optionalText("transfer").map { text in
            guard let transfer = TransferIdentifier(text) else { throw Columns.Unreadable(column: "transfer") }
            return transfer
        }
        self.init(
            event: event, licence: LicenceNumber(rawValue: try licence.integer()), transfer: transfer,
            occasion: Occasion(now: try columns.time("time"), user: try columns.number("user")))
    }
}
