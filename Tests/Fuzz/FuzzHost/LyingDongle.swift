import DongleProtocol
import Dongles
import FuzzKit
import Licensing

/// A true dongle, and the choices of an input that decide what becomes of each of its replies.
///
/// The dongle does what it is asked, so that what is true goes on being so while the host is told something else. A lie
/// that can be told in a frame is told in one whose checksum is right.
final class LyingDongle {
    /// How many requests may still be carried.
    var allowance = 0
    /// The byte that chose the last lie. The bits 0x60 of it say nothing about the reply, and how the cable carries it.
    private(set) var chosen: UInt8 = 0
    private let device: DongleDevice
    private let scene: Scene
    private let choices: Choices
    private var earlier: [[UInt8]] = []
    private var asked: Frame?
    /// From where on the last lie was chosen, while it is told again and again.
    private var repeating: Int?

    init(_ device: DongleDevice, _ scene: Scene, _ choices: Choices) {
        (self.device, self.scene, self.choices) = (device, scene, choices)
    }

    /// What the dongle puts out for a request, or how its cable fails.
    func reply(to frame: [UInt8]) throws(TransportError) -> [UInt8] {
        require(allowance > 0, "a dongle was asked more often than it may be, or after it had ended")
        allowance -= 1
        let request = read(frame)
        let honest = device.reply(to: frame)
        if earlier.count < 8 { earlier.append(honest) }
        return try lie(about: honest, request)
    }

    /// The frame in `bytes` where it answers the last request; nil where no host may take it for an answer.
    func answer(in bytes: [UInt8]) -> Frame? {
        guard let frame = try? Frame(bytes: bytes), let asked, frame.version == 1, frame.command == asked.command,
            frame.sequence == asked.sequence, frame.direction == .reply(.done)
        else { return nil }
        return frame
    }

    /// What the host asks, which has to be a request of the right form and with the next number.
    private func read(_ bytes: [UInt8]) -> (frame: Frame, request: DongleRequest) {
        guard let frame = try? Frame(bytes: bytes), let command = DongleCommand(rawValue: frame.command),
            let request = try? DongleRequest(command, payload: frame.payload)
        else { finding("the host sent what is no request") }
        require(frame.direction == .request && frame.version == 1, "the host sent \(frame.direction)")
        require(request.payload == frame.payload && frame.bytes == bytes, "the host sent what has two forms")
        require(asked.map { $0.sequence &+ 1 == frame.sequence } ?? true, "the host does not count")
        asked = frame
        return (frame, request)
    }

    // MARK: - Lies

    private func lie(
        about honest: [UInt8], _ asked: (frame: Frame, request: DongleRequest)
    ) throws(TransportError) -> [UInt8] {
        if let repeating { choices.rewind(to: repeating) }
        let start = choices.position
        let lie = choices.byte()
        chosen = lie
        // The highest bit: this lie from now on, so that a few bytes can tell a list of a thousand items.
        repeating = lie & 0x80 != 0 && !choices.isExhausted ? start : nil
        guard let frame = try? Frame(bytes: honest) else { finding("the dongle sent what is no frame") }
        switch lie & 0x1F {
        case 1, 2: return changed(frame, payload: mutated(frame.payload))
        case 3: return changed(frame, payload: frame.payload.dropLast(choices.below(frame.payload.count + 1)))
        case 4: return changed(frame, payload: frame.payload + choices.run(upTo: 255))
        case 5: return changed(frame, payload: choices.run(upTo: 255))
        case 6: return changed(frame, header: choices.byte())
        case 7: return choices.run(upTo: 300)
        case 8: return honest + choices.run(upTo: 40)
        case 9: return honest.dropLast(choices.below(honest.count + 1))
        case 10: return earlier[choices.below(earlier.count)]
        case 11:
            let other = try? Frame(bytes: earlier[choices.below(earlier.count)])
            return changed(frame, payload: other?.payload ?? [])
        case 12, 13, 14, 15, 16, 17:
            let forgery = Forgery(choices, scene)
            return changed(
                frame, .done, payload: forgery.answer(to: asked.request, insteadOf: frame.payload))
        case 18, 19: return changed(frame, .refused, payload: Forgery(choices, scene).error())
        case 20: return changed(frame, .notUnderstood, payload: choices.run(upTo: 2))
        case 21: return device.unreadable
        case 24, 25: return changed(frame, header: 4)
        case 22: throw choices.pick([.pulled, .silent, .failed("nothing that was understood")])
        case 23:
            var damaged = honest
            damaged[choices.below(damaged.count)] ^= max(1, choices.byte())
            return damaged
        default: return honest
        }
    }

    /// The frame with another payload, cut to what a frame can hold.
    private func changed(_ frame: Frame, _ status: Frame.Status? = nil, payload: some Collection<UInt8>) -> [UInt8] {
        written(
            try? Frame(
                command: frame.command, direction: status.map { .reply($0) } ?? frame.direction,
                sequence: frame.sequence, payload: Array(payload.prefix(DongleLimits.payload))))
    }

    /// The frame with those fields of its header changed that `fields` names.
    private func changed(_ frame: Frame, header fields: UInt8) -> [UInt8] {
        let direction: Frame.Direction =
            switch fields >> 4 & 3 {
            case 0: frame.direction
            case 1: .request
            case 2: .reply(.refused)
            default: .reply(.notUnderstood)
            }
        return written(
            try? Frame(
                version: fields & 1 == 0 ? frame.version : choices.byte(),
                command: fields & 2 == 0 ? frame.command : choices.byte(), direction: direction,
                sequence: fields & 4 == 0
                    ? frame.sequence
                    : choices.pick([
                        frame.sequence ^ 0x100, frame.sequence &+ 1, frame.sequence &- 1, choices.integer(),
                    ]),
                payload: fields & 8 == 0 ? frame.payload : choices.run(upTo: 16)))
    }

    /// The payload with up to four of its bytes changed.
    private func mutated(_ payload: [UInt8]) -> [UInt8] {
        guard !payload.isEmpty else { return choices.run(upTo: 16) }
        var payload = payload
        for _ in 0...choices.below(4) {
            let place = choices.below(payload.count)
            switch choices.below(3) {
            case 0: payload[place] = choices.byte()
            case 1: payload[place] ^= 1 << UInt8(choices.below(8))
            default: payload[place] &+= choices.byte()
            }
        }
        return payload
    }

    private func written(_ frame: Frame?) -> [UInt8] {
        guard let frame else { finding("a lie that has no frame") }
        return frame.bytes
    }
}
