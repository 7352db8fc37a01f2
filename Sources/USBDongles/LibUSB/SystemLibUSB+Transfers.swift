import CLibUSB

/// Bulk transfers: libusb's structure, with a buffer of its own that lives as long.
extension SystemLibUSB {
    func makeTransfer(capacity: Int) throws(LibUSBError) -> USBTransfer {
        guard let length = Int32(exactly: capacity), length >= 0, let transfer = libusb_alloc_transfer(0) else {
            throw LibUSBError(.noMemory)
        }
        let room = max(1, capacity)
        let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: room)
        buffer.initialize(repeating: 0, count: room)
        transfer.pointee.buffer = buffer
        transfer.pointee.length = length
        return USBTransfer(identifier: UInt(bitPattern: transfer))
    }

    func submit(
        _ transfer: USBTransfer, on handle: USBHandle, endpoint: UInt8, _ load: USBLoad,
        ended: @escaping @Sendable (USBTransferEnd) -> Void
    ) throws(LibUSBError) {
        guard let pointer = Self.pointer(transfer), let buffer = pointer.pointee.buffer else {
            throw LibUSBError(.invalidParameter)
        }
        let capacity = pointer.pointee.length
        let length: Int32
        let isInput: Bool
        switch load {
        case .send(let bytes):
            guard bytes.count <= Int(capacity) else { throw LibUSBError(.invalidParameter) }
            // Safe because the buffer has room for `capacity` bytes, and nobody else uses it until the transfer is
            // sent.
            bytes.withUnsafeBufferPointer { bytes in
                if let start = bytes.baseAddress { buffer.update(from: start, count: bytes.count) }
            }
            length = Int32(bytes.count)
            isInput = false
        case .receive(let count):
            guard let count = Int32(exactly: count), (0...capacity).contains(count) else {
                throw LibUSBError(.invalidParameter)
            }
            length = count
            isInput = true
        }
        // Safe because whoever ends the transfer takes the reference over, and libusb ends a transfer that it has taken
        // exactly once.
        let ending = Unmanaged.passRetained(TransferEnding(isInput: isInput, ended))
        libusb_fill_bulk_transfer(
            pointer, Self.pointer(handle), endpoint, buffer, length, { SystemLibUSB.take($0) }, ending.toOpaque(), 0)
        do throws(LibUSBError) {
            try Self.check(libusb_submit_transfer(pointer))
        } catch {
            ending.release()
            throw error
        }
    }

    func cancel(_ transfer: USBTransfer) {
        _ = libusb_cancel_transfer(Self.pointer(transfer))
    }

    func free(_ transfer: USBTransfer) {
        guard let pointer = Self.pointer(transfer) else { return }
        pointer.pointee.buffer?.deallocate()
        libusb_free_transfer(pointer)
    }

    /// What libusb calls when a transfer has ended, in the thread that handles events.
    fileprivate static func take(_ transfer: UnsafeMutablePointer<libusb_transfer>?) {
        guard let transfer, let data = transfer.pointee.user_data else { return }
        let ending = Unmanaged<TransferEnding>.fromOpaque(data).takeRetainedValue()
        transfer.pointee.user_data = nil
        let count = min(max(0, transfer.pointee.actual_length), transfer.pointee.length)
        // Safe because libusb has written `count` bytes, which are no more than there is room for, and writes no more.
        let received =
            ending.isInput
            ? Array(UnsafeBufferPointer(start: transfer.pointee.buffer, count: Int(count))) : []
        ending.ended(
            USBTransferEnd(
                status: USBTransferEnd.Status(transfer.pointee.status), count: Int(count), received: received))
    }

    private static func pointer(_ transfer: USBTransfer) -> UnsafeMutablePointer<libusb_transfer>? {
        UnsafeMutablePointer(bitPattern: transfer.identifier)
    }
}

/// Who is told that a transfer has ended.
private final class TransferEnding: Sendable {
    let isInput: Bool
    let ended: @Sendable (USBTransferEnd) -> Void

    init(isInput: Bool, _ ended: @escaping @Sendable (USBTransferEnd) -> Void) {
        self.isInput = isInput
        self.ended = ended
    }
}

extension USBTransferEnd.Status {
    fileprivate init(_ status: libusb_transfer_status) {
        self =
            switch status {
            case LIBUSB_TRANSFER_COMPLETED: .completed
            case LIBUSB_TRANSFER_TIMED_OUT: .timedOut
            case LIBUSB_TRANSFER_CANCELLED: .cancelled
            case LIBUSB_TRANSFER_STALL: .stall
            case LIBUSB_TRANSFER_NO_DEVICE: .noDevice
            case LIBUSB_TRANSFER_OVERFLOW: .overflow
            default: .error
            }
    }
}
