import Foundation
import Testing

/// Moving keys between the local store and dongles, whatever is killed or pulled out.
struct MoveTests {
    /// The daemon is killed at its first, second, third … wait for the disk, and `move`, given again, goes on. Between
    /// the two the key is in one place, or on its way to one.
    @Test func goesOnAfterAKillAtEveryWaitForTheDisk() async throws {
        let workshop = try await Workshop()
        let licence = workshop.licences[0]
        let machine = try await workshop.machine("source", holding: [licence])
        let dongle = try await workshop.dongle("4711")
        // How often a move to each place was killed so far, and the places to which none went through by itself yet.
        var kills = ["usb:4711": 0, "local": 0]
        var unfinished = Set(kills.keys)
        var (here, there) = ("local", "usb:4711")
        while !unfinished.isEmpty {
            let next = kills[there, default: 0] + 1
            await machine.stop()
            if try await moves(licence, to: there, on: machine, dongle, killedAtSync: next) {
                unfinished.remove(there)
            } else {
                kills[there] = next
                try await machine.startAgain()
                try await machine.plug(dongle, serial: "4711")
                try await expectOneKey(licence, on: machine)
                let again = try await machine.almctl(["move", licence, "--to", there])
                #expect(again.status == 0, "after kill \(next), from \(here): \(again.output)\(again.errors)")
            }
            #expect(try await machine.keys()[licence]?["location"] as? String == there)
            #expect(try await machine.transfers().isEmpty)
            (here, there) = (there, here)
        }
        // A release waits for its anchor besides its commit, and so there is more than one of each on either way.
        #expect(kills.values.allSatisfy { $0 >= 8 }, "\(kills)")
    }

    /// The dongle is pulled out with the key on its way and finished on another machine.
    @Test func isFinishedOnAnotherMachine() async throws {
        let workshop = try await Workshop()
        let licence = workshop.licences[0]
        let first = try await workshop.machine("first", holding: [licence])
        let second = try await workshop.machine("second")
        let dongle = try await workshop.dongle("4711")
        try await first.plug(dongle, serial: "4711")

        // What `move` does, cut off after the release: the key has left, the dongle has not taken it.
        let start = try await first.code("start", licence)
        let request = try await first.code("request", "--input", "-", "--to", "usb:4711", input: start)
        let activation = try await first.code("activation", "--input", "-", input: request)
        try await first.unplug("4711")
        #expect(try await first.refusal("activate", "--input", "-", input: activation) == "dongleMissing")

        try await second.plug(dongle, serial: "4711")
        try await second.succeeds("activate", "--input", "-", input: activation)
        #expect(try await second.keys()[licence]?["location"] as? String == "usb:4711")
        #expect(try await first.keys().isEmpty)

        // Back at the first machine `move` closes the books.
        try await second.unplug("4711")
        try await first.plug(dongle, serial: "4711")
        let move = try await first.almctl(["move", licence, "--to", "usb:4711"])
        #expect(move.status == 0)
        #expect(try await first.transfers().isEmpty)
    }

    @Test func refusesAFullDongleBeforeTheKeyLeaves() async throws {
        let workshop = try await Workshop(minting: ["one", "two"])
        let machine = try await workshop.machine("source", holding: workshop.licences)
        let dongle = try await workshop.dongle("4711", keys: 1)
        try await machine.plug(dongle, serial: "4711")
        #expect(try await machine.almctl(["move", workshop.licences[0], "--to", "usb:4711"]).status == 0)
        let second = try await machine.almctl(["move", workshop.licences[1], "--to", "usb:4711"])
        #expect(second.errorName == "vaultFull")
        #expect(try await machine.keys()[workshop.licences[1]]?["location"] as? String == "local")
    }

    @Test func aPlannedRelocationLosesNoKeyAndLeavesNoneBehind() async throws {
        let workshop = try await Workshop(minting: ["one", "two", "three"])
        let machine = try await workshop.machine("old", holding: workshop.licences)
        await machine.stop()
        let new = "\(workshop.folder)/new"
        let relocation = try await Command(
            Products.path("almd"), ["--state", machine.state, "--relocate-to", new]
        ).result()
        #expect(relocation.status == 0, "\(relocation.errors)")

        try await machine.start()
        #expect(try await machine.keys().isEmpty)
        await machine.stop()
        let moved = try await workshop.machine("moved", state: new)
        #expect(Set(try await moved.keys().keys) == Set(workshop.licences))
        #expect(try await moved.keys().values.allSatisfy { $0["usable"] as? Bool == true })
    }

    /// Starts the daemon so that it is killed at one of its waits for the disk, and has it move the key; false where it was
    /// killed before it had done so, be it while starting.
    private func moves(
        _ licence: String, to location: String, on machine: Machine, _ dongle: String, killedAtSync sync: Int
    ) async throws -> Bool {
        do {
            try await machine.start(killedAtSync: sync)
            try await machine.plug(dongle, serial: "4711")
        } catch {
            return false
        }
        return try await machine.almctl(["move", licence, "--to", location]).status == 0
    }

    private func expectOneKey(_ licence: String, on machine: Machine) async throws {
        let held = try await machine.keys()[licence] == nil ? 0 : 1
        let transfers = try await machine.transfers(all: true).filter { $0["licence"] as? String == licence }
        let open = Set(
            transfers.filter { ["OPEN", "DECLINED"].contains($0["state"] as? String) }
                .compactMap { $0["transfer"] as? String })
        let released = transfers.count {
            $0["state"] as? String == "RELEASED" && open.contains($0["transfer"] as? String ?? "")
        }
        #expect(held + released == 1)
    }
}
