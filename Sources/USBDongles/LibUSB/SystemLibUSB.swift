import CLibUSB
import DongleProtocol
import Glibc
import Synchronization

/// libusb 1.0 itself, except for its list of devices.
///
/// Devices are counted in sysfs, and their nodes are opened here and lent to libusb: its own list lacks whatever udev did
/// not tell it of, for want of udev or of room in the socket. Besides, libusb 1.0.26 unlocks a lock that it has not locked
/// where it is to select the setting of a device that its list has lost meanwhile (`libusb_set_interface_alt_setting`), and
/// aborts the process when the handle is closed; a device that was lent is on no list.
///
/// A handle or transfer is named by its address in libusb, which stays valid until the caller gives it back.
final class SystemLibUSB: LibUSBCalls {
    /// What is open in the one context.
    private struct State {
        var context: Context?
        var hotplug: (handle: libusb_hotplug_callback_handle, listener: Unmanaged<HotplugListener>)?
        /// The descriptors of the nodes that were opened here and lent to libusb.
        var lent: [USBHandle: Int32] = [:]
    }

    /// Safe because libusb may be called with a context from any thread (its article "Multi-threaded applications").
    private struct Context: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    private let state = Mutex(State())
    /// The devices of the last count.
    private let sysfs = Mutex(SysfsDevices())

    /// The longest that a device may take to answer a request for a descriptor, in milliseconds.
    private static let controlTimeout: UInt32 = 1000

    // MARK: the context

    func begin(listening: Bool) throws(LibUSBError) {
        var context: OpaquePointer?
        var result = libusb_init(&context)
        if result != 0, !listening {
            // Without a netlink socket only this makes it succeed.
            _ = clibusb_do_without_discovery()
            context = nil
            result = libusb_init(&context)
        }
        try Self.check(result)
        guard let context else { throw LibUSBError(.other) }
        _ = clibusb_be_quiet(context)
        let begun = Context(pointer: context)
        state.withLock { $0.context = begun }
    }

    func end() {
        let (context, hotplug) = state.withLock { state in
            defer { state = State() }
            return (state.context, state.hotplug)
        }
        guard let context else { return }
        libusb_exit(context.pointer)
        // Safe because the context was the only one who could still call the listener.
        hotplug?.listener.release()
    }

    // MARK: events

    func registerHotplug(_ tell: @escaping @Sendable () -> Void) throws(LibUSBError) {
        // Safe because it is released only after the context that calls it was freed.
        let listener = Unmanaged.passRetained(HotplugListener(tell))
        let events = LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED.rawValue | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT.rawValue
        var handle: libusb_hotplug_callback_handle = 0
        let result = libusb_hotplug_register_callback(
            context, Int32(events), 0, LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY,
            { _, _, _, listener in
                if let listener { Unmanaged<HotplugListener>.fromOpaque(listener).takeUnretainedValue().tell() }
                return 0
            }, listener.toOpaque(), &handle)
        do throws(LibUSBError) {
            try Self.check(result)
        } catch {
            listener.release()
            throw error
        }
        state.withLock { $0.hotplug = (handle, listener) }
    }

    func deregisterHotplug() {
        let (context, hotplug) = state.withLock { ($0.context, $0.hotplug) }
        if let context, let hotplug { libusb_hotplug_deregister_callback(context.pointer, hotplug.handle) }
    }

    func handleEvents() throws(LibUSBError) {
        // A day: `libusb_handle_events` would wake up every minute.
        var patience = timeval(tv_sec: 86_400, tv_usec: 0)
        try Self.check(libusb_handle_events_timeout_completed(context, &patience, nil))
    }

    func interruptEvents() { libusb_interrupt_event_handler(context) }

    // MARK: devices

    func devices() throws(LibUSBError) -> [USBDevice: USBDeviceFacts] {
        try sysfs.withLock { sysfs throws(LibUSBError) in try sysfs.count() }
    }

    // MARK: an open device

