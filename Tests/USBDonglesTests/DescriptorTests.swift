import DongleProtocol
import Testing
import Vaults

@testable import USBDongles

/// Descriptors that a device may send, honest and hostile.
@Suite(.timeLimit(.minutes(1)))
struct DescriptorTests {
    private static func endpoint(
        _ address: UInt8, attributes: UInt8 = 2, size: UInt16 = 512
    ) -> USBEndpointDescriptor {
        USBEndpointDescriptor(address: address, attributes: attributes, maximumPacketSize: size)
    }

    private static func interface(_ change: (inout USBInterfaceDescriptor) -> Void) -> USBInterfaceDescriptor {
        var interface = USBInterfaceDescriptor.dongle
        change(&interface)
        return interface
    }

    @Test func endpointsAreTakenFromTheDescriptors() throws {
        let odd = Self.interface {
            $0.number = 3
            $0.endpoints = [
                Self.endpoint(0x87, attributes: 3, size: 8), Self.endpoint(0x8F, size: 1024), Self.endpoint(0x0E),
            ]
        }
        let pipes = try #require(USBPipes([odd]))
        #expect(pipes.interface == 3)
        #expect(pipes.input == 0x8F)
        #expect(pipes.output == 0x0E)
        #expect(pipes.inputPacketSize == 1024)
    }

