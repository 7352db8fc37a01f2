import Dispatch
import Glibc

/// Has Ctrl-C and the like do something else than end the process at once.
struct StopSignals {
    private let sources: [any DispatchSourceSignal]

    /// Calls `stop` for each such signal, until ``cancel()``.
    init(_ stop: @escaping @Sendable () -> Void) {
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            _ = signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler(handler: stop)
            source.resume()
            return source
        }
    }

    /// Takes no more notice of them.
    func cancel() {
        for source in sources { source.cancel() }
    }
}
