import Licensing
import ServiceLifecycle

/// Stops the daemon once the disk under its store has failed.
///
/// What a failed write left behind is known only after reading it anew, so the daemon ends, and whoever starts it again
/// (systemd does) has it read.
final class StoreFailure: Service {
    private let failures: AsyncStream<LicenceError>
    private let continuation: AsyncStream<LicenceError>.Continuation

    init() {
        (failures, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    /// Takes note of an error; only one that says the disk failed ends the daemon.
    func note(_ error: LicenceError) {
        if error.code == .storeFailed { continuation.yield(error) }
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown { [failures] in
            for await failure in failures { throw failure }
        }
    }
}
