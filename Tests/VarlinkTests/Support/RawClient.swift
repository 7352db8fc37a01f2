import Foundation
import NIOCore
import NIOPosix

/// A client that writes whatever bytes it is told to, and shows what comes back, message by message.
final class RawClient: Sendable {
    private let channel: any Channel
    private let received: Signal<String?>

    private init(channel: any Channel, received: Signal<String?>) {
        self.channel = channel
        self.received = received
    }

    static func connect(_ path: String, reads: Bool = true) async throws -> RawClient {
        let received = Signal<String?>()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: reads)
            .channelOption(.allowRemoteHalfClosure, value: false)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(received))
                }
            }
            .connect(unixDomainSocketPath: path).get()
        return RawClient(channel: channel, received: received)
    }

    /// Writes bytes as they are.
    func write(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    /// Writes a message and its NUL.
    func send(_ message: String) async throws {
        try await write(Array(message.utf8) + [0])
    }

    /// The next message; nil when the connection has ended.
    func next() async -> String? {
        await received.take()
    }

    /// Says that nothing more will be written.
    func endOutput() async throws {
        try await channel.close(mode: .output).get()
    }

    /// Reads from now on.
    func startReading() async throws {
        try await channel.setOption(.autoRead, value: true).get()
        channel.read()
    }

    func close() async {
        try? await channel.close().get()
    }
}

private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let received: Signal<String?>
    private var pending: [UInt8] = []

    init(_ received: Signal<String?>) {
        self.received = received
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        pending += buffer.readableBytesView
        while let end = pending.firstIndex(of: 0) {
            received.put(String(decoding: pending[..<end], as: UTF8.self))
            pending.removeSubrange(...end)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        received.put(nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
