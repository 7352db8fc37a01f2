import DongleProtocol
import Dongles
import Logging
import Testing
import USBDongles

/// libusb itself, on whatever machine the tests run.
struct SystemTests {
    /// An identity that no device bears.
    private let nobody = USBSettings(identities: [USBIdentity(vendor: 0xFFFF, product: 0xFFFF)])

    @Test(.timeLimit(.minutes(1)))
    func startsAndEndsWithAndWithoutUSB() async throws {
        for _ in 0..<10 {
            let source = try await USBDongleSource.start(nobody, logger: Logger(label: "test"))
            #expect(source.report().devices == [])
            await source.close()
            var events = source.events.makeAsyncIterator()
            #expect(await events.next() == nil)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func closingTwiceIsTheSameAsOnce() async throws {
        let source = try await USBDongleSource.start(nobody, logger: Logger(label: "test"))
        await source.close()
        await source.close()
    }
}
