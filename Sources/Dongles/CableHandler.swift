import DongleProtocol
import NIOCore

/// One cable in the event loop: announces it, takes the frames off it, and tells when it ends.
final class CableHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let listener: CableListener
    private let isAdmitted: Bool
    private var decoder = FrameDecoder()
    private var cable: (port: DonglePort, transport: CableTransport)?

    init(_ listener: CableListener, isAdmitted: Bool) {
        self.listener = listener
        self.isAdmitted = isAdmitted
    }

    func channelActive(context: ChannelHandlerContext) {
        guard isAdmitted, let cable = listener.plugged(context.channel) else {
            context.close(promise: nil)
            return
        }
        self.cable = cable
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let transport = cable?.transport else { return }
        var bytes = Array(unwrapInboundIn(data).readableBytesView)[...]
        do throws(FrameError) {
            while let frame = try decoder.next(from: &bytes) {
                guard transport.received(frame.bytes) else {
                    // A dongle that speaks unasked is cut off, so that what it says takes no room here.
                    transport.ended(.failed("something that nobody asked for"))
                    context.close(promise: nil)
                    return
                }
            }
        } catch {
            transport.ended(.failed(error.reason))
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        guard let cable else { return }
        self.cable = nil
        cable.transport.ended(.pulled)
        listener.unplugged(cable.port)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
