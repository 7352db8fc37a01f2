import DongleProtocol
import FuzzKit
import Licensing
import TransferCodes
import Vaults

/// Payloads in the form that the host expects, with what the choices of an input put into it.
struct Forgery {
    private let choices: Choices
    private let scene: Scene

    init(_ choices: Choices, _ scene: Scene) {
        (self.choices, self.scene) = (choices, scene)
    }

    /// An answer to `request`.
    ///
    /// - Parameter honest: the payload of the true answer, which may be an error's.
    func answer(to request: DongleRequest, insteadOf honest: [UInt8]) -> [UInt8] {
        switch request {
        case .hello: hello(honest)
        case .keys(let start): page(from: start, limit: DongleLimits.keys) { key(number: $0) }
        case .transfers(let start): page(from: start, limit: DongleLimits.records) { transfer(number: $0) }
        case .perform(let step, _): answer(to: step, insteadOf: honest)
        case .recognise: choices.flag() ? [1] + transfer(number: integer()) : [choices.byte()]
        case .prove: choices.raw(choices.pick([32, 31, 33]))
        }
    }

    // MARK: - The greeting

    private func hello(_ honest: [UInt8]) -> [UInt8] {
        let known = try? HelloReply(payload: honest)
        let fields = choices.byte()
        var writer = BinaryWriter()
        writer.write(fields & 1 == 0 ? 1 : choices.byte())
        writer.write(fields & 1 == 0 ? 1 : choices.byte())
        writer.write(
            short: fields & 2 == 0
                ? Array(Scene.serial.utf8)
                : choices.pick([
                    Array("4712".utf8), [], Array(repeating: UInt8(ascii: "7"), count: 33), Array("47 1".utf8),
                    Array("\u{1B}[2J".utf8), choices.run(upTo: 40),
                ]))
        let capacity = known?.capacity ?? .dongle
        writer.write(fields & 4 == 0 ? capacity.keys : choices.pick([DongleLimits.keys, 1, 0, 1025, integer()]))
        writer.write(fields & 8 == 0 ? capacity.records : choices.pick([DongleLimits.records, 1, 0, 4097, integer()]))
        writer.write(fields & 16 == 0 ? known?.stateCounter ?? 0 : choices.integer(UInt64.self))
        if fields & 32 == 0 {
            writer.write(false)
        } else {
            writer.write(1 as UInt8)
            writer.write(short: text())
        }
        return writer.bytes
    }

    // MARK: - Lists

    /// A page from `start` on, of a list of as many items as the host believes, or another.
    private func page(from start: UInt32, limit: UInt32, item: (UInt64) -> [UInt8]) -> [UInt8] {
        let fields = choices.byte()
        let total = fields & 1 == 0 ? limit : choices.pick([64, 0, 1, 17, limit + 1, integer()])
        let left = total > start ? total - start : 0
        let count = UInt8(clamping: fields & 2 == 0 ? min(16, left) : choices.pick([1, 0, 15, 17, 255]))
        var writer = BinaryWriter()
        writer.write(fields & 4 == 0 ? 7 : choices.integer(UInt64.self))
        writer.write(total)
        writer.write(fields & 8 == 0 ? start : choices.pick([0, start &+ 1, integer()]))
        writer.write(count)
        // The same item again and again, or a different one at each place.
        let same = fields & 16 == 0 ? nil : choices.integer(UInt8.self)
        let items = fields & 32 == 0 ? count : choices.byte() % 32
        for index in 0..<UInt64(items) { writer.write(raw: item(same.map(UInt64.init) ?? UInt64(start) + index)) }
        return writer.bytes
    }

    private func key(number: UInt64) -> [UInt8] {
        var writer = BinaryWriter()
        writer.write(short: certificate(number: number))
        writer.write(number)
        return writer.bytes
    }

