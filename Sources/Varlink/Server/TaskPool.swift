import NIOPosix

/// Runs tasks on threads that sleep until there is a task: nothing wakes a server that has nothing to do.
///
/// Swift's own executor takes its threads from libdispatch's global queues. From the first task on, libdispatch looks once
/// a second whether those threads are blocked, and nothing turns that off (`src/event/workqueue.c` of
/// swift-corelibs-libdispatch). A task prefers this pool where it, or a task that it is part of, was told so; one that was
/// made by itself has to be told anew. `Task.sleep` counts its time on those queues whatever the task prefers:
/// ``pause(for:)`` takes its place.
package final class TaskPool: TaskExecutor {
    package static let shared = TaskPool(.singleton)

    private let threads: NIOThreadPool

    private init(_ threads: NIOThreadPool) {
        self.threads = threads
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        threads.submit { _ in job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
