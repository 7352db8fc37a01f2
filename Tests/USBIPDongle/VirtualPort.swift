import Glibc

/// A port of the kernel's virtual host controller (`vhci_hcd`), with a device at the other end of a socket pair.
struct VirtualPort {
    /// How many ports of the controller take devices of high speed.
    static let count = 8

    struct Failure: Error, CustomStringConvertible { let description: String }

    /// Plugs a device of high speed in at the port `number`, which has to be free, and gives the device's end of the
    /// socket. Shutting that down pulls the cable.
    static func plug(_ number: Int) throws -> Int32 {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else { throw failure("socketpair") }
        // The kernel takes a reference of its own.
        defer { close(ends[1]) }
        do {
            try attach(port: number, descriptor: ends[1])
        } catch {
            close(ends[0])
            throw error
        }
        return ends[0]
    }

    /// Answers with `device` until the cable ends, on either side. Blocks.
    static func serve(_ device: USBIPDevice, at socket: Int32) {
        while let header = read(USBIPMessage.size, socket), let message = USBIPMessage(header),
            let data = read(message.dataLength, socket)
        {
            let (bytes, isPulled) = device.take(message, data: data)
            guard write(bytes, socket), !isPulled else { return }
        }
    }

    /// `Documentation/ABI/testing/sysfs-platform-vhci_hcd`: port, socket, device id, speed (3: high).
    private static func attach(port: Int, descriptor: Int32) throws {
        let path = "/sys/devices/platform/vhci_hcd.0/attach"
        let file = open(path, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure("open \(path)") }
        defer { close(file) }
        let text = Array("\(port) \(descriptor) \(1 << 16 | 2) 3".utf8)
        guard Glibc.write(file, text, text.count) == text.count else { throw failure("attach to port \(port)") }
    }

    private static func read(_ count: Int, _ descriptor: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var piece = [UInt8](repeating: 0, count: count - bytes.count)
            let got = recv(descriptor, &piece, piece.count, 0)
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { return nil }
            bytes += piece.prefix(got)
        }
        return bytes
    }

    private static func write(_ bytes: [UInt8], _ descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func failure(_ call: String) -> Failure { Failure(description: "\(call): error \(errno)") }
}
