import DongleProtocol
import Dongles
import FuzzKit
import Licensing
import Synchronization
import TransferCodes
import Vaults

@testable import USBDongles

/// One input: a dongle is plugged in, and asked for several things.
struct HostRun {
    private let choices: Choices
    private let scene: Scene
    private let dongle: LyingDongle
    private let usb: LyingUSB

    /// How many things are asked at most, so that no input takes long.
    private static let questions = 12

    init(_ choices: Choices) {
        self.choices = choices
        scene = choices.pick(Scene.all)
        guard let device = try? DongleDevice(scene.vaults().dongle) else { finding("the scene's dongle is none") }
        dongle = LyingDongle(device, scene, choices)
        usb = LyingUSB(dongle, choices)
    }

    func play() {
        let opening = choices.byte()
        usb.liesInDescriptors = opening & 0x80 != 0
        guard let opened = opened() else { return }
        let times = USBTimes(goneGrace: .zero, cancellation: .zero)
        let cable = USBCable(usb, opened, times: times, owner: USBCable.Owner(closed: {}, lost: {}, doubted: {}))
        // Without a serial number of its plug's, with that, or with another's: what its descriptors tell.
        let named = [nil, SerialNumber(Scene.serial), SerialNumber("4712")][Int(opening & 0x7F) % 3]
        ask(BoundedCable(cable), announced: usb.liesInDescriptors ? opened.serial : named)
        let isQuiet = Mutex(false)
        cable.end { isStuck in isQuiet.withLock { $0 = !isStuck } }
        require(isQuiet.withLock { $0 }, "a cable that nobody uses can't be closed")
        usb.close(opened.handle)
        usb.requireNothingLeft()
    }

    /// The device, open; nil where it is no dongle, or does not let itself be opened.
    private func opened() -> USBOpening.Result? {
        do throws(USBOpening.Failure) {
            let opened = try USBOpening(calls: usb, device: LyingUSB.device, facts: LyingUSB.facts).run()
            usb.requireClaimed(opened)
            return opened
        } catch {
            require(usb.liesInDescriptors, "an honest device was not opened: \(error.trouble)")
            usb.requireNothingLeft()
            return nil
        }
    }

    private func ask(_ cable: BoundedCable, announced: SerialNumber?) {
        guard let vault = greeted(cable, announced) else { return }
        let rules = HostRules(serial: vault.serial)
        for _ in 0..<Self.questions where !choices.isExhausted {
            guard let question = Question(choices, scene) else { continue }
            let ending = vault.ending
            dongle.allowance = ending == nil ? question.mostExchanges : 0
            do throws(LicenceError) {
                let answer = try question.asked(of: vault)
                guard ending == nil, let reply = usb.lastReply else { finding("an answer of what is none") }
                rules.check(answer, to: question, last: reply.payload)
            } catch {
                rules.check(error, to: question, endedBefore: ending, endedNow: vault.ending)
            }
        }
    }

    /// The dongle's vault; nil where its greeting was refused.
    private func greeted(_ cable: BoundedCable, _ announced: SerialNumber?) -> DongleVault? {
        dongle.allowance = 1
        do throws(LicenceError) {
            let vault = try DongleVault(cable, announced: announced)
            require(usb.lastReply != nil, "an answer of what is none")
            require(announced ?? vault.serial == vault.serial, "another serial number than the plug's was taken")
            return vault
        } catch {
            HostRules.check(errorOfGreeting: error)
            return nil
        }
    }
}
