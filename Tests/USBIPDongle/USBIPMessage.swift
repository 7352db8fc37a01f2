/// A message from the kernel's virtual host controller: `Documentation/usb/usbip_protocol.rst`. Numbers are big-endian.
struct USBIPMessage {
    /// What is asked.
    enum Content {
        /// A transfer.
        case submit(Transfer)
        /// A transfer that was submitted is not wanted any more.
        case unlink(sequence: UInt32)
    }

    /// A transfer that the host wants.
    struct Transfer {
        let sequence: UInt32
        /// The number of the endpoint, without direction.
        let endpoint: UInt32
        let isToHost: Bool
        /// The bytes to carry; those behind the header where they go to the device.
        let length: Int
        /// The eight bytes of a control request.
        let setup: [UInt8]
    }

    /// The bytes of every header.
    static let size = 48
    /// The most bytes of one transfer that are believed.
    static let longestTransfer = 1 << 20

    let sequence: UInt32
    let content: Content

    /// Reads a header of ``size`` bytes; nil where it is none.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.size else { return nil }
        func number(_ place: Int) -> UInt32 {
            bytes[(place * 4)..<(place * 4 + 4)].reduce(0) { $0 << 8 | UInt32($1) }
        }
        sequence = number(1)
        switch number(0) {
        case 1:
            guard let length = Int(exactly: number(6)), length <= Self.longestTransfer else { return nil }
            content = .submit(
                Transfer(
                    sequence: sequence, endpoint: number(4), isToHost: number(3) == 1, length: length,
                    setup: Array(bytes[40..<48])))
        case 2: content = .unlink(sequence: number(5))
        default: return nil
        }
    }

    /// How many bytes of data follow on the header.
    var dataLength: Int {
        guard case .submit(let transfer) = content, !transfer.isToHost else { return 0 }
        return transfer.length
    }
}

/// What goes back to the kernel.
enum USBIPReply {
    /// A transfer ended: with `status` (0 or a negative error number), and so many bytes carried.
    static func submitted(_ sequence: UInt32, status: Int32 = 0, carried: Int, data: [UInt8] = []) -> [UInt8] {
        header([3, sequence, 0, 0, 0, UInt32(bitPattern: status), UInt32(truncatingIfNeeded: carried)]) + data
    }

    /// A transfer was taken back (`wasPending`), or had ended already.
    static func unlinked(_ sequence: UInt32, wasPending: Bool) -> [UInt8] {
        header([4, sequence, 0, 0, 0, wasPending ? UInt32(bitPattern: -connectionReset) : 0])
    }

    /// The kernel's number for a transfer that was taken back.
    private static let connectionReset: Int32 = 104

    private static func header(_ numbers: [UInt32]) -> [UInt8] {
        let bytes = numbers.flatMap { number in
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
        }
        return bytes + [UInt8](repeating: 0, count: USBIPMessage.size - bytes.count)
    }
}
