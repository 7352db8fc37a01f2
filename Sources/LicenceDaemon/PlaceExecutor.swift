import Dispatch

/// Runs one place's calls one after the other on a thread of their own, since a vault waits for its disk or its cable
/// and must not hold up anybody else meanwhile.
final class PlaceExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) {
        queue = DispatchQueue(label: label)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
