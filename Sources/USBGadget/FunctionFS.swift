import CLinux
import Glibc

/// The files of a mounted FunctionFS: the control pipe and the two endpoints.
///
/// The endpoints do not wait for a host: a call on one that no host has in use answers at once. So nothing hangs in the
/// kernel for a cable that may never be plugged in, and pulling the gadget out ends every call.
struct FunctionFS: ~Copyable {
    /// What came of reading or writing an endpoint.
    enum Outcome {
        /// It went well; what was read, and nothing where something was written.
        case bytes(ArraySlice<UInt8>)
        /// The conversation is over. The number of the error says why: no host has the endpoint in use any more, or yet
        /// (`ESHUTDOWN`, `EAGAIN`, `ENODEV`), or something went wrong.
        case over(Int32)
    }

    private let control: OpenFile
    private let requests: OpenFile
    private let replies: OpenFile

    /// Writes the tables, upon which the kernel makes the endpoints, in the order of their descriptors, and opens them.
    init(mountedAt folder: String) throws(SystemCallFailure) {
        let control = try OpenFile("\(folder)/ep0", O_RDWR | O_NONBLOCK)
        try SystemCall.write(FunctionFSTables.descriptors, to: control.descriptor, control.path)
        try SystemCall.write(FunctionFSTables.strings, to: control.descriptor, control.path)
        // Numbered as they were described, whatever addresses they got.
        let requests = try OpenFile("\(folder)/ep1", O_RDONLY | O_NONBLOCK)
        let replies = try OpenFile("\(folder)/ep2", O_WRONLY | O_NONBLOCK)
        self.control = control
        self.requests = requests
        self.replies = replies
    }

    /// The descriptor that becomes readable with each event.
    var events: Int32 { control.descriptor }

    /// The bytes of a full packet at the speed of the host that is there; nil where none is.
    func packetSize() -> UInt16? {
        var size: UInt16 = 0
        return clinux_functionfs_packet_size(requests.descriptor, &size) == 0 ? size : nil
    }

    /// Waits for what the host sends, at most `size` bytes.
    func read(atMost size: Int) -> Outcome {
        var bytes = [UInt8](repeating: 0, count: size)
        while true {
            let count = Glibc.read(requests.descriptor, &bytes, bytes.count)
            if count >= 0 { return .bytes(bytes.prefix(count)) }
            if errno != EINTR { return .over(errno) }
        }
    }

    /// Waits until the host has taken all of `bytes`.
    func write(_ bytes: ArraySlice<UInt8>) -> Outcome {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(replies.descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return .over(count < 0 ? errno : EIO) }
            rest = rest.dropFirst(count)
        }
        return .bytes([])
    }

    /// The events that have come since; waits for none.
    static func readEvents(_ descriptor: Int32) -> [GadgetEvent] {
        var bytes = [UInt8](repeating: 0, count: 4 * GadgetEvent.size)
        while true {
            let count = Glibc.read(descriptor, &bytes, bytes.count)
            // EIDRM: the host gave up a request on the control pipe that was not answered yet.
            if count < 0, errno == EINTR || errno == EIDRM { continue }
            return GadgetEvent.events(in: bytes.prefix(max(0, count)))
        }
    }

    /// Refuses the request on the control pipe, by going the other way.
    static func stall(_ descriptor: Int32, isToHost: Bool) {
        // The answer is always an error (EL2HLT), which says that it was refused.
        _ = isToHost ? Glibc.read(descriptor, nil, 0) : Glibc.write(descriptor, nil, 0)
    }
}

/// An open file, closed when its owner goes.
struct OpenFile: ~Copyable {
    let descriptor: Int32
    let path: String

    init(_ path: String, _ flags: Int32, mode: mode_t = 0) throws(SystemCallFailure) {
        descriptor = try SystemCall.open(path, flags, mode: mode)
        self.path = path
    }

    deinit { _ = close(descriptor) }
}
