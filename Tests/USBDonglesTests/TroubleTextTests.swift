import Testing
import USBDongles

struct TroubleTextTests {
    @Test(arguments: [
        USBTrouble.noPermission, .claimedByAnother, .notConfigured, .noDongleInterface, .serialUnusable, .tooMany,
        .putAside, .failed("LIBUSB_ERROR_IO, -1"),
    ])
    func everyTroubleSaysWhatIsWrongAndWhoHasToAct(_ trouble: USBTrouble) {
        #expect(trouble.message.first?.isLowercase == true)
        #expect(trouble.hint.count > 20)
        #expect(trouble.hint != trouble.message)
    }

    @Test func aFailureKeepsTheNumberOfTheLibrary() {
        #expect(USBTrouble.failed("LIBUSB_ERROR_IO, -1").message.contains("LIBUSB_ERROR_IO, -1"))
    }
}
