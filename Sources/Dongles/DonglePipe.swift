/// A cable within the process: from a host directly to a device, without anything between them that could wait.
package final class DonglePipe: DongleTransport {
    private let end: CableEnd
    private var ending: TransportError?

    package init(_ device: DongleDevice, fault: CableFault? = nil) {
        end = CableEnd(device, fault: fault)
    }

    /// The reply, at once. `limit` does not matter: what the device does not answer is silent without waiting.
    package func exchange(_ frame: [UInt8], within limit: Duration) throws(TransportError) -> [UInt8] {
        if let ending { throw ending }
        switch end.carry(frame) {
        case .reply(let bytes, _): return bytes
        case .nothing: throw ended(.silent)
        case .pull: throw ended(.pulled)
        }
    }

    package func close() { _ = ended(.pulled) }

    private func ended(_ error: TransportError) -> TransportError {
        ending = ending ?? error
        return error
    }
}
