import DongleProtocol
import Dongles
import FuzzKit
import Licensing
import TransferCodes
import Vaults

/// One input: a dongle is plugged in, and asked for several things.
struct HostRun {
    private let choices: Choices
    private let scene: Scene
    private let cable: LyingCable

    /// How many things are asked at most, so that no input takes long.
    private static let questions = 12

    init(_ choices: Choices) {
        self.choices = choices
        scene = choices.pick(Scene.all)
        guard let device = try? DongleDevice(scene.vaults().dongle) else { finding("the scene's dongle is none") }
        cable = LyingCable(device, scene, choices)
    }

    func play() {
        guard let vault = greeted() else { return }
        let rules = HostRules(serial: vault.serial)
        for _ in 0..<Self.questions where !choices.isExhausted {
            guard let question = Question(choices, scene) else { continue }
            let ending = vault.ending
            cable.allowance = ending == nil ? question.mostExchanges : 0
            do throws(LicenceError) {
                let answer = try question.asked(of: vault)
                guard ending == nil, let reply = cable.lastReply else { finding("an answer of what is none") }
                rules.check(answer, to: question, last: reply.payload)
            } catch {
                rules.check(error, to: question, endedBefore: ending, endedNow: vault.ending)
            }
        }
    }

    /// The dongle's vault; nil where its greeting was refused.
    private func greeted() -> DongleVault? {
        let announced = choices.pick([nil, SerialNumber(Scene.serial), SerialNumber("4712")])
        cable.allowance = 1
        do throws(LicenceError) {
            let vault = try DongleVault(cable, announced: announced)
            require(cable.lastReply != nil, "an answer of what is none")
            require(announced ?? vault.serial == vault.serial, "another serial number than the plug's was taken")
            return vault
        } catch {
            HostRules.check(errorOfGreeting: error)
            return nil
        }
    }
}
