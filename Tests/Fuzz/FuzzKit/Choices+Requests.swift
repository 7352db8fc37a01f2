package import DongleProtocol
package import Vaults

extension Choices {
    /// A request of the right form.
    ///
    /// - Parameter steps: steps that have become possible since the scene was made.
    package func request(of scene: Scene, _ steps: [TransferStep]) -> DongleRequest {
        switch below(8) {
        case 0: return .hello(versions: DongleVersion.spoken)
        case 1: return .keys(from: integer(UInt8.self).magnified)
        case 2: return .transfers(from: integer(UInt8.self).magnified)
        case 3: return .recognise(code(of: scene))
        case 4:
            guard let challenge = challenge(point: scene.point) else { return .keys(from: 0) }
            return .prove(pick(scene.licences), challenge)
        case 5: return .perform(steps.isEmpty ? step(of: scene) : pick(steps), occasion())
        default: return .perform(step(of: scene), occasion())
        }
    }
}

extension UInt8 {
    /// A place in a list: most often within one, at times far behind its end.
    fileprivate var magnified: UInt32 { self < 0xF0 ? UInt32(self) : UInt32(self) << 24 | 0xFF_FFFF }
}
