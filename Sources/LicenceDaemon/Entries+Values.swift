import Control
import Foundation
import Licensing
import TransferCodes
import Vaults

extension TransferEntry {
    /// - Parameters:
    ///   - location: where the transfer is.
    ///   - other: the place of this machine that is its other side, if there is one.
    ///   - present: the places that are there now.
    init(_ transfer: TransferSummary, at location: Location, other: Location?, present: [Location]) {
        let terms = transfer.certificate.terms
        let role =
            switch transfer.standing {
            case .source: "source"
            case .target: "target"
            }
        self.init(
            transfer: transfer.identifier.description, licence: transfer.certificate.number.description,
            product: terms.product, productVersion: terms.productVersion, role: role, state: transfer.stateName,
            location: location.description, begun: Int(clamping: transfer.begun.seconds),
            changed: Int(clamping: transfer.changed.seconds), fingerprint: transfer.fingerprint?.description,
            next: transfer.nextStep(at: location, other: other, present: present),
            moveTo: transfer.moveTarget(at: location, other: other)?.description, open: transfer.isUnfinished,
            present: present.contains(location), withheld: transfer.isWithheld)
    }
}

extension HistoryLine {
    init(_ entry: HistoryEntry) {
        self.init(
            event: entry.event.rawValue, licence: entry.licence.description, transfer: entry.transfer?.description,
            time: Int(clamping: entry.occasion.now.seconds), user: Int(clamping: entry.occasion.user))
    }
}

extension StepEntry {
    init(_ answer: TransferAnswer, _ transfer: TransferEntry, repairs: [Repair]) {
        let terms = answer.transfer.certificate.terms
        self.init(
            transfer: transfer,
            repeated: answer.isRepeat, code: answer.code?.lines ?? [],
            file: answer.code.map {
                PrintedCode(
                    $0, transferID: answer.transfer.identifier.description,
                    product: "\(terms.product) \(terms.productVersion)",
                    certificate: $0.kind == .shortStart ? answer.transfer.certificate.name : nil
                ).text
            },
            repairs: repairs.map(RepairEntry.init))
    }
}

extension KeyEntry {
    /// - Parameters:
    ///   - vendor: who signed it, or why it can't be used here.
    ///   - users: the applications that use it now.
    init(
        _ key: HeldKey, at location: Location, lockedReason: String?, vendor: Result<Vendor, LicenceError>,
        transfer: TransferIdentifier?, users: [String]
    ) {
        let terms = key.certificate.terms
        let refusal: LicenceError? = if lockedReason == nil, case .failure(let error) = vendor { error } else { nil }
        self.init(
            licence: key.number.description, product: terms.product, productVersion: terms.productVersion,
            type: terms.type.name, quantity: Int(terms.quantity), vendor: try? vendor.get().name,
            location: location.description,
            state: lockedReason != nil ? "LOCKED" : transfer != nil ? "OFFERED" : "HELD",
            problem: lockedReason ?? refusal?.message, cure: refusal?.hint, users: users,
            issued: terms.issued.description, validUntil: terms.validUntil?.description,
            since: Int(clamping: key.since.seconds), transfer: transfer?.description,
            certificate: key.certificate.bytes.hexadecimal)
    }
}
