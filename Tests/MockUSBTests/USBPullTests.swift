#if MOCKED_USB
    import DongleProtocol
    import Dongles
    import Licensing
    import MockUSB
    import TestKit
    import Testing
    import TransferCodes
    import Vaults

    /// A dongle that is pulled at any instant of any transfer is in the old state or in the new one, and the same command,
    /// given again once it is back, goes on from there.
    @Suite(.serialized, .enabled(if: MockedRun.isThis))
    struct USBPullTests {
        private static let occasion = Occasion(now: Timestamp(seconds: 1_800_000_000), user: 7)

        @Test func theSameCommandFinishesItOnceTheDongleIsBack() async throws {
            try await USBHost.run { host in
                var points = 0
                for speed in MockSpeed.allCases {
                    for command in CommittingCommand.allCases {
                        let transfers = try transfers(of: command, speed, host)
                        // One to the dongle, and at least one back.
                        try #require(transfers >= 2)
                        for transfer in 1...transfers {
                            for moment in [MockCut.Moment.before, .within, .after] {
                                for ending in MockBus.Ending.allCases {
                                    let cut = MockCut(moment, transfer: transfer, ending: ending)
                                    try check(command, speed, cut, isLast: transfer == transfers, host)
                                    points += 1
                                }
                            }
                        }
                    }
                }
                MockedRun.tell("\(points) points at which a dongle was pulled: before, within and after each transfer")
                #expect(points >= 150)
            }
        }

        /// How many bulk transfers a command takes.
        private func transfers(of command: CommittingCommand, _ speed: MockSpeed, _ host: USBHost) throws -> Int {
            let (memory, step) = try command.prepared()
            let dongle = try MockDongle(memory, speed: speed)
            let (plug, arrival) = try host.plug(dongle)
            let vault = try DongleVault(arrival.transport, announced: arrival.announcedSerial)
            let before = dongle.history.transfers
            _ = try vault.perform(step, on: Self.occasion)
            let transfers = dongle.history.transfers - before
            try host.unplug(plug, arrival.port)
            return transfers
        }

        private func check(
            _ command: CommittingCommand, _ speed: MockSpeed, _ cut: MockCut, isLast: Bool, _ host: USBHost
        ) throws {
            let point = Comment(rawValue: "\(command.rawValue), \(speed), \(cut)")
            let (memory, step) = try command.prepared()
            let (expected, _) = try command.prepared()
            let before = try VaultSnapshot(expected)
            let answer = try expected.perform(step, on: Self.occasion)
            let after = try VaultSnapshot(expected)

            let dongle = try MockDongle(memory, speed: speed)
            let arrival = try host.plug(dongle).arrival
            let vault = try DongleVault(arrival.transport, announced: arrival.announcedSerial)
            dongle.pull(cut)
            // The dongle acts as soon as it has the whole request, and nothing else matters.
            let isDone = cut.transfer > 1 || cut.moment == .after
            do {
                let first = try vault.perform(step, on: Self.occasion)
                #expect(isLast && cut.moment == .after, point)
                #expect(first == answer, point)
            } catch {
                #expect(!(isLast && cut.moment == .after), point)
                #expect(error.code == .donglePulled, point)
            }
            #expect(try host.departure() == arrival.port, point)
            #expect(try dongle.withVault { try VaultSnapshot($0) } == (isDone ? after : before), point)

            let (plug, again) = try host.plug(dongle)
            let back = try DongleVault(again.transport, announced: again.announcedSerial)
            let second = try back.perform(step, on: Self.occasion)
            if command == .offerAnew, isDone {
                // What was asked for is a fresh start code, and that is what comes, each time.
                #expect(second.code != answer.code, point)
                #expect(try back.transfers().count { $0.standing == .source(.offered) } == 1, point)
            } else {
                #expect(second.transfer == answer.transfer, point)
                #expect(second.code == answer.code, point)
                #expect(second.isRepeat == isDone, point)
                #expect(try dongle.withVault { try VaultSnapshot($0) } == after, point)
            }
            try host.unplug(plug, again.port)
        }
    }
#endif
