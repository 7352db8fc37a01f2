// Probe race|locked|freed   does what a sanitizer has to find, or what it must not take for an error
//
// race: two threads write one number, in no order. locked: the same under a lock, which the second has to wait for, so that
// the kernel hands it over. freed: memory is read that was given back.
import Foundation
import Synchronization

let number = UnsafeMutablePointer<Int>.allocate(capacity: 1)
number.initialize(to: 0)
// Safe because a lock protects it in one of its uses; that the other has none is what is to be found.
nonisolated(unsafe) let shared = number
let lock = Mutex(())
let arrived = Atomic(0)

/// Does `body` in two threads that wait for each other to begin, which puts nothing in order.
func inTwoThreads(_ body: @escaping @Sendable () -> Void) {
    let ended = DispatchSemaphore(value: 0)
    for _ in 0..<2 {
        Thread.detachNewThread {
            arrived.add(1, ordering: .relaxed)
            while arrived.load(ordering: .relaxed) < 2 { sched_yield() }
            body()
            ended.signal()
        }
    }
    ended.wait()
    ended.wait()
}

switch CommandLine.arguments.dropFirst().first {
case "race":
    inTwoThreads { shared.pointee &+= 1 }
case "locked":
    inTwoThreads {
        lock.withLock { _ in
            // Long enough that the other does wait in the kernel.
            usleep(100_000)
            shared.pointee &+= 1
        }
    }
case "freed":
    number.deallocate()
default:
    break
}
print(number.pointee)
