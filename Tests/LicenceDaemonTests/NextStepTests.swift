import Control
import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

@testable import LicenceDaemon

/// What a person is told to do next.
@Suite struct NextStepTests {
    private let dongle: Location
    private let certificate: Certificate

    init() throws {
        dongle = .usb(try #require(SerialNumber("4711")))
        certificate = try TestVendor().key("a").certificate
    }

    private func transfer(_ standing: TransferSummary.Standing, isWithheld: Bool = false) -> TransferSummary {
        TransferSummary(
            identifier: TransferIdentifier(certificate: certificate, secret: [UInt8](repeating: 1, count: 10)),
            certificate: certificate, standing: standing, begun: Timestamp(seconds: 1), changed: Timestamp(seconds: 1),
            fingerprint: nil, isWithheld: isWithheld)
    }

    private func next(
        _ standing: TransferSummary.Standing, at location: Location = .local, other: Location? = nil,
        isWithheld: Bool = false, present: [Location] = [.local]
    ) -> String {
        transfer(standing, isWithheld: isWithheld).nextStep(at: location, other: other, present: present)
    }

    @Test func everyStateHasItsCommandAndTheFinishedOnesNone() {
        #expect(next(.source(.offered)).contains("offline-transfer activation --input"))
        #expect(next(.source(.released)).contains("offline-transfer settle --input"))
        #expect(next(.target(.open)).contains("offline-transfer activate --input"))
        #expect(next(.target(.declined)).contains("offline-transfer show"))
        let finished: [TransferSummary.Standing] = [
            .source(.withdrawn), .source(.settled), .source(.returned), .target(.active),
        ]
        for standing in finished { #expect(next(standing) == "") }
    }

    /// A target whose return code is withheld has declined already: it is not told to do it again, nor to load the code
    /// at home.
    @Test func aWithheldCodeHasAnotherWayOutAtEachSide() {
        let source = next(.source(.released), isWithheld: true)
        #expect(source.contains("offline-transfer decline") && source.contains("offline-transfer reclaim"))
        let target = next(.target(.declined), isWithheld: true)
        #expect(!target.contains("decline") && !target.contains("reclaim"))
        #expect(target.contains("--forget-kept-anchor") && target.contains("almctl offline-transfer show"))
        #expect(
            next(.target(.declined), at: dongle, isWithheld: true).hasPrefix("plug in dongle 4711; then the return"))
    }

    @Test func aDongleThatIsAwayIsToBePluggedInFirst() {
        for standing in [TransferSummary.Standing.source(.offered), .source(.released), .target(.open)] {
            #expect(next(standing, at: dongle).hasPrefix("plug in dongle 4711; then "))
            #expect(!next(standing, at: dongle, present: [.local, dongle]).contains("plug in"))
        }
    }

    /// Programs have fields for what the sentence says.
    @Test func theEntryHasFieldsForWhereItGoesOn() {
        func entry(
            _ standing: TransferSummary.Standing, at location: Location = .local, other: Location? = nil,
            isWithheld: Bool = false
        ) -> TransferEntry {
            TransferEntry(
                transfer(standing, isWithheld: isWithheld), at: location, other: other, present: [.local])
        }
        #expect(entry(.source(.released), other: dongle).moveTo == "usb:4711")
        #expect(entry(.source(.offered), other: dongle).moveTo == "usb:4711")
        #expect(entry(.target(.open), at: dongle, other: .local).moveTo == "usb:4711")
        #expect(!entry(.target(.open), at: dongle, other: .local).present)
        for other in [entry(.source(.released)), entry(.target(.open)), entry(.target(.active), other: dongle)] {
            #expect(other.moveTo == nil && !other.withheld && other.present)
        }
        let withheld = entry(.source(.released), other: dongle, isWithheld: true)
        #expect(withheld.moveTo == nil && withheld.withheld)
    }

    @Test func aMoveThatIsGoingOnIsToBeGoneOnWith() throws {
        let move = "go on: almctl move \(certificate.number) --to usb:4711"
        let both = [Location.local, dongle]
        #expect(next(.source(.released), other: dongle, present: both) == move)
        #expect(next(.target(.open), at: dongle, other: .local, present: both) == move)
        #expect(next(.source(.released), other: dongle) == "plug in dongle 4711; then \(move)")
        #expect(next(.target(.open), at: dongle, other: .local) == "plug in dongle 4711; then \(move)")
        let second = Location.usb(try #require(SerialNumber("4712")))
        #expect(
            next(.source(.released), at: dongle, other: second)
                == "plug in dongle 4711 and dongle 4712; then go on: almctl move \(certificate.number) --to usb:4712")
        #expect(next(.source(.offered), other: dongle, present: both) == move)
        #expect(next(.source(.offered)).contains("activation --input"))
    }
}
