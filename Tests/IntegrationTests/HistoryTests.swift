import Foundation
import Glibc
import Testing

/// What `almctl history` tells of a transfer between two daemons, in each of their stores.
struct HistoryTests {
    /// A line as it is printed.
    private struct Line: Equatable {
        let event, licence, transfer, user: String

        /// - Parameter text: nil where it is not made of a time, to the second and in UTC, and four words.
        init?(_ text: Substring) {
            let time = #/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/#
            let words = text.split(separator: #/ {2,}/#).map(String.init)
            guard words.count == 5, words[0].wholeMatch(of: time) != nil else { return nil }
            (event, licence, transfer, user) = (words[1], words[2], words[3], words[4])
        }

        init(_ event: String, _ licence: String, _ transfer: String) {
            (self.event, self.licence, self.transfer) = (event, licence, transfer)
            user = "\(geteuid())"
        }
    }

    /// The lines below the heading.
    private func history(of machine: Machine, _ key: String...) async throws -> [Line] {
        let lines = try await machine.almctlText(["history"] + key).split(separator: "\n")
        let heading = lines.first?.split(separator: " ").map(String.init)
        #expect(heading == ["WHEN", "WHAT", "LICENCE", "TRANSFER", "USER"])
        return try lines.dropFirst().map { try #require(Line($0), "\($0)") }
    }

    @Test func tellsBothSidesOfAWholeTransferByWhomAndWithWhichName() async throws {
        let workshop = try await Workshop(minting: ["DIGSI 5 Premium", "DIGSI 5 Standard"])
        let (licence, other) = (workshop.licences[0], workshop.licences[1])
        let source = try await workshop.machine("source", holding: [licence, other])
        let target = try await workshop.machine("target")
        // How they came to the source.
        let came = try await history(of: source)
        #expect(came.map(\.event) == ["requested", "activated", "requested", "activated"])

        try await workshop.transfer(licence, from: source, to: target)
        let name = try #require(try await target.transfers(all: true).first?["transfer"] as? String)
        let receipt = try await target.code("receipt", name)
        try await source.succeeds("settle", "--input", "-", input: receipt)
        // What is done a second time is told once.
        try await source.succeeds("settle", "--input", "-", input: receipt)

        let left = ["offered", "released", "settled"].map { Line($0, licence, name) }
        let arrived = ["requested", "activated"].map { Line($0, licence, name) }
        #expect(try await history(of: source) == came + left)
        #expect(try await history(of: target) == arrived)
        // Of one key: what is told of the other is left out. It outlives the daemon.
        try await source.restartAfterKill()
        let beginning = String(licence.prefix(8)).lowercased()
        #expect(try await history(of: source, beginning) == came.filter { $0.licence == licence } + left)
        #expect(try await history(of: source, other) == came.filter { $0.licence == other })
    }

    @Test func keepsApartWhatArrivedFromWhatWasClosedAndGivesItToPrograms() async throws {
        let workshop = try await Workshop()
        let licence = workshop.licences[0]
        let source = try await workshop.machine("source", holding: [licence])
        let target = try await workshop.machine("target")
        let first = try await source.code("start", licence)
        let withdrawn = try #require(try await source.transfers().first?["transfer"] as? String)
        try await source.succeeds("cancel", withdrawn)
        #expect(try await source.code("start", licence) != first)
        let closed = try #require(try await source.transfers().first?["transfer"] as? String)
        try await workshop.transfer(licence, from: source, to: target)
        let result = try await source.almctl(["transfers", "close", closed, "--without-receipt", "--yes"])
        #expect(result.status == 0, "\(result.output)\(result.errors)")

        let told =
            [("offered", withdrawn), ("withdrawn", withdrawn)]
            + ["offered", "released", "closed"].map { ($0, closed) }
        #expect(try await history(of: source).dropFirst(2).elementsEqual(told.map { Line($0, licence, $1) }))
        let entries = try #require(try await source.almctl(["history", licence]).json() as? [[String: Any]])
        #expect(entries.dropFirst(2).map { $0["event"] as? String } == told.map(\.0))
        #expect(entries.dropFirst(2).map { $0["transfer"] as? String } == told.map(\.1))
        #expect(entries.allSatisfy { $0["user"] as? Int == Int(geteuid()) && $0["licence"] as? String == licence })
    }
}
