import Dongles
import Licensing
import Logging
import ServiceLifecycle
import Vaults

/// Greets the dongles of one source as they arrive, and has them mounted and unmounted.
///
/// Each is greeted on its own, so that one that is slow or silent holds up no other.
struct DongleReception: Service {
    let source: any DongleSource
    let mounts: MountTable
    let logger: Logger
    /// Opened once those that were there at the beginning have been mounted or refused.
    let settled = Gate()

    func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                let first = await firstArrivals()
                group.addTask {
                    await withDiscardingTaskGroup { group in
                        for arrival in first { group.addTask { await greet(arrival) } }
                    }
                    settled.open()
                }
                for await event in source.events {
                    if let arrival = await taken(event) { group.addTask { await greet(arrival) } }
                }
                // Before those that are being greeted are waited for: a silent one would keep the daemon from ending.
                await source.close()
            }
        }
    }

    /// What the source told before anybody listened.
    private func firstArrivals() async -> [DongleArrival] {
        var arrivals: [DongleArrival] = []
        while let event = source.events.takeWaiting() {
            if let arrival = await taken(event) { arrivals.append(arrival) }
        }
        return arrivals
    }

    /// Has the mount table know of an event, and gives the dongle that is to be greeted then.
    private func taken(_ event: DongleEvent) async -> DongleArrival? {
        switch event {
        case .departed(let port):
            await mounts.departed(port)
            return nil
        case .arrived(let arrival):
            await mounts.greets(arrival.port)
            return arrival
        }
    }

    private func greet(_ arrival: DongleArrival) async {
        do {
            let (place, status) = try await Place.open {
                try DongleVault(arrival.transport, announced: arrival.announcedSerial)
            }
            guard case .usb(let serial) = status.location else {
                throw LicenceError(.noSuchLocation, [.location: status.location.description])
            }
            let dongle = GreetedDongle(
                serial: serial, place: place, stateCounter: status.stateCounter, transfers: try await place.transfers())
            await mounts.arrived(arrival.port, dongle)
        } catch {
            logger.warning("what was plugged in is not used: \(error)", metadata: ["port": "\(arrival.port)"])
            arrival.transport.close()
        }
    }
}
