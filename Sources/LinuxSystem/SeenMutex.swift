#if SEEN_BY_THREAD_SANITIZER
    import Glibc

    /// A lock that the thread sanitizer sees, in the place of `Synchronization.Mutex` while it looks: that one is a futex
    /// within the standard library, which is not built for the sanitizer.
    ///
    /// Safe because the value is only touched while the lock is held.
    package final class SeenMutex<Value>: @unchecked Sendable {
        private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        private var value: Value

        package init(_ value: consuming sending Value) {
            self.value = value
            pthread_mutex_init(lock, nil)
        }

        deinit {
            pthread_mutex_destroy(lock)
            lock.deallocate()
        }

        /// Does `body` with the value, which nobody else has meanwhile.
        package func withLock<Result, Failure>(
            _ body: (inout sending Value) throws(Failure) -> sending Result
        ) throws(Failure) -> sending Result {
            pthread_mutex_lock(lock)
            defer { pthread_mutex_unlock(lock) }
            return try body(&value)
        }
    }
#endif
