import Foundation
import Testing

@testable import Varlink

/// The public client for Python, written by others from the same specification.
@Suite(
    .timeLimit(.minutes(2)),
    .enabled(
        if: Python.varlink != nil,
        "the Python package \"varlink\" is not in the folder that ALMD_PYTHON_VARLINK names, nor in .build/python-varlink"
    ))
struct PythonClientTests {
    /// Runs `python3 -m varlink.cli`. It exits with 0 even after an error; its output tells.
    private func client(_ bench: Bench, _ arguments: String...) async throws -> String {
        try await Python.run(
            ["-m", "varlink.cli"] + arguments.map { $0.replacing("ADDRESS", with: "unix:\(bench.path)") },
            folder: bench.folder, path: Python.varlink)
    }

    private func json(_ text: String) throws -> NSDictionary {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary, "\(text)")
    }

    @Test func readsWhatTheServiceIs() async throws {
        try await Bench.run { bench in
            let output = try await client(bench, "info", "ADDRESS")
            #expect(
                output == """
                    Vendor: Example
                    Product: Test
                    Version: 1
                    URL: https://example.org
                    Interfaces:
                       org.example.test
                       org.varlink.service
                    """)
        }
    }

    @Test(arguments: ["org.example.test", "org.varlink.service"])
    func readsAndParsesTheDescription(_ interface: String) async throws {
        try await Bench.run { bench in
            let output = try await client(bench, "help", "ADDRESS/\(interface)")
            let text = interface == "org.varlink.service" ? StandardInterface.text : Example.description
            #expect(output == text.trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }

    @Test func callsAMethod() async throws {
        try await Bench.run { bench in
            let output = try await client(
                bench, "call", "ADDRESS/org.example.test.Echo", #"{"text": "gr\u00fcn", "times": 3}"#)
            #expect(try json(output) == ["text": "grün", "times": 3])
        }
    }

    @Test func readsAStream() async throws {
        try await Bench.run { bench in
            let output = try await client(bench, "call", "-m", "ADDRESS/org.example.test.Count", #"{"to": 3}"#)
            #expect(output.matches(of: /"number": (\d)/).map(\.1) == ["1", "2", "3"])
        }
    }

    @Test(arguments: [
        ("Fail", #"{"kind": "odd"}"#, "org.example.test.Odd"), ("Secret", "{}", "org.varlink.service.PermissionDenied"),
        ("Echo", "{}", "org.varlink.service.InvalidParameter"),
        ("Count", #"{"to": 3}"#, "org.varlink.service.ExpectedMore"),
        ("None", "{}", "MethodNotFound"),
    ])
    func readsAnError(_ method: String, _ parameters: String, _ error: String) async throws {
        try await Bench.run { bench in
            let output = try await client(bench, "call", "ADDRESS/org.example.test.\(method)", parameters)
            #expect(output.contains(error))
        }
    }
}
