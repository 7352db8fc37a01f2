import TestKit
import Testing

#if MOCKED_USB
    import Glibc
    import MockUSB
#endif

/// Everything that needs a mocked bus, each suite in a process of its own: umockdev has to be preloaded into it, and hides
/// the machine's /sys from it.
struct MockedBusTests {
    #if MOCKED_USB
        /// The suites, in both targets that have some; only the one that measures for a minute where that is asked for.
        static let suites = getenv("ALMD_MEASURE_IDLE") == nil ? usual : ["IntegrationTests.USBIdleTests"]

        private static let usual = [
            "MockUSBTests.BedTests", "MockUSBTests.USBConformanceTests", "MockUSBTests.USBFaultTests",
            "MockUSBTests.USBPullTests", "MockUSBTests.USBRescanTests", "IntegrationTests.USBDaemonTests",
            "IntegrationTests.USBIdleTests", "IntegrationTests.USBStormTests",
        ]

        @Test(.enabled(if: !MockedRun.isThis), arguments: suites)
        func passesOverAMockedBus(_ suite: String) throws {
            let run = try MockedRun(of: suite)
            #expect(run.status == 0, "\(run.output)")
            #expect(run.tests > 0, "\(run.output)")
            for line in run.figures { print("\(suite): \(line)") }
        }
    #else
        @Test(.needs(.mockbus, "umockdev was not installed when this was built: make setup, build again", { false }))
        func passesOverAMockedBus() {}
    #endif
}
