import Control
import Dongles
import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

@testable import LicenceDaemon

/// The four steps over two machines, each with a local store and dongles: every code finds its place.
@Suite struct TransferDeskTests {
    /// Holds the key at the beginning.
    private let here: Machine
    private let there: Machine
    /// Plugged in here.
    private let first: SharedVault
    private let second: SharedVault

    init() async throws {
        here = try Machine()
        there = try Machine(seed: 200)
        first = try Machine.dongle("4711")
        second = try Machine.dongle("4712")
        try await here.plug(first)
        try await here.plug(second)
    }

    private func offer(_ key: TestKey) async throws -> StepEntry {
        try await here.desk.offer(key.number.description, anew: false, by: 0)
    }

    private func release(_ request: StepEntry) async throws -> StepEntry {
        try await here.desk.release(try request.text, fingerprint: nil, evenIfInUse: false, by: 0)
    }

    /// The text with one character of each line changed: it can be repaired, and is reported.
    private func damaged(_ step: StepEntry) -> String {
        step.code.map { line in
            var characters = Array(line)
            let last = characters.count - 1
            characters[last] = characters[last] == "0" ? "1" : "0"
            return String(characters)
        }.joined(separator: "\n")
    }

    @Test(arguments: ["local", "usb:4711", "usb:4712"])
    func everyCodeOfASourceIsRoutedToThePlaceThatKnowsIt(_ location: String) async throws {
        let vault = location == "local" ? here.local : location == "usb:4711" ? first : second
        let key = try here.mint("a", into: vault)
        let start = try await offer(key)
        #expect(start.transfer.location == location)
        let request = try await there.desk.request(try start.text, to: "local", by: 0)
        #expect(request.transfer.location == "local")
        #expect(try await here.desk.recognise(try request.text).transfer?.location == location)
        let activation = try await here.desk.release(
            try request.text, fingerprint: request.transfer.fingerprint, evenIfInUse: false, by: 0)
        #expect((activation.transfer.location, activation.transfer.state) == (location, "RELEASED"))
        let active = try await there.desk.activate(try activation.text, by: 0)
        #expect((active.transfer.state, active.transfer.next, active.code) == ("ACTIVE", "", []))
        let receipt = try await there.desk.step(
            TransferStep.receipt, start.transfer.transfer, side: .target, at: nil, by: 0)
        let settled = try await here.desk.settle(try receipt.text, by: 0)
        #expect((settled.transfer.location, settled.transfer.state) == (location, "SETTLED"))
        #expect(try keysInTheWorld(key.number, here.local, first, second, there.local) == 1)
    }

    @Test(arguments: ["local", "usb:4711", "usb:4712"])
    func everyCodeOfATargetIsRoutedToThePlaceThatKnowsIt(_ location: String) async throws {
        let key = try there.mint("a", into: there.local)
        let start = try await there.desk.offer(key.number.description, anew: false, by: 0)
        let request = try await here.desk.request(try start.text, to: location, by: 0)
        let activation = try await there.desk.release(
            try request.text, fingerprint: nil, evenIfInUse: false, by: 0)
        #expect(try await here.desk.recognise(try activation.text).transfer?.location == location)
        let active = try await here.desk.activate(try activation.text, by: 0)
        #expect((active.transfer.location, active.transfer.state) == (location, "ACTIVE"))
        let again = try await here.desk.activate(try activation.text, by: 0)
        #expect((again.repeated, again.transfer.location) == (true, location))
    }

    @Test(arguments: ["local", "usb:4712"])
    func aReturnCodeIsRoutedToo(_ location: String) async throws {
        let vault = location == "local" ? here.local : second
        let key = try here.mint("a", into: vault)
        let start = try await offer(key)
        let request = try await there.desk.request(try start.text, to: "local", by: 0)
        _ = try await release(request)
        let declined = try await there.desk.step(
            TransferStep.decline, start.transfer.transfer, side: .target, at: nil, by: 0)
        let returned = try await here.desk.reclaim(try declined.text, by: 0)
        #expect((returned.transfer.location, returned.transfer.state) == (location, "RETURNED"))
        #expect(try vault.keys().map(\.number) == [key.number])
    }

