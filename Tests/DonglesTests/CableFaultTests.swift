import Dongles
import Testing

/// Faults can be asked for by name, and only by name.
struct CableFaultTests {
    @Test func readsEveryKindWithAndWithoutANumber() {
        for kind in CableFault.Kind.allCases {
            #expect(CableFault(kind.rawValue) == CableFault(kind, from: 1))
            let third = CableFault(kind, from: 3)
            #expect(CableFault("\(kind.rawValue):3") == third)
            #expect(CableFault(third.description) == third)
            #expect(CableFault.names.contains(kind.rawValue))
        }
    }

    @Test(
        arguments: [
            "", ":", "pull", "pull-before:", "pull-before:0", "pull-before:-1", "pull-before:+1", "pull-before:1x",
            "pull-before:4294967296", "pull-before:1:2", "PULL-BEFORE", " slow", "slow ",
        ])
    func refusesEverythingElse(_ text: String) {
        #expect(CableFault(text) == nil)
    }
}