    private func transfer(number: UInt64) -> [UInt8] {
        var writer = BinaryWriter()
        var name = BinaryWriter()
        name.write(number &* 0x9E37_79B9_7F4A_7C15)
        writer.write(raw: Crockford.text(name.bytes, characters: 6).utf8)
        writer.write(short: certificate(number: number))
        writer.write(choices.pick([1, 2, choices.byte()]))
        writer.write(choices.pick([1, 2, 3, 4, 5, choices.byte()]))
        writer.write(number)
        writer.write(number)
        writer.write(choices.pick([0, 1, choices.byte()]))
        return writer.bytes + [0]
    }

    /// A well-formed certificate of any licence number; nobody signed it.
    private func certificate(number: UInt64) -> [UInt8] {
        var writer = BinaryWriter()
        writer.write(number)
        var bytes = scene.certificate
        // Format (1), vendor (4), then the number.
        bytes.replaceSubrange(5..<13, with: writer.bytes)
        return bytes
    }

    // MARK: - Answers of steps

    private func answer(to step: TransferStep, insteadOf honest: [UInt8]) -> [UInt8] {
        guard let answer = (try? TransferAnswer(payload: honest)) ?? scene.answer(like: step) else { return honest }
        let fields = choices.byte()
        let was = answer.transfer
        let standing: TransferSummary.Standing =
            switch choices.below(fields & 1 == 0 ? 1 : 9) {
            case 1: .source(.offered)
            case 2: .source(.withdrawn)
            case 3: .source(.released)
            case 4: .source(.settled)
            case 5: .source(.returned)
            case 6: .target(.open)
            case 7: .target(.active)
            case 8: .target(.declined)
            default: was.standing
            }
        let code: TransferCode? =
            fields & 2 == 0 ? answer.code : choices.flag() ? choices.code(of: scene) : nil
        let certificate = try? Certificate(
            bytes: fields & 4 == 0 ? was.certificate.bytes : self.certificate(number: integer()))
        let transfer = TransferSummary(
            identifier: fields & 8 == 0 ? was.identifier : choices.transfer(),
            certificate: certificate ?? was.certificate, standing: standing,
            begun: fields & 16 == 0 ? was.begun : Timestamp(seconds: integer()), changed: was.changed,
            fingerprint: fields & 32 == 0 ? was.fingerprint : nil, isWithheld: fields & 64 != 0)
        return TransferAnswer(transfer: transfer, code: code, isRepeat: fields & 128 != 0).payload
    }

    // MARK: - Errors

    /// An error of any name, with values of any name.
    func error() -> [UInt8] {
        var writer = BinaryWriter()
        let codes = LicenceError.Code.allCases
        let name = choices.flag() ? text() : Array(codes[choices.below(codes.count)].rawValue.utf8)
        writer.write(short: name)
        let names = LicenceError.Parameter.allCases.map(\.rawValue).sorted()
        let count = choices.byte() % 20
        writer.write(count)
        var place = 0
        for _ in 0..<count {
            // In the order that they have to be in, or in another.
            place = choices.flag() ? place + 1 : choices.below(names.count)
            writer.write(short: choices.below(16) == 15 ? text() : Array(names[place % names.count].utf8))
            writer.write(short: text())
        }
        return writer.bytes
    }

    /// A text of the kinds that matter.
    private func text() -> [UInt8] {
        choices.pick([
            Array("a word".utf8), Array(scene.licences.first?.description.utf8 ?? "".utf8),
            Array("7K3MQ2".utf8), [], Array(repeating: UInt8(ascii: "x"), count: 240),
            Array(repeating: UInt8(ascii: "x"), count: 241), Array("\u{1B}[2J".utf8), Array("{serial} {command}".utf8),
            [0xC0, 0xAF], Array("\u{202E}txt".utf8), choices.run(upTo: 60),
        ])
    }

    private func integer<Value: FixedWidthInteger & UnsignedInteger>() -> Value { choices.integer() }
}