    @Test func aTransferKnownInTwoPlacesHasToBeSaidWhere() async throws {
        let key = try there.mint("a", into: there.local)
        let start = try await there.desk.offer(key.number.description, anew: false, by: 0)
        for place in ["local", "usb:4711"] { _ = try await here.desk.request(try start.text, to: place, by: 0) }
        let name = start.transfer.transfer
        let error = await refuses(.transferAmbiguous) {
            try await here.desk.step(TransferStep.decline, name, side: .target, at: nil, by: 0)
        }
        #expect(error?.parameters[.location] == "local, usb:4711")
        #expect(error?.hint.contains("--at") == true)
        let declined = try await here.desk.step(
            TransferStep.decline, name, side: .target, at: "usb:4711", by: 0)
        #expect(declined.transfer.location == "usb:4711")
        await refuses(.noSuchTransfer) {
            try await here.desk.step(TransferStep.decline, name, side: .target, at: "usb:4712", by: 0)
        }
        await refuses(.noSuchLocation) {
            try await here.desk.step(TransferStep.decline, name, side: .target, at: "cloud", by: 0)
        }
        await refuses(.transferOtherSide) {
            try await here.desk.step(TransferStep.cancel, name, side: .source, at: "local", by: 0)
        }
        await refuses(.noSuchTransfer) {
            try await here.desk.step(TransferStep.cancel, "not a name", side: .source, at: nil, by: 0)
        }
    }

    @Test func aCodeOfAnotherKindIsRefusedByName() async throws {
        let key = try here.mint("a", into: here.local)
        let start = try await offer(key)
        let error = await refuses(.codeWrongKind) { try await there.desk.activate(try start.text, by: 0) }
        #expect(error?.parameters[.kind] == "start code")
        #expect(error?.parameters[.expected] == "activation code")
        await refuses(.codeNotFound) { try await there.desk.activate("nothing of the kind", by: 0) }
    }

    @Test func whatWasRepairedIsReportedAndSuspectedWhereTheCodeFails() async throws {
        let key = try here.mint("a", into: here.local)
        let start = try await offer(key)
        let request = try await there.desk.request(damaged(start), to: "local", by: 0)
        #expect(Set(request.repairs.map(\.line)) == Set(1...start.code.count))
        let activation = try await release(request)

        // A third machine has no request that this code answers.
        let third = try Machine(seed: 300)
        let error = await refuses(.activationForAnotherRequest) {
            try await third.desk.activate(damaged(activation), by: 0)
        }
        #expect(error?.parameters[.suspects] == "1, 2")
        #expect(error?.hint.contains("line 1, 2 had to be repaired") == true)
        let whole = await refuses(.activationForAnotherRequest) {
            try await third.desk.activate(try activation.text, by: 0)
        }
        #expect(whole?.parameters[.suspects] == nil)
        let unknown = await refuses(.requestUnknown) {
            try await third.desk.release(damaged(request), fingerprint: nil, evenIfInUse: false, by: 0)
        }
        #expect(unknown?.parameters[.suspects] == "1, 2, 3, 4")
        // A line of which only the number is wrong is right in itself.
        let numbered = (["2" + activation.code[0].dropFirst()] + activation.code.dropFirst()).joined(separator: "\n")
        #expect(try CodeReader.read(numbered).repairs.map(\.group) == [0])
        let misnumbered = await refuses(.activationForAnotherRequest) {
            try await third.desk.activate(numbered, by: 0)
        }
        #expect(misnumbered?.parameters[.suspects] == nil)
    }

    @Test func aFingerprintThatDiffersKeepsTheKey() async throws {
        let key = try here.mint("a", into: here.local)
        let request = try await there.desk.request(try await offer(key).text, to: "local", by: 0)
        for wrong in ["0000-0000-0000", "", "nonsense"] {
            await refuses(.fingerprintDiffers) {
                try await here.desk.release(try request.text, fingerprint: wrong, evenIfInUse: false, by: 0)
            }
        }
        #expect(try here.local.keys().count == 1)
        let right = try #require(request.transfer.fingerprint).lowercased().replacing("-", with: " ")
        let step = try await here.desk.release(try request.text, fingerprint: right, evenIfInUse: false, by: 0)
        #expect(step.transfer.state == "RELEASED")
    }

