import DongleProtocol
import Dongles

/// A dongle as the kernel's virtual host controller sees it: messages in, messages out.
final class USBIPDevice {
    private let control: ControlPipe
    private let cable: CableEnd
    /// Carries the steps of transfers; what is asked besides never goes wrong.
    private let stepCable: CableEnd
    private var decoder = FrameDecoder()
    private var isGarbled = false
    /// What the host still has to fetch.
    private var replies: [UInt8] = []
    /// The transfers in which the host waits for it.
    private var waiting: [USBIPMessage.Transfer] = []

    /// - Parameter fault: what goes wrong with the steps of transfers, counted from the first one on; nil: nothing.
    init(_ control: ControlPipe, _ device: DongleDevice, fault: CableFault?) {
        self.control = control
        cable = CableEnd(device)
        stepCable = CableEnd(device, fault: fault)
    }

    /// What follows on a message, and whether the cable ends then.
    func take(_ message: USBIPMessage, data: [UInt8]) -> (bytes: [UInt8], isPulled: Bool) {
        switch message.content {
        case .unlink(let sequence):
            let count = waiting.count
            waiting.removeAll { $0.sequence == sequence }
            return (USBIPReply.unlinked(message.sequence, wasPending: waiting.count < count), false)
        case .submit(let transfer) where transfer.endpoint == 0: return (answer(transfer, data), false)
        case .submit(let transfer) where transfer.isToHost:
            waiting.append(transfer)
            return (delivered(), false)
        case .submit(let transfer):
            let taken = USBIPReply.submitted(transfer.sequence, carried: data.count)
            let isPulled = request(data)
            return (taken + delivered(), isPulled)
        }
    }

    private func answer(_ transfer: USBIPMessage.Transfer, _ data: [UInt8]) -> [UInt8] {
        switch control.answer(transfer.setup) {
        case .stall: return USBIPReply.submitted(transfer.sequence, status: Self.stalled, carried: 0)
        case .data(let answer):
            let answer = Array(answer.prefix(transfer.length))
            return USBIPReply.submitted(
                transfer.sequence, carried: transfer.isToHost ? answer.count : data.count,
                data: transfer.isToHost ? answer : [])
        case .begin:
            (decoder, isGarbled, replies) = (FrameDecoder(), false, [])
            return USBIPReply.submitted(transfer.sequence, carried: 0)
        }
    }

    /// Takes what the host sent; true where the cable is pulled then.
    private func request(_ data: [UInt8]) -> Bool {
        guard !isGarbled else { return false }
        var rest = data[...]
        do {
            while let frame = try decoder.next(from: &rest) {
                let carrier = frame.command == DongleCommand.perform.rawValue ? stepCable : cable
                if deliver(carrier.carry(frame.bytes)) { return true }
            }
            return false
        } catch {
            isGarbled = true
            return deliver(cable.unreadable)
        }
    }

    private func deliver(_ delivery: CableEnd.Delivery) -> Bool {
        switch delivery {
        case .nothing: return false
        case .reply(let bytes, _):
            replies += bytes
            return false
        case .pull(let bytes):
            replies += bytes
            return true
        }
    }

    /// Gives the host what it waits for, as far as there is something.
    private func delivered() -> [UInt8] {
        var bytes: [UInt8] = []
        while !replies.isEmpty, !waiting.isEmpty {
            let transfer = waiting.removeFirst()
            let data = Array(replies.prefix(transfer.length))
            replies.removeFirst(data.count)
            bytes += USBIPReply.submitted(transfer.sequence, carried: data.count, data: data)
        }
        return bytes
    }

    /// The kernel's number for a request that was refused (EPIPE).
    private static let stalled: Int32 = -32
}