    func open(_ device: USBDevice) throws(LibUSBError) -> USBHandle {
        guard let facts = sysfs.withLock({ $0[device] }) else { throw LibUSBError(.noDevice) }
        let descriptor = Glibc.open(facts.node, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else {
            switch errno {
            case EACCES, EPERM: throw LibUSBError(.access)
            case ENOENT, ENODEV, ENXIO: throw LibUSBError(.noDevice)
            default: throw LibUSBError(.io)
            }
        }
        var handle: OpaquePointer?
        do throws(LibUSBError) {
            try Self.check(libusb_wrap_sys_device(context, intptr_t(descriptor), &handle))
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        guard let handle else {
            Glibc.close(descriptor)
            throw LibUSBError(.other)
        }
        let named = USBHandle(identifier: UInt(bitPattern: handle))
        state.withLock { $0.lent[named] = descriptor }
        // Between the count and the opening another device may have come to the same node.
        guard let device = libusb_get_device(handle), try identity(of: device) == facts.identity else {
            close(named)
            throw LibUSBError(.noDevice)
        }
        return named
    }

    private func identity(of device: OpaquePointer) throws(LibUSBError) -> USBIdentity {
        var descriptor = libusb_device_descriptor()
        try Self.check(libusb_get_device_descriptor(device, &descriptor))
        return USBIdentity(vendor: descriptor.idVendor, product: descriptor.idProduct)
    }

    func close(_ handle: USBHandle) {
        guard let pointer = Self.pointer(handle) else { return }
        libusb_close(pointer)
        if let descriptor = state.withLock({ $0.lent.removeValue(forKey: handle) }) { Glibc.close(descriptor) }
    }

    func interfaces(of handle: USBHandle) throws(LibUSBError) -> [USBInterfaceDescriptor] {
        guard let device = Self.pointer(handle).flatMap({ libusb_get_device($0) }) else { throw LibUSBError(.noDevice) }
        var configuration: UnsafeMutablePointer<libusb_config_descriptor>?
        try Self.check(libusb_get_active_config_descriptor(device, &configuration))
        guard let configuration else { throw LibUSBError(.notFound) }
        defer { libusb_free_config_descriptor(configuration) }
        return USBInterfaceDescriptor.all(in: configuration.pointee)
    }

    func descriptor(
        _ handle: USBHandle, type: UInt8, index: UInt8, language: UInt16
    ) throws(LibUSBError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 255)
        let count = libusb_control_transfer(
            Self.pointer(handle), UInt8(LIBUSB_ENDPOINT_IN.rawValue), UInt8(LIBUSB_REQUEST_GET_DESCRIPTOR.rawValue),
            UInt16(type) << 8 | UInt16(index), language, &bytes, UInt16(bytes.count), Self.controlTimeout)
        guard count >= 0 else { throw LibUSBError(count) }
        return Array(bytes.prefix(Int(count)))
    }

    func claim(_ handle: USBHandle, interface: UInt8) throws(LibUSBError) {
        try Self.check(libusb_claim_interface(Self.pointer(handle), Int32(interface)))
    }

    func release(_ handle: USBHandle, interface: UInt8) {
        _ = libusb_release_interface(Self.pointer(handle), Int32(interface))
    }

    func selectFirstSetting(_ handle: USBHandle, interface: UInt8) throws(LibUSBError) {
        try Self.check(libusb_set_interface_alt_setting(Self.pointer(handle), Int32(interface), 0))
    }

    func clearHalt(_ handle: USBHandle, endpoint: UInt8) throws(LibUSBError) {
        try Self.check(libusb_clear_halt(Self.pointer(handle), endpoint))
    }

    func askWhetherThere(_ handle: USBHandle, interface: UInt8) throws(LibUSBError) {
        try Self.check(libusb_kernel_driver_active(Self.pointer(handle), Int32(interface)))
    }

    // MARK: helpers

    private var context: OpaquePointer? { state.withLock { $0.context }?.pointer }

    static func pointer(_ handle: USBHandle) -> OpaquePointer? { OpaquePointer(bitPattern: handle.identifier) }

    /// Throws where a result is negative, which is how libusb tells of an error.
    static func check(_ result: Int32) throws(LibUSBError) {
        if result < 0 { throw LibUSBError(result) }
    }
}

/// Who is told of arrivals and departures.
private final class HotplugListener: Sendable {
    let tell: @Sendable () -> Void

    init(_ tell: @escaping @Sendable () -> Void) {
        self.tell = tell
    }
}
