import Foundation
import TestKit
import Testing

/// What tests need of the machine is skipped, or fails where it is required.
@Suite struct MachineNeedTests {
    @Test(arguments: MachineNeed.allCases)
    func whatIsMissingIsSkippedUnlessItIsRequired(_ need: MachineNeed) throws {
        let others = MachineNeed.allCases.filter { $0 != need }.map(\.rawValue).joined(separator: ",")
        for required in ["", others, need.rawValue, "\(others), \(need.rawValue)", "all"] {
            #expect(try need.allows(isThere: true, required: required, reason: "none"))
        }
        for required in ["", others] {
            #expect(try !need.allows(isThere: false, required: required, reason: "none"))
        }
        for required in [need.rawValue, "\(others), \(need.rawValue)", "all"] {
            let missing = MachineNeed.Missing(need, reason: "none")
            #expect(missing.description == "ALMD_REQUIRE names \(need.rawValue), which is missing here: none")
            #expect(throws: missing) { try need.allows(isThere: false, required: required, reason: "none") }
        }
    }

    @Test func everyNameThatIsRequiredIsKnown() {
        #expect(MachineNeed.unknown(in: "guests, all,gests") == ["gests"])
        #expect(MachineNeed.unknown(in: ProcessInfo.processInfo.environment["ALMD_REQUIRE"] ?? "").isEmpty)
    }
}
