import Dispatch
import Glibc

/// A watch on a folder of device nodes, until it is cancelled.
struct NodeWatch: Sendable {
    /// Ends the watch.
    let cancel: @Sendable () -> Void

    /// Watches with inotify(7), which costs nothing while nothing changes. The folder and not the node, since only who
    /// may read a file may watch it.
    static func onFolder(_ folder: String, _ changed: @escaping @Sendable () -> Void) -> NodeWatch? {
        let descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        guard descriptor >= 0 else { return nil }
        guard inotify_add_watch(descriptor, folder, UInt32(IN_ATTRIB) | UInt32(IN_CREATE)) >= 0 else {
            close(descriptor)
            return nil
        }
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor)
        source.setEventHandler {
            var buffer = [UInt8](repeating: 0, count: 4096)
            while read(descriptor, &buffer, buffer.count) > 0 {}
            changed()
        }
        source.setCancelHandler { close(descriptor) }
        let running = RunningSource(source)
        return NodeWatch { running.cancel() }
    }
}