    @Test func theFirstDonglesInterfaceIsTakenAmongOthers() throws {
        let other = Self.interface { $0.classCode = 0x03 }
        let pipes = try #require(
            USBPipes([other, Self.interface { $0.number = 7 }, Self.interface { $0.number = 5 }]))
        #expect(pipes.interface == 5)
    }

    static let impossible: [USBInterfaceDescriptor] = [
        interface { $0.endpoints = [] },
        interface { $0.endpoints = (1...15).flatMap { [endpoint($0), endpoint($0 | 0x80)] } },
        interface { $0.endpoints = [endpoint(0x01)] },
        interface { $0.endpoints = [endpoint(0x81)] },
        interface { $0.endpoints = [endpoint(0x01), endpoint(0x02)] },
        interface { $0.endpoints = [endpoint(0x01, attributes: 3), endpoint(0x81, attributes: 3)] },
        interface { $0.endpoints = [endpoint(0x01), endpoint(0x81, size: 0)] },
        interface { $0.endpoints = [endpoint(0x01, size: 0), endpoint(0x81)] },
        interface { $0.endpoints = [endpoint(0x01), endpoint(0x81, size: 1025)] },
        interface { $0.endpoints = [endpoint(0x01), endpoint(0x81, size: .max)] },
        interface { $0.endpoints = [endpoint(0x00), endpoint(0x81)] },
        interface { $0.endpoints = [endpoint(0x01), endpoint(0x80)] },
        interface { $0.endpoints = [endpoint(0x71), endpoint(0x81)] },
        interface { $0.setting = 1 },
        interface { $0.classCode = 0xFE },
        interface { $0.subclass = 0x42 },
        interface { $0.protocolCode = 0x02 },
    ]

    @Test(arguments: impossible)
    func anInterfaceThatIsNoDonglesIsNotTaken(_ interface: USBInterfaceDescriptor) async throws {
        #expect(USBPipes([interface]) == nil)
        let bench = try await USBBench.start { $0.interfaces = [interface] }
        #expect(bench.state() == .trouble(.noDongleInterface))
        // Nothing but a new plugging-in can change that, so it is not tried again.
        bench.usb.tell()
        await bench.usb.until { $0.calls.filter { $0 == "devices" }.count == 2 }
        await bench.close()
        #expect(bench.usb.calls.filter { $0 == "open 1" }.count == 1)
    }

    @Test func aConfigurationWithoutInterfacesIsNoDongle() {
        #expect(USBPipes([]) == nil)
    }

    private static func text(_ units: [UInt16]) -> [UInt8] {
        [UInt8(truncatingIfNeeded: 2 + 2 * units.count), 3] + units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    }

    @Test func aSerialNumberIsRead() {
        #expect(USBString.serial(Self.text(Array("AB-12_x.9".utf16))) == SerialNumber("AB-12_x.9"))
        #expect(USBString.firstLanguage([4, 3, 0x07, 0x04]) == 0x0407)
    }

    static let unusable: [[UInt8]] = [
        [], [0], [2, 3], [4, 3], [4, 3, 65], [4, 2, 65, 0], [5, 3, 65, 0, 66], [255, 3, 65, 0], [4, 3, 65, 0, 66, 0],
        text(Array("SPACE D".utf16)), text(Array("NUL\0".utf16)), text(Array("ÄÖÜ".utf16)), text([0x0141]),
        text([0xD800]), text([0xFFFF, 0xFFFE]), text(Array(repeating: 65, count: 33)),
        text(Array(repeating: 65, count: 126)), text(Array("../etc".utf16)), text([0x1B, 0x5B]),
        Array(repeating: 0xFF, count: 255),
    ]

    @Test(arguments: unusable)
    func aSerialNumberThatNoDongleMayHaveIsATrouble(_ descriptor: [UInt8]) async throws {
        #expect(USBString.serial(descriptor) == nil)
        let bench = try await USBBench.start { $0.serial = descriptor }
        #expect(bench.state() == .trouble(.serialUnusable))
        #expect(bench.source.report().devices.first?.serial == nil)
        #expect(!bench.usb.calls.contains("claim 1"))
        await bench.close()
    }

    @Test(arguments: [[], [2, 3], [4, 3, 9], [3, 3, 9], [4, 0, 9, 4]] as [[UInt8]])
    func aListOfLanguagesThatIsNoneIsATrouble(_ languages: [UInt8]) async throws {
        let bench = try await USBBench.start { $0.languages = languages }
        #expect(bench.state() == .trouble(.serialUnusable))
        await bench.close()
    }

    @Test func aDeviceWithoutASerialNumberIsNotAskedForOne() async throws {
        let bench = try await USBBench.start {
            $0.facts = USBDeviceFacts(identity: .standard, serialIndex: 0, bus: 1, address: 4)
        }
        #expect(bench.state() == .trouble(.serialUnusable))
        #expect(!bench.usb.calls.contains { $0.hasPrefix("text") })
        await bench.close()
    }

    @Test(arguments: [
        (LibUSBError(.pipe), USBTrouble.serialUnusable), (LibUSBError(.overflow), .serialUnusable),
        (LibUSBError(.timeout), .failed("LIBUSB_ERROR_TIMEOUT, -7")),
    ])
    func aDeviceThatDoesNotTellItsSerialNumberIsNotAskedAgain(_ error: LibUSBError, _ trouble: USBTrouble) async throws
    {
        let bench = try await USBBench.start { $0.descriptorErrors = [error] }
        #expect(bench.state() == .trouble(trouble))
        #expect(bench.usb.calls.filter { $0 == "open 1" }.count == 1)
        await bench.close()
    }

    @Test func endpointsAreClearedWhereTheSettingCanNotBeSelected() async throws {
        let bench = try await USBBench.start { $0.selectErrors = [LibUSBError(.pipe)] }
        #expect(bench.state() == .inUse)
        #expect(bench.usb.calls.suffix(3) == ["select 1", "clear 1 of 1", "clear 82 of 1"])
        await bench.close()
    }

    @Test func aDeviceThatTakesNeitherRequestIsAskedOnce() async throws {
        let bench = try await USBBench.start {
            $0.selectErrors = [LibUSBError(.other)]
            $0.clearErrors = [LibUSBError(.other)]
        }
        #expect(bench.state() == .trouble(.failed("LIBUSB_ERROR_OTHER, -99")))
        #expect(bench.usb.calls.filter { $0 == "open 1" }.count == 1)
        #expect(bench.usb.calls.suffix(4) == ["select 1", "clear 1 of 1", "release 1", "close 1"])
        await bench.close()
    }

    @Test func whatIsGoneWhenTheSettingIsSelectedIsGivenBackInOrder() async throws {
        let bench = try await USBBench.start(times: USBTimes(retries: [])) {
            $0.selectErrors = [LibUSBError(.noDevice)]
        }
        #expect(bench.state() == .trouble(.failed("LIBUSB_ERROR_NO_DEVICE, -4")))
        #expect(bench.usb.calls.suffix(3) == ["select 1", "release 1", "close 1"])
        await bench.close()
    }
}
