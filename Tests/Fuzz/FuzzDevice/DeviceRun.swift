import DongleProtocol
import Dongles
import FuzzKit
import Licensing
import TransferCodes
import USBGadget
import Vaults

/// One input: several things come off the cable of one dongle.
struct DeviceRun {
    private let choices: Choices
    private let scene: Scene
    private let device: DongleDevice
    private let machine: MemoryVault
    private let law: Law

    /// How many things happen at most, so that no input takes long.
    private static let acts = 24

    init(_ choices: Choices) {
        self.choices = choices
        scene = choices.pick(Scene.all)
        let vaults = scene.vaults()
        machine = vaults.machine
        guard let device = try? DongleDevice(vaults.dongle) else { finding("the scene's dongle is none") }
        self.device = device
        device.storage = choices.pick([.working, .working, .working, .full, .readOnly])
        law = Law(vaults.dongle, vaults.machine, scene)
    }

    func play() {
        for _ in 0..<Self.acts where !choices.isExhausted {
            switch choices.below(8) {
            case 0: ask(choices.run(upTo: 300))
            case 1: ask(frame(choices.byte(), choices.run(upTo: 255)).bytes)
            case 2, 3: ask(tampered(choices.request(of: scene, law.steps)))
            case 4: stream()
            case 5: plugIn()
            case 6:
                let step = choices.flag() && !law.steps.isEmpty ? choices.pick(law.steps) : choices.step(of: scene)
                law.performed(step, at: machine, choices.occasion())
            default:
                let request = choices.request(of: scene, law.steps)
                ask(frame(request.command.rawValue, request.payload).bytes)
            }
        }
        law.end()
    }

    /// Sends `bytes` as one message, and looks at the reply and at what became of the vault.
    private func ask(_ bytes: [UInt8]) {
        let reply = device.reply(to: bytes)
        let request = try? Frame(bytes: bytes)
        law.replied(to: request, with: DeviceReply(reply, to: request))
    }

    private func frame(_ command: UInt8, _ payload: [UInt8]) -> Frame {
        guard
            let frame = try? Frame(
                command: command, direction: .request, sequence: choices.integer(), payload: payload)
        else { finding("a request of \(payload.count) bytes has no frame") }
        return frame
    }

    /// The request in a frame, with something about one of the two that is not as it should be.
    private func tampered(_ request: DongleRequest) -> [UInt8] {
        let command = request.command.rawValue
        var payload = request.payload
        switch choices.below(8) {
        case 0: return frame(choices.byte(), payload).bytes
        case 1: payload = payload.dropLast(choices.below(payload.count + 1))
        case 2: payload += choices.run(upTo: 255)
        case 3:
            let changed = try? Frame(
                version: choices.byte(), command: command,
                direction: choices.pick([.request, .reply(.done), .reply(.refused), .reply(.notUnderstood)]),
                sequence: choices.integer(), payload: payload)
            return changed?.bytes ?? []
        case 4:
            var bytes = frame(command, payload).bytes
            bytes[choices.below(bytes.count)] ^= choices.byte()
            return bytes
        default:
            for _ in 0...choices.below(3) where !payload.isEmpty {
                payload[choices.below(payload.count)] = choices.byte()
            }
        }
        return frame(command, payload).bytes
    }

    /// Sends several frames and what is none as a stream of bytes, cut anywhere. The pieces decide nothing.
    private func stream() {
        var bytes: [UInt8] = []
        for _ in 0...choices.below(4) {
            switch choices.below(4) {
            case 0: bytes += choices.run(upTo: 40)
            case 1: bytes += tampered(choices.request(of: scene, law.steps))
            default: bytes += frame(choices.byte(), choices.run(upTo: 40)).bytes
            }
        }
        let whole = Self.decoded(bytes) { _ in .max }
        let pieces = Self.decoded(bytes) { $0 < 64 ? 1 + choices.below(32) : 61 }
        require(whole == pieces, "the pieces in which a stream comes make a difference")
        let packets = Self.read(bytes, inPacketsOf: choices.pick([64, 512, 8, 1024]))
        require(whole == packets, "the packets in which a stream comes make a difference")
        for frame in whole.frames { ask(frame.bytes) }
    }

    /// The frames in `bytes` and what ended them, with as many bytes at a time as `size` says.
    private static func decoded(_ bytes: [UInt8], size: (Int) -> Int) -> Decoded {
        var (decoder, decoded, rest, pieces) = (FrameDecoder(), Decoded(), bytes[...], 0)
        while !rest.isEmpty {
            var piece = rest.prefix(size(pieces))
            rest = rest.dropFirst(piece.count)
            pieces += 1
            do throws(FrameError) {
                while let frame = try decoder.next(from: &piece) { decoded.frames.append(frame) }
                require(piece.isEmpty, "bytes were left over")
            } catch {
                require(decoded.error ?? error == error, "a broken stream broke once more, otherwise")
                decoded.error = error
            }
        }
        return decoded
    }

    /// The same, read from an endpoint as a board does it: no more at a time than the request still has.
    private static func read(_ bytes: [UInt8], inPacketsOf packetSize: UInt16) -> Decoded {
        guard var stream = RequestStream(packetSize: packetSize) else { finding("packets of \(packetSize) bytes") }
        var (decoded, rest) = (Decoded(), bytes[...])
        while !rest.isEmpty {
            let size = stream.readSize
            require(
                size > 0 && size.isMultiple(of: Int(packetSize)) && size < Frame.maximumSize + Int(packetSize),
                "a read of \(size) bytes")
            for arrival in stream.take(rest.prefix(size)) {
                switch arrival {
                case .request(let frame): decoded.frames.append(frame)
                case .garbage:
                    require(decoded.error == nil, "a broken stream broke once more")
                    // Which error it was is not kept, and is that of any other way to read it.
                    decoded.error = Self.decoded(bytes) { _ in .max }.error
                    require(decoded.error != nil, "a stream that is whole was taken for broken")
                }
            }
            rest = rest.dropFirst(size)
        }
        return decoded
    }

    private struct Decoded: Equatable {
        var frames: [Frame] = []
        var error: FrameError?
    }

    /// An honest host is plugged in and asks something of its own side. The two never take each other for broken.
    private func plugIn() {
        guard let vault = try? DongleVault(DonglePipe(device)) else {
            finding("an honest dongle's greeting was refused")
        }
        guard let question = Question(choices, scene) else { return }
        let rules = HostRules(serial: vault.serial)
        do throws(LicenceError) {
            let answer = try question.asked(of: vault)
            rules.check(answer, to: question, last: nil)
            law.asked(question, .success(answer))
        } catch {
            require(vault.ending == nil, "an honest dongle was taken for broken: \(error)")
            rules.check(error, to: question, endedBefore: nil, endedNow: nil)
            law.asked(question, .failure(error))
        }
    }
}
