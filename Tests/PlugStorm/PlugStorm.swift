import Dispatch
import DongleProtocol
import Dongles
import Foundation
import Licensing
import Logging
import MockUSB
import USBDongles
import Vaults

/// Plugs dongles into a mocked USB bus and pulls them out again, in one process with the source that finds them: what the
/// thread sanitizer looks at.
///
///     PlugStorm [CYCLES]
///
/// One dongle is there all the time and answers. Another comes and goes, is asked meanwhile for as long as it answers, and
/// is pulled out while nothing is asked, at a transfer, or while a transfer is pending.
@main
struct PlugStorm {
    static func main() async throws {
        try MockedRun.restartThisProgram()
        let cycles = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000
        let bus = try MockBus.shared()
        let source = try await USBDongleSource.start(
            USBSettings(), logger: Logger(label: "storm") { _ in SwiftLogNoOpLogHandler() })
        guard source.report().hotplug == .working else { throw Failure("the bus is not listened to") }
        var events = source.events.makeAsyncIterator()

        try bus.plug(try dongle("HEALTHY"))
        let healthy = try Conversation(try await arrival(&events))
        let coming = try dongle("4711")
        var start = try Holdings()
        for cycle in 0..<cycles {
            if cycle == min(100, cycles / 2) { start = try Holdings() }
            let ending = cycle % 2 == 0 ? MockBus.Ending.noDevice : .plainError
            let plug = try bus.plug(coming, telling: cycle % 5 == 0 ? .doubled : .one)
            let arrived = try await arrival(&events)
            if cycle % 3 == 0 {
                try bus.unplug(plug, ending: ending)
            } else {
                let moments: [MockCut.Moment] = [.before, .pending, .within, .after]
                coming.pull(MockCut(moments[cycle % 4], transfer: 1 + cycle % 7, ending: ending))
            }
            // Asks until the dongle is gone.
            let ended = await Conversation.ask(arrived)
            guard ended == .donglePulled else { throw Failure("cycle \(cycle) ended with \(ended.rawValue)") }
            guard case .departed(arrived.port) = await events.next() else {
                throw Failure("cycle \(cycle): no departure")
            }
            guard await healthy.answers() else { throw Failure("cycle \(cycle): the healthy dongle does not answer") }
        }
        let end = try Holdings()
        await source.close()
        print("after \(min(100, cycles / 2)) cycles: \(start)")
        print("after \(cycles) cycles: \(end)")
        guard end.descriptors <= start.descriptors + 4 else { throw Failure("descriptors were left open") }
    }

    /// What must not be.
    private struct Failure: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }

    private static func dongle(_ serial: String) throws -> MockDongle {
        guard let number = SerialNumber(serial) else { throw Failure("\(serial) is no serial number") }
        var generator = SystemRandomNumberGenerator()
        return try MockDongle(
            MemoryVault(location: .usb(number), capacity: .dongle) { count in
                (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            })
    }

    private static func arrival(_ events: inout DongleEvents.Iterator) async throws -> DongleArrival {
        guard case .arrived(let arrival) = await events.next() else { throw Failure("no arrival") }
        return arrival
    }
}

/// Questions to a dongle, each on a thread that may block.
private actor Conversation {
    private let vault: DongleVault

    init(_ arrival: DongleArrival) throws(LicenceError) {
        vault = try DongleVault(arrival.transport, announced: arrival.announcedSerial)
    }

    /// Whether it answers.
    func answers() -> Bool { (try? vault.status()) != nil }

    /// Asks a dongle until it does not answer, and says why it does not.
    static func ask(_ arrival: DongleArrival) async -> LicenceError.Code {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                do throws(LicenceError) {
                    let vault = try DongleVault(arrival.transport, announced: arrival.announcedSerial)
                    while true { _ = (try vault.keys(), try vault.transfers()) }
                } catch {
                    continuation.resume(returning: error.code)
                }
            }
        }
    }
}

/// What this process holds.
private struct Holdings: CustomStringConvertible {
    let descriptors: Int
    let anonymous: String

    init() throws {
        descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8).split(separator: "\n")
        anonymous = status.first { $0.hasPrefix("RssAnon") }.map { $0.filter(\.isNumber) } ?? "?"
    }

    var description: String { "\(descriptors) descriptors, \(anonymous) KiB" }
}
