import Synchronization

/// Values that tests wait for: whatever was put in, in order, each taken once. Waiting has no limit of time; a value
/// that never comes makes the test run into its own.
final class Signal<Value: Sendable>: Sendable {
    private struct State {
        var values: [Value] = []
        var waiting: [CheckedContinuation<Value, Never>] = []
    }

    private let state = Mutex(State())

    func put(_ value: Value) {
        let continuation: CheckedContinuation<Value, Never>? = state.withLock { state in
            if state.waiting.isEmpty {
                state.values.append(value)
                return nil
            }
            return state.waiting.removeFirst()
        }
        continuation?.resume(returning: value)
    }

    /// The next value, waited for.
    func take() async -> Value {
        await withCheckedContinuation { continuation in
            let value: Value? = state.withLock { state in
                if state.values.isEmpty {
                    state.waiting.append(continuation)
                    return nil
                }
                return state.values.removeFirst()
            }
            if let value { continuation.resume(returning: value) }
        }
    }

    /// What is there and was not taken.
    var untaken: [Value] { state.withLock { $0.values } }
}
