package import Licensing
import TransferCodes
package import Vaults

/// A step of a transfer: its number, then what it is about.
extension TransferStep: Payload {
    private enum Number: UInt8 {
        case offer = 1
        case request, release, activate, receipt, settle, decline, reclaim, cancel, close, show
    }

    package init(reading reader: inout PayloadReader) throws(PayloadError) {
        guard let number = Number(rawValue: try reader.integer("step")) else {
            throw .malformed("a step that is not known")
        }
        switch number {
        case .offer: self = .offer(try reader.value(), anew: try reader.flag("anew"))
        case .request: self = .request(try reader.value(), offerSecret: try reader.raw(10, "start code's secret"))
        case .release: self = .release(try reader.value())
        case .activate: self = .activate(try reader.value())
        case .receipt: self = .receipt(try reader.value())
        case .settle: self = .settle(try reader.value())
        case .decline: self = .decline(try reader.value())
        case .reclaim: self = .reclaim(try reader.value())
        case .cancel: self = .cancel(try reader.value())
        case .close: self = .close(try reader.value())
        case .show: self = .show(try reader.value())
        }
    }

    package func write(to writer: inout BinaryWriter) {
        func begin(_ number: Number, _ value: some Payload) {
            writer.write(number.rawValue)
            value.write(to: &writer)
        }
        switch self {
        case .offer(let licence, let anew):
            begin(.offer, licence)
            writer.write(anew)
        case .request(let certificate, let offerSecret):
            begin(.request, certificate)
            writer.write(raw: offerSecret)
        case .release(let code): begin(.release, code)
        case .activate(let code): begin(.activate, code)
        case .receipt(let transfer): begin(.receipt, transfer)
        case .settle(let code): begin(.settle, code)
        case .decline(let transfer): begin(.decline, transfer)
        case .reclaim(let code): begin(.reclaim, code)
        case .cancel(let transfer): begin(.cancel, transfer)
        case .close(let transfer): begin(.close, transfer)
        case .show(let transfer): begin(.show, transfer)
        }
    }
}

/// When and by whom: time, user id.
extension Occasion: Payload {
    package init(reading reader: inout PayloadReader) throws(PayloadError) {
        self.init(now: try reader.value(), user: try reader.integer("user"))
    }

    package func write(to writer: inout BinaryWriter) {
        now.write(to: &writer)
        writer.write(user)
    }
}
