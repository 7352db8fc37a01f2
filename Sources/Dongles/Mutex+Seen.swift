#if SEEN_BY_THREAD_SANITIZER
    import LinuxSystem

    /// The lock of this target for `make threads`.
    typealias Mutex<Value> = SeenMutex<Value>
#endif
