import Foundation
import SimulationKit

/// Runs the simulation for a number of steps and prints its seed, its speed and what it did; or the shortest script of what
/// it found broken, and ends with status 1.
///
///     Simulate [--on memory|disk] [--course transfers|backups] [--steps N] [--seed S] [--in DIRECTORY]
@main
struct Simulate {
    static func main() throws {
        let options = try Options(CommandLine.arguments.dropFirst())
        let stage: any Stage = options.isOnDisk ? try DiskStage(in: options.directory) : MemoryStage()
        let (simulation, clock) = (try Simulation(options.course, on: stage), ContinuousClock())
        print("simulation of \(options.course.rawValue) on \(stage.isOnDisk ? "disk" : "memory"), seed \(options.seed)")
        let begin = clock.now
        do {
            let report = try simulation.run(seed: options.seed, steps: options.steps)
            let seconds = max(0.001, Double((clock.now - begin).components.seconds) + 0.001)
            print(report)
            print("  \(Int(Double(report.steps) / seconds)) steps/s, nothing broken")
            let gaps = report.gaps(options.course, isOnDisk: stage.isOnDisk)
            guard options.steps < Options.fullRun || gaps.isEmpty else {
                print("error: this run never came to: \(gaps.joined(separator: ", "))")
                exit(1)
            }
        } catch let violation as Simulation.Violation {
            print("BROKEN: \(violation)")
            print("again: Simulate \(options.again(violation.seed))")
            exit(1)
        }
    }
}

/// What the command line asks for.
struct Options {
    /// As many steps bring about everything that a run has to have seen.
    static let fullRun = 20_000

    private(set) var isOnDisk = false
    private(set) var course = Course.transfers
    private(set) var steps = 100_000
    private(set) var seed: UInt64 = 20_260_301
    private(set) var directory = "/dev/shm"

    /// Something on the command line that is no option.
    struct Unknown: Error, CustomStringConvertible {
        let description: String
    }

    init(_ arguments: ArraySlice<String>) throws {
        var rest = arguments
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { throw Unknown(description: "\(name) without a value") }
            switch name {
            case "--on" where value == "memory" || value == "disk": isOnDisk = value == "disk"
            case "--course": course = try Self.known(Course(rawValue: value), name, value)
            case "--steps": steps = try Self.known(Int(value), name, value)
            case "--seed": seed = try Self.known(UInt64(value), name, value)
            case "--in": directory = value
            default: throw Unknown(description: "\(name) \(value)")
            }
        }
    }

    private static func known<Value>(_ value: Value?, _ name: String, _ text: String) throws -> Value {
        guard let value else { throw Unknown(description: "\(name) \(text)") }
        return value
    }

    /// The options that have the same world first.
    func again(_ seed: UInt64) -> String {
        "--on \(isOnDisk ? "disk" : "memory") --course \(course.rawValue) --steps 1 --seed \(seed)"
    }
}
