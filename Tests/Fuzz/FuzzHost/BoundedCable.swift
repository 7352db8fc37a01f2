import Dongles
import FuzzKit

/// A cable on which no exchange may be given more time than the longest that there is.
final class BoundedCable: DongleTransport {
    private let cable: any DongleTransport

    init(_ cable: any DongleTransport) {
        self.cable = cable
    }

    func exchange(_ frame: [UInt8], within limit: Duration) throws(TransportError) -> [UInt8] {
        require(limit <= .seconds(15), "a wait of \(limit)")
        return try cable.exchange(frame, within: limit)
    }

    func close() { cable.close() }
}
