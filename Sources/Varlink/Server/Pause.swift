import NIOCore
import NIOPosix

/// Returns after `time`, or as soon as the task is cancelled. Waits on an event loop's clock, for the reason that
/// ``TaskPool`` gives.
package func pause(for time: Duration) async {
    let timer = MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: TimeAmount(time)) {}
    await withTaskCancellationHandler {
        try? await timer.futureResult.get()
    } onCancel: {
        timer.cancel()
    }
}
