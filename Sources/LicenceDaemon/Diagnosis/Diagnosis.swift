import Control
import DongleProtocol
import Glibc
import Licensing
import LinuxSystem
import USBDongles
import Varlink
import Vaults

/// Looks for faults in everything that the daemon knows and has, and says of each thing how it is, and who has to do what
/// about it.
struct Diagnosis: Sendable {
    let mounts: MountTable
    let vendors: VendorFolder
    let administrators: Administrators
    let usb: USBPort
    /// Whether a service manager ends the daemon when it hangs.
    let isWatched: Bool
    let clock: Clock

    /// The most findings about single licences; beyond them their number is told.
    static let mostLicences = 100

    /// Everything, for one caller.
    ///
    /// Anyone may ask. Licence numbers are for administrators, and only for them is the database looked through, since that
    /// keeps the store busy for as long as it takes to read.
    func report(for peer: PeerCredentials) async -> Calls.Diagnose.Reply {
        let isAdministrator = administrators.include(
            user: peer.user, groups: peer.groups)
        let places = await mounts.places.sideBySide { await PlaceReading(of: $0, isThorough: isAdministrator) }
        var findings = [daemonFinding, callerFinding(peer, isAdministrator)]
        if let group = groupFinding { findings.append(group) }
        findings += vendorFindings(hasKeys: places.contains { !$0.keys.isEmpty })
        findings += places.flatMap(findings(of:))
        findings += await mounts.refusals.map { refused in
            FindingEntry(.dongle, "usb:\(refused.serial)", refused.error)
        }
        findings.append(clockFinding(places))
        let onUSB = USBFindings(usb)
        findings += onUSB.all
        // The steps are told with licences, so that nobody else needs them.
        let absent = isAdministrator ? (try? await mounts.absentTransfers()) ?? [] : []
        findings += licenceFindings(
            ConservationLaw(places.compactMap(\.law)), steps: Self.stepsToAbsentDongles(of: places, absent: absent),
            isAdministrator: isAdministrator)
        return Calls.Diagnose.Reply(findings: findings, devices: onUSB.devices, daemon: daemon)
    }

    private var daemon: DaemonEntry {
        DaemonEntry(
            version: Release.version, process: Int(getpid()), user: Int(geteuid()),
            usbDevices: (usb.settings?.identities ?? []).sorted().map(\.description))
    }

    private var daemonFinding: FindingEntry {
        let watch = isWatched ? "; the service manager starts it again should it hang" : ""
        return FindingEntry(
            .daemon, .ok, "almd \(Release.version) answers (process \(getpid()), user \(geteuid()))\(watch)")
    }

    private func callerFinding(_ peer: PeerCredentials, _ isAdministrator: Bool) -> FindingEntry {
        guard !isAdministrator else {
            return FindingEntry(.caller, .ok, "you (user \(peer.user)) may list, use and move keys")
        }
        return FindingEntry(
            .caller, .note, "you (user \(peer.user)) may list and use keys, and not move them",
            cure: "who is to move keys is put into the group by root (usermod --append --groups "
                + "\(administrators.group) USER), and logs in anew")
    }

    /// A group that is missing is nothing to mend as long as root alone is to move keys.
    private var groupFinding: FindingEntry? {
        guard administrators.groupIdentifier == nil else { return nil }
        return FindingEntry(
            .group, .note,
            "there is no group \(administrators.group) on this machine: only root and the daemon's user move keys",
            cure: "if others are to, root makes it: groupadd --system \(administrators.group)")
    }

    private func vendorFindings(hasKeys: Bool) -> [FindingEntry] {
        let (known, refusals, isReadable) = vendors.read()
        let faults = refusals.map { FindingEntry(.vendors, $0.parameters[.path], .problem, $0.message, cure: $0.hint) }
        guard known.all.isEmpty else {
            let names = known.all.map(\.name).sorted().joined(separator: ", ")
            return faults + [FindingEntry(.vendors, .ok, "trusted: \(names)")]
        }
        let found = isReadable ? "no vendor is trusted" : "\(VendorFolder.unreadable) (\(vendors.path))"
        return faults + [
            FindingEntry(
                .vendors, hasKeys || !isReadable ? .problem : .note, "\(found), so no licence can be used",
                cure: isReadable ? vendors.fillingHint : vendors.makingHint)
        ]
    }

    private func clockFinding(_ places: [PlaceReading]) -> FindingEntry {
        let now = clock()
        let delay = ClockCheck.delay(
            now: now, records: places.flatMap(\.moments),
            issued: places.flatMap { $0.keys.map(\.certificate.terms.issued) })
        guard let delay else { return FindingEntry(.clock, .ok, "the clock shows \(now)") }
        return FindingEntry(
            .clock, .problem,
            "the clock shows \(now), which is at least \(ClockCheck.words(delay)) before what was written down here",
            cure:
                "an administrator sets the clock (timedatectl); transfers don't depend on it, but licences with an end do"
        )
    }
}
