#if MOCKED_USB
    import DongleProtocol
    import Dongles
    import Licensing
    import MockUSB
    import TestKit
    import Testing
    import Vaults

    /// A vault on the other side of libusb does what every vault does.
    @Suite(.serialized, .enabled(if: MockedRun.isThis))
    struct USBConformanceTests {
        @Test(arguments: VaultConformance.all)
        func conforms(_ rule: VaultConformance) async throws {
            try await USBHost.run { host in
                try rule.check { location, capacity, random in
                    let memory = MemoryVault(location: location, capacity: capacity, random: random)
                    let dongle = try MockDongle(memory)
                    let arrival = try host.plug(dongle).arrival
                    let vault = try DongleVault(arrival.transport, announced: arrival.announcedSerial)
                    return VaultSubject(vault: vault) { certificate, seed, occasion in
                        try dongle.withVault { _ in try memory.mint(certificate, seed, on: occasion) }
                    }
                }
            }
        }

        @Test(arguments: MockSpeed.allCases, [1, 16, 17, 64])
        func listsEveryKeyHoweverManyPacketsThatTakes(_ speed: MockSpeed, _ count: Int) async throws {
            try await USBHost.run { host in
                let sample = try Sample(keys: count, speed: speed)
                let (plug, arrival) = try host.plug(sample.dongle)
                let vault = try DongleVault(arrival.transport, announced: arrival.announcedSerial)
                #expect(try vault.keys() == sample.dongle.withVault { try $0.keys() })
                #expect(try vault.keys().count == count)
                try host.unplug(plug, arrival.port)
            }
        }
    }
#endif