    @Test func whatTheTargetCouldRefuseLaterIsRefusedInTheRequestAndChangesNothing() async throws {
        func refusesRequest(_ code: LicenceError.Code, _ text: String, to place: String = "local") async throws {
            let before = try VaultSnapshot(there.local)
            await refuses(code) { try await there.desk.request(text, to: place, by: 0) }
            #expect(try VaultSnapshot(there.local) == before)
        }
        let stranger = try TestVendor("Stranger").key("s")
        try here.local.mint(stranger)
        try await refusesRequest(.vendorUnknown, try await offer(stranger).text)

        let key = try here.vendor.key("a")
        var bytes = key.certificate.bytes
        bytes[bytes.count - 1] ^= 1
        let forged = TransferCode.start(
            try StartCode(offerSecret: [UInt8](repeating: 1, count: 10), certificate: bytes))
        try await refusesRequest(.signatureWrong, PrintedCode(forged).text)

        let old = try here.mint("old", TestTerms().with { $0.validUntil = "2026-02-28" }, into: here.local)
        try await refusesRequest(.licenceExpired, try await offer(old).text)

        let good = try await offer(try here.mint("good", into: here.local)).text
        try await refusesRequest(.dongleMissing, good, to: "usb:4711")
        try await refusesRequest(.noSuchLocation, good, to: "elsewhere")
        _ = try await there.desk.request(good, to: "local", by: 0)
    }

    @Test func aKeyThatExpiresOnItsWayArrivesAndSaysThatItMayNotBeUsed() async throws {
        let key = try here.mint("a", TestTerms().with { $0.validUntil = "2026-03-01" }, into: here.local)
        let request = try await there.desk.request(try await offer(key).text, to: "local", by: 0)
        let activation = try await release(request)
        there.clock.advance(days: 2)
        #expect(try await there.desk.activate(try activation.text, by: 0).transfer.state == "ACTIVE")
        let entry = try #require(await there.list.list().keys.first)
        #expect((entry.state, entry.usable) == ("HELD", false))
        #expect(entry.problem?.contains("2026-03-01") == true)
    }

