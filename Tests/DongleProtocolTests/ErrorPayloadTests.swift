import DongleProtocol
import Licensing
import TestKit
import Testing

/// An error crosses the cable by name, and what people read of it is the host's.
struct ErrorPayloadTests {
    /// An error as any device could send it.
    private func payload(_ name: String, _ values: [(String, String)]) -> [UInt8] {
        var writer = BinaryWriter()
        writer.write(short: name.utf8)
        writer.write(UInt8(values.count))
        for (name, value) in values {
            writer.write(short: name.utf8)
            writer.write(short: value.utf8)
        }
        return writer.bytes
    }

    @Test(arguments: LicenceError.Code.allCases)
    func comesBackTheSame(_ code: LicenceError.Code) throws {
        let values = LicenceError.Parameter.allCases.prefix(DongleLimits.errorValues)
        let error = LicenceError(
            code, Dictionary(uniqueKeysWithValues: values.map { ($0, "the \($0.rawValue), über") }))
        let read = try LicenceError(payload: error.payload)
        #expect(read.code == error.code)
        // Sixteen at most, in the order of their names.
        #expect(read.parameters == error.parameters)
        #expect(read.payload == error.payload)
    }

    @Test func anUnknownNameIsSaidToBeOne() throws {
        let error = try LicenceError(payload: payload("tooSunny", [("detail", "x"), ("licence", "y")]))
        #expect(error == LicenceError(.unrecognised, [.detail: "tooSunny"]))
    }

    @Test func aValueWithAnUnknownNameIsLeftOut() throws {
        let error = try LicenceError(payload: payload("vaultFull", [("capacity", "2 keys"), ("colour", "red")]))
        #expect(error == LicenceError(.vaultFull, [.capacity: "2 keys"]))
    }

    @Test func valuesOutOfOrderOrTwiceAreRefused() {
        for values in [[("detail", "a"), ("capacity", "b")], [("detail", "a"), ("detail", "b")]] {
            #expect(throws: PayloadError.self) { try LicenceError(payload: payload("vaultFull", values)) }
        }
    }

    @Test func isRefusedInPieces() {
        let whole = payload("vaultFull", [("capacity", "2 keys"), ("location", "usb:1")])
        for count in 0..<whole.count {
            #expect(throws: PayloadError.self) { try LicenceError(payload: Array(whole.prefix(count))) }
        }
        #expect(throws: PayloadError.self) { try LicenceError(payload: whole + [1]) }
    }

    @Test func aDongleCanNotSpeakInTheHostsName() throws {
        for code: LicenceError.Code in [
            .usage, .codeWrongKind, .codeMalformed, .codeTooNew, .donglePulled, .dongleTooNew, .notPermitted,
            .daemonNotRunning, .vendorUnknown,
        ] {
            #expect(throws: PayloadError.self) {
                try LicenceError(code, [.reason: "x", .command: "sh trap"]).givenByDongle()
            }
        }
    }

    @Test func aDongleGivesNoCommandsAndNoSuspects() throws {
        let error = LicenceError(.activationWrong, [.command: "sh trap", .suspects: "sh trap", .transfer: "7K3MQ2"])
        #expect(try error.givenByDongle() == LicenceError(.activationWrong, [.transfer: "7K3MQ2"]))
    }

    @Test func whatStandsInACommandHasToBeWhatItIsCalled() throws {
        for (parameter, value) in [
            (LicenceError.Parameter.transfer, "7K3MQ2; sh trap"), (.transfer, "7k3mq2"), (.licence, "$(sh trap)"),
            (.licence, "7K3MQ"),
        ] {
            #expect(throws: PayloadError.self) {
                try LicenceError(.keyTakenBack, [parameter: value]).givenByDongle()
            }
        }
        let licence = try Samples().key.number.description
        let error = LicenceError(.keyTakenBack, [.transfer: "7K3MQ2", .licence: licence])
        #expect(try error.givenByDongle() == error)
    }
}
