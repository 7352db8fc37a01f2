import Foundation
import NIOCore
import NIOPosix

/// Listens, and answers the first thing it hears with bytes of the test's choosing.
struct FakeServer: Sendable {
    let path: String

    /// - Parameters:
    ///   - answer: what is written; nothing and an end if nil.
    ///   - thenCloses: whether the connection is closed after that.
    static func run(
        _ answer: [UInt8], thenCloses: Bool = false, _ test: (FakeServer) async throws -> Void
    ) async throws {
        let folder = try Bench.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "socket").path
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Answerer(answer, thenCloses))
                }
            }
            .bind(unixDomainSocketPath: path).get()
        do { try await test(FakeServer(path: path)) } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
    }
}

private final class Answerer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: [UInt8]
    private let thenCloses: Bool
    private var hasAnswered = false

    init(_ answer: [UInt8], _ thenCloses: Bool) {
        self.answer = answer
        self.thenCloses = thenCloses
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasAnswered else { return }
        hasAnswered = true
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer)), promise: nil)
        if thenCloses { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
