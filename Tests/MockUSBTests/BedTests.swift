#if MOCKED_USB
    import CLibUSB
    import DongleProtocol
    import Dongles
    import Licensing
    import MockUSB
    import TestKit
    import Testing
    import Vaults

    /// The mocked bus is one for libusb itself: what the other tests stand on.
    @Suite(.serialized, .enabled(if: MockedRun.isThis))
    struct BedTests {
        @Test func libusbFindsADongleAndTalksToIt() throws {
            let bus = try MockBus.shared()
            let memory = MemoryVault(
                location: .usb(try #require(SerialNumber("4711"))), capacity: .dongle,
                random: DeterministicRandom(seed: 1).source)
            let dongle = try MockDongle(memory)
            let plug = try bus.plug(dongle)
            var context: OpaquePointer?
            #expect(libusb_init(&context) == 0)
            defer { libusb_exit(context) }
            let handle = try #require(
                libusb_open_device_with_vid_pid(context, USBIdentity.standard.vendor, USBIdentity.standard.product))
            #expect(libusb_claim_interface(handle, 0) == 0)
            #expect(libusb_set_interface_alt_setting(handle, 0, 0) == 0)
            var text = [UInt8](repeating: 0, count: 255)
            #expect(libusb_get_string_descriptor_ascii(handle, 3, &text, 255) == 4)
            #expect(text.prefix(4) == ArraySlice("4711".utf8))
            let hello = DongleRequest.hello(versions: DongleVersion.spoken)
            var request = try Frame(
                command: hello.command.rawValue, direction: .request, sequence: 7, payload: hello.payload
            ).bytes
            var count: Int32 = 0
            #expect(
                libusb_bulk_transfer(
                    handle, MockDescriptors.endpoints.requests, &request, Int32(request.count), &count, 1000) == 0)
            var reply = [UInt8](repeating: 0, count: 512)
            #expect(libusb_bulk_transfer(handle, MockDescriptors.endpoints.replies, &reply, 512, &count, 1000) == 0)
            let frame = try Frame(bytes: Array(reply.prefix(Int(count))))
            #expect(try HelloReply(payload: frame.payload).serial.description == "4711")
            let history = dongle.history
            #expect((history.claims, history.settings, history.requests, history.transfers) == (1, 1, 1, 2))
            try bus.unplug(plug)
            #expect(
                libusb_bulk_transfer(
                    handle, MockDescriptors.endpoints.requests, &request, Int32(request.count), &count, 1000)
                    == LIBUSB_ERROR_NO_DEVICE.rawValue)
            libusb_close(handle)
        }
    }
#endif