    /// Each code, brought to a step that loads another, or back to the machine that made it.
    @Test func aCodeInTheWrongPlaceIsNamedWithItsTransfer() async throws {
        let key = try here.mint("a", into: here.local)
        let start = try await offer(key)
        let request = try await there.desk.request(try start.text, to: "local", by: 0)
        func refusal(_ step: StepEntry, _ load: (String) async throws -> StepEntry) async throws -> LicenceError {
            try #require(await refuses(.codeWrongKind) { try await load(try step.text) })
        }
        let (here, there) = (here.desk, there.desk)
        let released = { text in try await here.release(text, fingerprint: nil, evenIfInUse: false, by: 0) }
        // A start code says itself what it is of, on any machine.
        var refusals = [
            try await refusal(start, released),
            try await refusal(start) { try await Machine(seed: 300).desk.activate($0, by: 0) },
            try await refusal(request) { try await here.settle($0, by: 0) },
            try await refusal(request) { try await there.request($0, to: "local", by: 0) },
        ]
        let activation = try await release(request)
        refusals += [
            try await refusal(activation, released),
            try await refusal(activation) { try await there.request($0, to: "local", by: 0) },
        ]
        for error in refusals {
            #expect(error.parameters[.transfer] == start.transfer.transfer)
            #expect(error.message.contains("of transfer \(start.transfer.transfer), for Sample Runtime 4.2, not a"))
        }
        #expect(try await there.recognise(try start.text).transfer?.role == "target")
        #expect(try await here.recognise(try start.text).transfer?.role == "source")

        // Also where a text holds more than the one.
        let both = await refuses(.codeWrongKind) {
            try await there.settle(try request.text + "\n\n" + activation.text, by: 0)
        }
        #expect(both?.parameters[.transfer] == start.transfer.transfer)

        // Elsewhere nobody knows more than the code's kind.
        let error = try await refusal(request) { try await Machine(seed: 300).desk.activate($0, by: 0) }
        #expect(error.parameters[.transfer] == nil)
        #expect(
            error.message.hasPrefix("this is a request code, not an activation code; it is to be loaded at the source"))
    }

    @Test func aShortStartCodeIsLoadedOnceTheCertificateWasBrought() async throws {
        let key = try here.mint("a", into: here.local)
        let start = try await here.desk.offer(key.number.description, anew: false, short: true, by: 0)
        #expect(try CodeReader.read(try start.text).code.kind == .shortStart)
        #expect(start.code.count == 2)
        let hex = key.certificate.bytes.hexadecimal
        #expect(try await there.desk.importCertificate(hex).repeated == false)
        let again = try await there.desk.importCertificate(hex)
        #expect((again.repeated, again.name) == (true, key.certificate.name))
        let request = try await there.desk.request(try start.text, to: "local", by: 0)
        #expect(request.transfer.transfer == start.transfer.transfer)
        _ = try await there.desk.activate(try await release(request).text, by: 0)
        // The same offer gives its long code as well.
        let other = try here.mint("b", into: here.local)
        let short = try await here.desk.offer(other.number.description, anew: false, short: true, by: 0)
        let long = try await offer(other)
        #expect(short.transfer.transfer == long.transfer.transfer)
        #expect(long.repeated)
        #expect(try #require(short.file).contains("\nNeeds:    certificate \(other.certificate.name) at the target"))
        // And each of them once more.
        for (form, isShort) in [(short, true), (long, false)] {
            let shown = try await here.desk.show(form.transfer.transfer, at: nil, short: isShort, by: 0)
            #expect((shown.code, shown.file) == (form.code, form.file))
        }
        await refuses(.codeWrongKind) {
            try await there.desk.show(request.transfer.transfer, at: nil, short: true, by: 0)
        }
    }

    @Test func onlyACertificateOfATrustedVendorIsTakenIn() async throws {
        let stranger = try TestVendor("Stranger").key("s").certificate.bytes
        await refuses(.vendorUnknown) { try await there.desk.importCertificate(stranger.hexadecimal) }
        var forged = try here.vendor.key("a").certificate.bytes
        forged[forged.count - 1] ^= 1
        await refuses(.signatureWrong) { try await there.desk.importCertificate(forged.hexadecimal) }
        for text in ["", "0", "xy", "01", forged.hexadecimal + "00"] {
            await refuses(.certificateMalformed) { try await there.desk.importCertificate(text) }
        }
    }

    @Test func aShortStartCodeNeedsTheCertificate() async throws {
        let key = try here.mint("a", into: here.local)
        let start = try await offer(key).read.startCode
        func short(_ key: TestKey, _ secret: [UInt8]) throws -> String {
            PrintedCode(
                .shortStart(try ShortStartCode(offerSecret: secret, certificateHash: key.certificate.hash))
            ).text
        }
        let code = try short(key, start.offerSecret)
        let unknown = await refuses(.certificateUnknown) { try await there.desk.request(code, to: "local", by: 0) }
        #expect(unknown?.message.contains("for certificate \(key.certificate.name),") == true)
        #expect(unknown?.hint.contains("almctl certificate export \(key.certificate.name) ") == true)

        // There once, and gone again: the certificate is still known.
        let old = try Machine.dongle("OLD")
        try old.mint(key)
        _ = try old.perform(
            .offer(key.number, anew: false), on: Occasion(now: Timestamp(seconds: 1), user: 0))
        await there.mounts.departed(try await there.plug(old))
        let request = try await there.desk.request(code, to: "local", by: 0)
        #expect(request.transfer.licence == key.number.description)
        _ = try await there.desk.activate(try await release(request).text, by: 0)

        // A key that is here is known, and named as being here.
        let held = try there.mint("b", into: there.local)
        let itsOwn = try short(held, [UInt8](repeating: 3, count: 10))
        await refuses(.keyAlreadyHere) { try await there.desk.request(itsOwn, to: "local", by: 0) }
    }

    // MARK: - Codes that nobody knows

    @Test func aWrongRequestIsCountedInEveryPlaceWithAnOpenOfferAndOnlyIfNobodyKnowsIt() async throws {
        let (a, b) = (try here.mint("a", into: here.local), try here.mint("b", into: first))
        let (ofA, _) = (try await offer(a), try await offer(b))
        let request = try await there.desk.request(try ofA.text, to: "local", by: 0)
        let code = try request.read.requestCode
        let guess = PrintedCode(.request(try ForgedRequest.guess(1, at: code))).text
        func counters() throws -> [UInt64] { try [here.local, first, second].map { try $0.status().stateCounter } }
        let before = try counters()
        let machine = here
        await refuses(.requestUnknown) {
            try await machine.desk.release(guess, fingerprint: nil, evenIfInUse: false, by: 0)
        }
        #expect(try counters() == [before[0] + 1, before[1] + 1, before[2]])
        _ = try await release(request)
        #expect(try counters() == [before[0] + 2, before[1] + 1, before[2]])
    }

    @Test func anOfferThatWasGuessedAtIsNamedEvenIfADongleIsAway() async throws {
        let away = try Machine.dongle("AWAY")
        let port = try await here.plug(away)
        _ = try await offer(try here.mint("b", into: away))
        await here.mounts.departed(port)
        let request = try await there.desk.request(
            try await offer(try here.mint("a", into: here.local)).text, to: "local", by: 0)
        let code = try request.read.requestCode
        for attempt in 1..<1000 {
            let guess = TransferStep.release(try ForgedRequest.guess(attempt, at: code))
            _ = try? here.local.perform(guess, on: Occasion(now: Timestamp(seconds: 1), user: 0))
        }
        let last = PrintedCode(.request(try ForgedRequest.guess(1000, at: code))).text
        let machine = here
        await refuses(.offerGuessed) {
            try await machine.desk.release(last, fingerprint: nil, evenIfInUse: false, by: 0)
        }
    }

    @Test func aCodeForADongleThatIsAwayNamesTheDongle() async throws {
        // Of the source: request, return code and receipt are loaded while its dongle is away.
        let dongle = try Machine.dongle("77")
        let key = try here.mint("a", into: dongle)
        let port = try await here.plug(dongle)
        let start = try await offer(key)
        let request = try await there.desk.request(try start.text, to: "local", by: 0)
        await here.mounts.departed(port)
        let machine = here
        func names(_ body: () async throws -> StepEntry) async {
            let error = await refuses(.dongleMissing) { try await body() }
            #expect(error?.parameters[.serial] == "77")
        }
        await names {
            try await machine.desk.release(try request.text, fingerprint: nil, evenIfInUse: false, by: 0)
        }
        await names {
            try await machine.desk.step(
                TransferStep.cancel, start.transfer.transfer, side: .source, at: nil, by: 0)
        }
        let again = try await here.plug(dongle)
        _ = try await release(request)
        await here.mounts.departed(again)
        let declined = try await there.desk.step(
            TransferStep.decline, start.transfer.transfer, side: .target, at: nil, by: 0)
        await names { try await machine.desk.reclaim(try declined.text, by: 0) }
        let receipt = PrintedCode(.receipt(try ReceiptCode(receipt: [UInt8](repeating: 0, count: 9)))).text
        await names { try await machine.desk.settle(receipt, by: 0) }
    }

    @Test func anActivationForADongleThatIsAwayNamesTheDongle() async throws {
        let key = try there.mint("a", into: there.local)
        let start = try await there.desk.offer(key.number.description, anew: false, by: 0)
        let dongle = try Machine.dongle("77")
        let port = try await here.plug(dongle)
        let request = try await here.desk.request(try start.text, to: "usb:77", by: 0)
        let activation = try await there.desk.release(
            try request.text, fingerprint: nil, evenIfInUse: false, by: 0)
        await here.mounts.departed(port)
        let error = await refuses(.dongleMissing) { try await here.desk.activate(try activation.text, by: 0) }
        #expect(error?.parameters[.serial] == "77")
        let decline = await refuses(.dongleMissing) {
            try await here.desk.step(
                TransferStep.decline, start.transfer.transfer, side: .target, at: nil, by: 0)
        }
        #expect(decline?.parameters[.serial] == "77")
        let listed = try #require(try await here.desk.list(all: false).first)
        #expect((listed.location, listed.present, listed.state) == ("usb:77", false, "OPEN"))
        #expect(listed.next.hasPrefix("plug in dongle 77; then "))
    }

    /// A place that may yet release to the request is reason enough to keep its return code, whatever the local store
    /// says.
    @Test func aReturnCodeThatMayYetBeNeededIsNotCalledUnknown() async throws {
        let start = try await offer(try here.mint("a", into: second))
        _ = try await there.desk.request(try start.text, to: "local", by: 0)
        let declined = try await there.desk.step(
            TransferStep.decline, start.transfer.transfer, side: .target, at: nil, by: 0)
        await refuses(.nothingToTakeBack) { try await here.desk.reclaim(try declined.text, by: 0) }
        let third = try Machine(seed: 300)
        await refuses(.returnUnknown) { try await third.desk.reclaim(try declined.text, by: 0) }
    }

    /// Two people at one source: while one loads the return code, the other loads the request.
    @Test func aReturnCodeThatIsOvertakenByTheReleaseTakesTheKeyBack() async throws {
        let key = try here.mint("a", into: here.local)
        let start = try await offer(key)
        let request = try await there.desk.request(try start.text, to: "local", by: 0)
        let declined = try await there.desk.step(
            TransferStep.decline, start.transfer.transfer, side: .target, at: nil, by: 0)
        let code = try request.read.requestCode
        let local = here.local
        local.afterRecognising {
            #expect(throws: Never.self) {
                try local.perform(.release(code), on: Occasion(now: Timestamp(seconds: 1), user: 2))
            }
        }
        let events = here.events.watch()
        let back = try await here.desk.reclaim(try declined.text, by: 1)
        #expect(back.transfer.state == "RETURNED")
        #expect(!back.repeated)
        #expect(try here.local.keys().map(\.number) == [key.number])
        #expect(await here.posted(events) == ["changed local"])
    }

    /// What a dongle recognises and what it does are two things; a code that it gave is not thrown away.
    @Test func aDongleThatRecognisesNothingAndReleasesIsAnsweredFor() async throws {
        let dongle = try Machine.dongle("4713")
        let key = try here.mint("a", into: dongle)
        try await here.plug(dongle)
        let request = try await there.desk.request(try await offer(key).text, to: "local", by: 0)
        dongle.recogniseNothing()
        let lease = LeaseTable.Lease(
            identifier: "L", licence: key.number, location: dongle.location, connection: 1, user: 1, holder: "drive")
        _ = try await here.leases.take(lease, of: key.certificate)
        let activation = try await release(request)
        #expect(await !here.leases.isHeld("L"))
        _ = try await there.desk.activate(try activation.text, by: 0)
        #expect(try there.local.keys().map(\.number) == [key.number])
    }

    // MARK: - Dongles that fail

    @Test func aDongleThatDoesNotAnswerHoldsUpNoOtherPlace() async throws {
        let dead = try Machine.dongle("0000")
        try here.mint("b", into: dead)
        try await here.plug(dead, fault: CableFault(.silent, from: 4))
        let key = try here.mint("a", into: here.local)
        let start = try await offer(key)
        #expect(try await here.desk.list(all: false).map(\.transfer) == [start.transfer.transfer])
        let request = try await there.desk.request(try start.text, to: "local", by: 0)
        _ = try await release(request)
        #expect(
            try await here.desk.step(
                TransferStep.show, start.transfer.transfer, side: .either, at: nil, by: 0
            ).repeated)
        // Whatever only it could know is answered with what is wrong with it.
        let machine = here
        await refuses(.dongleSilent) { try await machine.desk.offer("0", anew: false, by: 0) }
    }

    // MARK: - Keys in use

    @Test func aKeyInUseIsGivenUpOnlyIfToldSoAndItsLeaseEnds() async throws {
        let key = try here.mint("a", into: here.local)
        let request = try await there.desk.request(try await offer(key).text, to: "local", by: 0)
        let lease = LeaseTable.Lease(
            identifier: "L", licence: key.number, location: .local, connection: 1, user: 1, holder: "drive")
        _ = try await here.leases.take(lease, of: key.certificate)
        let machine = here
        await refuses(.keyInUse) {
            try await machine.desk.release(try request.text, fingerprint: nil, evenIfInUse: false, by: 0)
        }
        #expect(try here.local.keys().count == 1)
        here.local.fail(with: LicenceError(.vaultLocked, [.location: "local", .reason: "for now"]))
        await refuses(.vaultLocked) {
            try await machine.desk.release(try request.text, fingerprint: nil, evenIfInUse: true, by: 0)
        }
        here.local.fail(with: nil)
        #expect(await here.leases.isHeld("L"))
        let events = here.events.watch()
        _ = try await here.desk.release(try request.text, fingerprint: nil, evenIfInUse: true, by: 0)
        #expect(await !here.leases.isHeld("L"))
        #expect(await here.posted(events) == ["changed local", "released local"])
    }

    /// Showing an activation code again by loading its request again gives nothing up.
    @Test func aReleaseThatWasDoneBeforeEndsNoLease() async throws {
        let key = try here.mint("a", into: here.local)
        let request = try await there.desk.request(try await offer(key).text, to: "local", by: 0)
        let activation = try await release(request)
        let lease = LeaseTable.Lease(
            identifier: "L", licence: key.number, location: first.location, connection: 1, user: 1, holder: "drive")
        _ = try await here.leases.take(lease, of: key.certificate)
        let again = try await release(request)
        #expect(again.repeated)
        #expect(again.code == activation.code)
        #expect(await here.leases.isHeld("L"))
    }

    /// 64 tasks at once load two different requests for one start code. `DaemonRaceTests` has a whole daemon do it.
    @Test func ofTwoRequestsLoadedAtOnceExactlyOneWins() async throws {
        let others = [there, try Machine(seed: 300)]
        let rounds = 200
        for round in 0..<rounds {
            let machine = try Machine(in: here.scratch)
            let key = try machine.mint("key \(round)", into: machine.local)
            let start = try await machine.desk.offer(key.number.description, anew: false, by: 0)
            var codes: [RequestCode] = []
            for other in others {
                let answer = try other.local.perform(
                    .request(key.certificate, offerSecret: try start.read.startCode.offerSecret),
                    on: Occasion(now: Timestamp(seconds: 1), user: 0))
                codes.append(try answer.requestCode)
            }
            let requests = codes
            let place = try await machine.mounts.place(at: .local)
            let outcomes = await withTaskGroup(of: String.self) { group in
                for client in 0..<64 {
                    let code = requests[client % 2]
                    group.addTask {
                        do {
                            let answer = try await machine.desk.whileLeaving(key.number, at: place, evenIfInUse: false)
                            {
                                try await machine.desk.answer(to: .release(code), at: place, by: UInt32(client))
                            }
                            return "\(client % 2) \(answer.isRepeat ? "again" : "released")"
                        } catch {
                            return "\(client % 2) \((error as? LicenceError)?.code.rawValue ?? "\(error)")"
                        }
                    }
                }
                return await group.reduce(into: [:] as [String: Int]) { $0[$1, default: 0] += 1 }
            }
            let winner = outcomes["0 released"] == 1 ? 0 : 1
            #expect(
                outcomes == [
                    "\(winner) released": 1, "\(winner) again": 31, "\(1 - winner) releasedToAnother": 32,
                ])
            #expect(try machine.local.keys().isEmpty)
        }
        print("shown: \(rounds) rounds in the daemon's own code")
    }
}
