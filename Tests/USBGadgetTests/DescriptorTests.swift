import DongleProtocol
import Testing
import USBGadget

/// What the dongle says of itself, against the bytes that USB's and the kernel's documents ask for.
struct DescriptorTests {
    @Test func describeOneInterfaceWithABulkEndpointEachWay() {
        #expect(
            DongleDescriptors.interface(.high, string: 0) == [
                [9, 4, 0, 0, 2, 0xFF, 0x41, 0x01, 0],
                [7, 5, 0x01, 2, 0x00, 0x02, 0],
                [7, 5, 0x82, 2, 0x00, 0x02, 0],
            ])
        #expect(DongleDescriptors.interface(.full, string: 0)[1] == [7, 5, 0x01, 2, 64, 0, 0])
    }

    @Test func giveEveryEndpointAtSuperSpeedItsCompanion() {
        let descriptors = DongleDescriptors.interface(.superSpeed, string: 1)
        #expect(descriptors.map { $0[1] } == [4, 5, 0x30, 5, 0x30])
        #expect(descriptors[1] == [7, 5, 0x01, 2, 0x00, 0x04, 0])
        #expect(descriptors[2] == [6, 0x30, 0, 0, 0, 0])
        #expect(descriptors[0][8] == 1)
    }

    @Test(arguments: USBSpeed.allCases) func sayTheirOwnLength(_ speed: USBSpeed) {
        for descriptor in DongleDescriptors.interface(speed, string: 1) {
            #expect(Int(descriptor[0]) == descriptor.count)
        }
    }

    @Test func writeTheTablesThatFunctionFSReads() {
        let bytes = FunctionFSTables.descriptors
        // Magic, length of the whole, flags, then how many descriptors each speed has.
        #expect(bytes.prefix(4) == [3, 0, 0, 0])
        #expect(bytes[4..<8] == [UInt8(bytes.count), 0, 0, 0])
        #expect(bytes[8..<12] == [7, 0, 0, 0])
        #expect(bytes[12..<24] == [3, 0, 0, 0, 3, 0, 0, 0, 5, 0, 0, 0])
        let body = USBSpeed.allCases.flatMap { DongleDescriptors.interface($0, string: 1) }.joined()
        #expect(Array(bytes.dropFirst(24)) == Array(body))
    }

    @Test func nameTheInterfaceInEnglish() {
        let bytes = FunctionFSTables.strings
        #expect(bytes.prefix(16) == [2, 0, 0, 0, UInt8(bytes.count), 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0])
        #expect(bytes[16..<18] == [0x09, 0x04])
        #expect(Array(bytes.dropFirst(18)) == Array(FunctionFSTables.interfaceName.utf8) + [0])
    }
}
