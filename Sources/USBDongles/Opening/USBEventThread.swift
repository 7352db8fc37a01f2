import Glibc
import Logging
import Synchronization

/// The one thread in which libusb's events are dealt with: transfers end there, and arrivals are told of.
///
/// It sleeps in the kernel until something happens.
final class USBEventThread: Sendable {
    private let calls: any LibUSBCalls
    private let logger: Logger
    private let isStopping = Atomic(false)
    private let thread = Mutex<pthread_t?>(nil)

    init(_ calls: any LibUSBCalls, logger: Logger) {
        self.calls = calls
        self.logger = logger
    }

    /// Starts the thread; false where the system has none to give.
    func start() -> Bool {
        // Safe because the thread that takes this reference over is started at most once, and where it is not started
        // nobody else takes it.
        let reference = Unmanaged.passRetained(self)
        var started = pthread_t()
        let result = pthread_create(
            &started, nil,
            { argument in
                if let argument {
                    let reference = Unmanaged<USBEventThread>.fromOpaque(argument)
                    reference.takeRetainedValue().run()
                }
                return nil
            }, reference.toOpaque())
        guard result == 0 else {
            reference.release()
            return false
        }
        thread.withLock { $0 = started }
        return true
    }

    /// Ends the thread and waits until it has ended: from then on nothing is called back. Never from the thread itself.
    func stop() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        calls.interruptEvents()
        let running = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        if let running { pthread_join(running, nil) }
    }

    private func run() {
        var failures = 0
        while !isStopping.load(ordering: .sequentiallyConsistent) {
            do throws(LibUSBError) {
                try calls.handleEvents()
                failures = 0
            } catch  where error.code == .interrupted {
                continue
            } catch {
                failures = min(failures + 1, 1000)
                if failures == 1 { logger.error("libusb could not wait for events: \(error)") }
                // A failure that stays must not take the processor, and the thread is needed to end what is in flight.
                if failures > 8 { usleep(100_000) }
            }
        }
    }
}
