import DongleProtocol
import Testing

struct USBIdentityTests {
    @Test func isWrittenAsItIsRead() throws {
        let identity = try #require(USBIdentity("1209:0a0F"))
        #expect(identity == USBIdentity(vendor: 0x1209, product: 0x0A0F))
        #expect(identity.description == "1209:0a0f")
    }

    @Test(arguments: [
        "", "1209", "1209:", ":0001", "1209:001", "1209:00001", "1209:+001", "1209:000g", "1209:0001:", "１２０９:0001",
    ])
    func refusesAnyOtherText(_ text: String) {
        #expect(USBIdentity(text) == nil)
    }
}
