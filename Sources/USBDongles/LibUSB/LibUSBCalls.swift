/// The calls of libusb that are used, and nothing else: so that their order and the lifetimes of what they give out are
/// tested on a recording stand-in.
///
/// Each method is one call, or the few that only make sense together. None may be called from the hotplug callback or
/// from a transfer's end.
protocol LibUSBCalls: AnyObject, Sendable {
    /// Makes the one context.
    ///
    /// - Parameter listening: whether libusb has to be able to listen for arrivals.
    func begin(listening: Bool) throws(LibUSBError)
    /// Gives the context back. No handle or transfer may be left, and no thread may be in ``handleEvents()``.
    func end()

    /// From now on `tell` is called, within ``handleEvents()``, when any device comes or goes. It must only take note.
    func registerHotplug(_ tell: @escaping @Sendable () -> Void) throws(LibUSBError)
    /// Ends that, though `tell` can still be called until nobody is in ``handleEvents()`` any more.
    func deregisterHotplug()
    /// Waits for something to happen and deals with it: ends transfers, and tells of arrivals.
    func handleEvents() throws(LibUSBError)
    /// Makes ``handleEvents()`` return, even if it is called only afterwards.
    func interruptEvents()

    /// Every device there is now, and what is known of it without asking it.
    func devices() throws(LibUSBError) -> [USBDevice: USBDeviceFacts]

    /// Opens a device of the last count.
    func open(_ device: USBDevice) throws(LibUSBError) -> USBHandle
    /// Closes a handle. No transfer on it may be in flight.
    func close(_ handle: USBHandle)
    /// The interfaces of the configuration that the kernel has set, all settings of all of them; `notFound` where it
    /// has set none.
    func interfaces(of handle: USBHandle) throws(LibUSBError) -> [USBInterfaceDescriptor]
    /// Asks the device for a descriptor, at most 255 bytes, for no longer than a second.
    func descriptor(_ handle: USBHandle, type: UInt8, index: UInt8, language: UInt16) throws(LibUSBError) -> [UInt8]
    /// Takes an interface for this process alone.
    func claim(_ handle: USBHandle, interface: UInt8) throws(LibUSBError)
    /// Gives an interface back.
    func release(_ handle: USBHandle, interface: UInt8)
    /// Selects the first setting of an interface (SET_INTERFACE), which makes both sides begin anew.
    func selectFirstSetting(_ handle: USBHandle, interface: UInt8) throws(LibUSBError)
    /// Makes an endpoint that has stalled work again (CLEAR_FEATURE), and begin anew.
    func clearHalt(_ handle: USBHandle, endpoint: UInt8) throws(LibUSBError)
    /// Asks the kernel, and not the device, something that it refuses with `noDevice` once the device is gone.
    func askWhetherThere(_ handle: USBHandle, interface: UInt8) throws(LibUSBError)

    /// A transfer with a buffer of its own of `capacity` bytes.
    func makeTransfer(capacity: Int) throws(LibUSBError) -> USBTransfer
    /// Sends a transfer on its way: `ended` is called exactly once, within ``handleEvents()``, and never where this
    /// throws.
    func submit(
        _ transfer: USBTransfer, on handle: USBHandle, endpoint: UInt8, _ load: USBLoad,
        ended: @escaping @Sendable (USBTransferEnd) -> Void
    ) throws(LibUSBError)
    /// Asks for the end of a transfer in flight, which then comes through its `ended`. Does nothing where it has come.
    func cancel(_ transfer: USBTransfer)
    /// Frees a transfer and its buffer. It must not be in flight.
    func free(_ transfer: USBTransfer)
}

/// A device, which is another each time it is plugged in.
struct USBDevice: Sendable, Hashable {
    /// Never given to another.
    let identifier: UInt
}

/// A device that is open.
struct USBHandle: Sendable, Hashable {
    /// Names it for as long as it is open.
    let identifier: UInt
}

/// A transfer and its buffer.
struct USBTransfer: Sendable, Hashable {
    /// Names it until it is freed.
    let identifier: UInt
}

/// What a bulk transfer carries.
enum USBLoad: Sendable, Hashable {
    /// These bytes, to the device.
    case send([UInt8])
    /// At most this many bytes, from the device.
    case receive(Int)
}

/// How a transfer ended.
struct USBTransferEnd: Sendable, Hashable {
    /// What libusb says of it (`enum libusb_transfer_status`).
    enum Status: String, Sendable, CaseIterable {
        case completed = "COMPLETED"
        /// An error that says nothing of its cause; a device that was pulled out is one.
        case error = "ERROR"
        case timedOut = "TIMED_OUT"
        case cancelled = "CANCELLED"
        case stall = "STALL"
        case noDevice = "NO_DEVICE"
        /// The device sent more than fitted into its last packet.
        case overflow = "OVERFLOW"
    }

    let status: Status
    /// How many bytes went over the cable.
    let count: Int
    /// The bytes that came from the device; none for a transfer to it.
    let received: [UInt8]
}
