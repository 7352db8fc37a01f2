import DongleProtocol
import USBGadget
import Vaults

/// What the device answers on its control pipe: USB 2.0, chapter 9.4.
struct ControlPipe {
    let serial: SerialNumber
    let identity: USBIdentity

    /// What comes of a request.
    enum Answer: Equatable {
        case data([UInt8])
        /// The host chose the configuration or set the interface: the conversation begins anew.
        case begin
        /// Not a request of this device.
        case stall
    }

    /// - Parameter setup: the eight bytes of the request.
    func answer(_ setup: [UInt8]) -> Answer {
        guard setup.count == 8 else { return .stall }
        switch (setup[0], setup[1]) {
        case (0x80, 6): return descriptor(setup[3], setup[2]).map { .data($0) } ?? .stall
        case (0x80, 0), (0x81, 0), (0x82, 0): return .data([0, 0])
        case (0x80, 8): return .data([1])
        case (0x81, 10): return .data([0])
        case (0x00, 9), (0x01, 11): return .begin
        case (_, 1), (_, 3): return .data([])
        default: return .stall
        }
    }

    private func descriptor(_ type: UInt8, _ number: UInt8) -> [UInt8]? {
        switch type {
        case 1:
            return [
                18, 1, 0, 2, 0, 0, 0, 64, low(identity.vendor), high(identity.vendor), low(identity.product),
                high(identity.product), 0, 1, 1, 2, 3, 1,
            ]
        case 2: return configuration
        case 3: return string(number)
        case 6: return [10, 6, 0, 2, 0, 0, 0, 64, 1, 0]
        default: return nil
        }
    }

    private var configuration: [UInt8] {
        let interface = Array(DongleDescriptors.interface(.high, string: 0).joined())
        let size = UInt16(truncatingIfNeeded: 9 + interface.count)
        return [9, 2, low(size), high(size), 1, 1, 0, 0x80, 50] + interface
    }

    private func string(_ number: UInt8) -> [UInt8]? {
        let strings = ["", "almd", "Licence dongle", serial.description]
        guard Int(number) < strings.count else { return nil }
        let body: [UInt8] = number == 0 ? [0x09, 0x04] : strings[Int(number)].utf16.flatMap { [low($0), high($0)] }
        return [UInt8(truncatingIfNeeded: body.count + 2), 3] + body
    }

    private func low(_ number: UInt16) -> UInt8 { UInt8(truncatingIfNeeded: number) }
    private func high(_ number: UInt16) -> UInt8 { UInt8(truncatingIfNeeded: number >> 8) }
}
