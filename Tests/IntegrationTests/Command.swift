import Foundation
import Synchronization

/// A program that was started; killed when its owner goes.
final class Command: Sendable {
    /// What came of a program that has ended.
    struct Result: Sendable {
        let status: Int32
        let output: String
        let errors: String

        /// The output as JSON.
        func json() throws -> Any { try JSONSerialization.jsonObject(with: Data(output.utf8)) }

        /// The output as a JSON object.
        func object() throws -> [String: Any] { try json() as? [String: Any] ?? [:] }

        /// The name of the error that the output tells in JSON.
        var errorName: String? {
            ((try? object())?["error"] as? [String: Any])?["name"] as? String
        }
    }

    private struct State {
        var output = ""
        var errors = ""
        var waiting: [(text: String, continuation: CheckedContinuation<Bool, Never>)] = []
        var open = 2
        var status: Int32?
        var ended: [CheckedContinuation<Void, Never>] = []
    }

    private let process: Process
    private let state = Mutex(State())

    /// Starts `program` with `arguments`; `input` is its standard input.
    init(_ program: String, _ arguments: [String], input: String? = nil, environment: [String: String] = [:]) throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        let (output, errors, standardInput) = (Pipe(), Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = standardInput
        process.terminationHandler = { [weak self] process in
            let status =
                process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
            self?.update { $0.status = status }
        }
        watch(output.fileHandleForReading) { $0.output += $1 }
        watch(errors.fileHandleForReading) { $0.errors += $1 }
        try process.run()
        if let input { try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
        try standardInput.fileHandleForWriting.close()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    var pid: Int32 { process.processIdentifier }

    /// Waits until the program has printed `text`, on either stream; false where it ended without.
    func prints(_ text: String) async -> Bool {
        await withCheckedContinuation { continuation in
            update { $0.waiting.append((text, continuation)) }
        }
    }

    /// Waits for the program's end.
    func result() async -> Result {
        await withCheckedContinuation { continuation in update { $0.ended.append(continuation) } }
        return state.withLock { Result(status: $0.status ?? -1, output: $0.output, errors: $0.errors) }
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Sends a signal and waits for the end.
    @discardableResult
    func end(_ number: Int32 = SIGTERM) async -> Result {
        signal(number)
        return await result()
    }

    private func watch(_ handle: FileHandle, _ append: @escaping @Sendable (inout State, String) -> Void) {
        handle.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            self?.update { state in
                if data.isEmpty { state.open -= 1 } else { append(&state, String(decoding: data, as: UTF8.self)) }
            }
        }
    }

    /// Changes the state and wakes whoever waited for what it says now.
    private func update(_ body: (inout sending State) -> Void) {
        let (found, ended) = state.withLock { state -> ([(CheckedContinuation<Bool, Never>, Bool)], _) in
            body(&state)
            let hasEnded = state.status != nil && state.open == 0
            var found: [(CheckedContinuation<Bool, Never>, Bool)] = []
            state.waiting.removeAll { waiting in
                let isThere = (state.output + state.errors).contains(waiting.text)
                if isThere || hasEnded { found.append((waiting.continuation, isThere)) }
                return isThere || hasEnded
            }
            var ended: [CheckedContinuation<Void, Never>] = []
            if hasEnded { swap(&ended, &state.ended) }
            return (found, ended)
        }
        for (continuation, isThere) in found { continuation.resume(returning: isThere) }
        for continuation in ended { continuation.resume() }
    }
}
