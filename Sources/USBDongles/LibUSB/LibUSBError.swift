import CLibUSB

/// Why a call of libusb failed.
struct LibUSBError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What libusb's numbers mean (`enum libusb_error`).
    enum Code: String, Sendable, CaseIterable {
        case io = "IO"
        case invalidParameter = "INVALID_PARAM"
        case access = "ACCESS"
        case noDevice = "NO_DEVICE"
        case notFound = "NOT_FOUND"
        case busy = "BUSY"
        case timeout = "TIMEOUT"
        case overflow = "OVERFLOW"
        case pipe = "PIPE"
        case interrupted = "INTERRUPTED"
        case noMemory = "NO_MEM"
        case notSupported = "NOT_SUPPORTED"
        /// `LIBUSB_ERROR_OTHER`, and any number that libusb does not name.
        case other = "OTHER"
    }

    /// What the number means.
    let code: Code
    /// The number as it came.
    let number: Int32

    /// The error of a negative result.
    init(_ number: Int32) {
        self.number = number
        code =
            switch libusb_error(rawValue: number) {
            case LIBUSB_ERROR_IO: .io
            case LIBUSB_ERROR_INVALID_PARAM: .invalidParameter
            case LIBUSB_ERROR_ACCESS: .access
            case LIBUSB_ERROR_NO_DEVICE: .noDevice
            case LIBUSB_ERROR_NOT_FOUND: .notFound
            case LIBUSB_ERROR_BUSY: .busy
            case LIBUSB_ERROR_TIMEOUT: .timeout
            case LIBUSB_ERROR_OVERFLOW: .overflow
            case LIBUSB_ERROR_PIPE: .pipe
            case LIBUSB_ERROR_INTERRUPTED: .interrupted
            case LIBUSB_ERROR_NO_MEM: .noMemory
            case LIBUSB_ERROR_NOT_SUPPORTED: .notSupported
            default: .other
            }
    }

    /// The error of that meaning, with libusb's number for it.
    init(_ code: Code) {
        let number: libusb_error =
            switch code {
            case .io: LIBUSB_ERROR_IO
            case .invalidParameter: LIBUSB_ERROR_INVALID_PARAM
            case .access: LIBUSB_ERROR_ACCESS
            case .noDevice: LIBUSB_ERROR_NO_DEVICE
            case .notFound: LIBUSB_ERROR_NOT_FOUND
            case .busy: LIBUSB_ERROR_BUSY
            case .timeout: LIBUSB_ERROR_TIMEOUT
            case .overflow: LIBUSB_ERROR_OVERFLOW
            case .pipe: LIBUSB_ERROR_PIPE
            case .interrupted: LIBUSB_ERROR_INTERRUPTED
            case .noMemory: LIBUSB_ERROR_NO_MEM
            case .notSupported: LIBUSB_ERROR_NOT_SUPPORTED
            case .other: LIBUSB_ERROR_OTHER
            }
        self.code = code
        self.number = number.rawValue
    }

    /// `LIBUSB_ERROR_IO, -1`.
    var description: String { "LIBUSB_ERROR_\(code.rawValue), \(number)" }
}

extension USBTrouble {
    /// What a failure of libusb while a device is opened says of the device.
    init(_ error: LibUSBError) {
        switch error.code {
        case .access: self = .noPermission
        case .busy: self = .claimedByAnother
        case .io, .invalidParameter, .noDevice, .notFound, .timeout, .overflow, .pipe, .interrupted, .noMemory,
            .notSupported, .other:
            self = .failed(error.description)
        }
    }
}
