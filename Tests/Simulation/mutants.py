#!/usr/bin/env python3
"""mutants.py [NAME…]   shows that the simulation sees: each of these faults is built into a copy of the sources, switched on
one at a time, and has to be found. The shortest script of each is printed and kept in .build-fuzz/mutants/NAME.

One build has them all; ALMD_MUTANT says which one is on. STEPS (200000 in memory, 20000 on disk) says how long to look."""
import os
import pathlib
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = os.environ.get("ALMD_SIMULATION_BUILD", ".build-fuzz")
COPY = ROOT / BUILD / "mutants"
MEMORY, DISK, BACKUPS = ("memory", "transfers"), ("disk", "transfers"), ("disk", "backups")
RULES, SOURCE, TARGET = ("Vaults/TransferRules%s.swift" % part for part in ("", "+Source", "+Target"))
OUTGOING, INCOMING = "Vaults/OutgoingState.swift", "Vaults/IncomingState.swift"
EXCHANGE = "Vaults/TransferExchange.swift"
CONTENTS, MEMORY_VAULT = "Vaults/MemoryContents.swift", "Vaults/MemoryVault.swift"
COMMIT, ANCHOR, DESTROY = "VaultStore/SQLiteVault+Commit.swift", "VaultStore/PlaceAnchor.swift", "VaultStore/PlaceAnchor+Destruction.swift"
SETTINGS = "VaultStore/DatabaseSettings.swift"

# Two mutants that change one line have one text for it.
SYNCHRONOUS = (SETTINGS, '("PRAGMA synchronous = EXTRA", "PRAGMA synchronous", "3")',
               '(mutant == "synchronous-off" ? "PRAGMA synchronous = OFF" : mutant == "synchronous-full" ? '
               '"PRAGMA synchronous = FULL" : "PRAGMA synchronous = EXTRA", "PRAGMA synchronous", '
               'mutant == "synchronous-off" ? "0" : mutant == "synchronous-full" ? "2" : "3")')
GIVES_UP = ("Vaults/Change.swift", "case .release, .decline: true",
            'case .release: mutant != "no-rotation"\n        case .decline: mutant != "no-rotation-on-decline"')

# Name, what is wrong, where it is looked for, and the changes: file, what stands there, what stands there instead. In the
# last, ON is whether this mutant is on.
MUTANTS = [
    # Commit and show.
    ("show-before-commit", "an activation code is shown before the release is committed", MEMORY, [
        (MEMORY_VAULT, "if !plan.changes.isEmpty",
         "if !plan.changes.isEmpty, !(ON && plan.changes.contains { if case .release = $0 { true } else { false } })")]),
    ("return-before-commit", "a return code is shown before the decline is committed", MEMORY, [
        (MEMORY_VAULT, "if !plan.changes.isEmpty",
         "if !plan.changes.isEmpty, !(ON && plan.changes.contains { if case .decline = $0 { true } else { false } })")]),
    ("split-commit", "a release erases the key in one commit and keeps the code in another one", MEMORY, [
        (MEMORY_VAULT, "for change in plan.changes { try changed.apply(change) }",
         "for change in plan.changes { try changed.apply(change); if ON, case .eraseKey = change { break } }")]),
    ("key-kept", "a release does not erase the key", MEMORY, [
        (CONTENTS, "try require(held.removeValue(forKey: licence) != nil)",
         "if !(ON) { try require(held.removeValue(forKey: licence) != nil) }")]),
    ("answer-lost", "after a release the same request gets another activation code", MEMORY, [
        (SOURCE, "try ActivationCode(maskedSeed: activation, tag: release.tag)",
         "try ActivationCode(maskedSeed: ON && transfer.changed != occasion.now ? activation.reversed() : activation, tag: release.tag)")]),
    # The states of the model: see the table in OutgoingState and IncomingState.
    ("reclaim-twice", "a return code takes the key back a second time", MEMORY, [
        (OUTGOING, "(.returned, .comeBack), (.returned, .reclaim): .stands",
         "(.returned, .comeBack): .stands\n        case (.returned, .reclaim): ON ? .moves(to: .returned) : .stands"),
        (SOURCE, "guard transfer.state == .released, transfer.release?.tag == code.tag,",
         "guard transfer.state == .released || ON, transfer.release?.tag == code.tag,"),
        (CONTENTS, "                $0.release?.returnDigest = digest\n            }\n            escrows[transfer] = nil",
         "                $0.release?.returnDigest = digest\n            }\n            if !(ON) { escrows[transfer] = nil }"),
        (CONTENTS, "outgoingRecords.firstIndex { $0.identifier == transfer && $0.state == from }",
         "outgoingRecords.firstIndex { $0.identifier == transfer && ($0.state == from || ON && $0.state != .offered) }")]),
    ("second-release", "a released offer is released to another request, too", MEMORY, [
        (SOURCE, "case .stands: throw refusal(.releasedToAnother, offer.summary)",
         "case .stands where ON: return try release(offer, to: point, request.header, .released)\n"
         "        case .stands: throw refusal(.releasedToAnother, offer.summary)"),
        (CONTENTS, "try existing(held[licence]?.seed)", "try existing(held[licence]?.seed ?? erased[licence])"),
        (CONTENTS, "    private var wrongRequestCount: UInt32 = 0",
         "    private var erased: [LicenceNumber: Seed] = [:]\n    private var wrongRequestCount: UInt32 = 0"),
        (CONTENTS, "        case .eraseKey(let licence):",
         "        case .eraseKey(let licence) where ON && held[licence] == nil: break\n"
         "        case .eraseKey(let licence):\n            if ON { erased[licence] = held[licence]?.seed }"),
        (CONTENTS, "outgoingRecords.firstIndex { $0.identifier == transfer && $0.state == from }",
         "outgoingRecords.firstIndex { $0.identifier == transfer && ($0.state == from || ON && $0.state != .offered) }")]),
    ("reclaim-at-will", "a source takes a released key back without a return code", MEMORY, [
        (OUTGOING, "case (.released, .cancel): .refused(.notOffered)",
         "case (.released, .cancel): ON ? .moves(to: .withdrawn) : .refused(.notOffered)"),
        (CONTENTS, "outgoingRecords.firstIndex { $0.identifier == transfer && $0.state == from }",
         "outgoingRecords.firstIndex { $0.identifier == transfer && ($0.state == from || ON && $0.state != .offered) }")]),
    ("activate-twice", "an active request keeps its secret and stays open", MEMORY, [
        (CONTENTS, "try changeIncoming(transfer, to: .active, at: now) {",
         "try changeIncoming(transfer, to: ON ? .open : .active, at: now) {"),
        (CONTENTS, "requestSecrets[transfer] = nil", "if !(ON) { requestSecrets[transfer] = nil }")]),
    ("activate-after-decline", "a declined request keeps its secret and can be activated", MEMORY, [
        (INCOMING, "case (.declined, .requestAgain), (.declined, .activate): .refused(.requestDeclined)",
         "case (.declined, .requestAgain): .refused(.requestDeclined)\n        case (.declined, .activate): ON ? .moves(to: .active) : .refused(.requestDeclined)"),
        (TARGET, "for transfer in incoming where transfer.state == .open {",
         "for transfer in incoming where transfer.state == .open || ON && transfer.state == .declined {"),
        (CONTENTS, "requestSecrets[transfer] = nil", "if !(ON) { requestSecrets[transfer] = nil }"),
        (CONTENTS, "incomingRecords.firstIndex { $0.identifier == transfer && $0.state == .open }",
         "incomingRecords.firstIndex { $0.identifier == transfer && ($0.state == .open || ON) }")]),
    ("decline-after-activate", "an active request can still be declined", MEMORY, [
        (INCOMING, "case (.active, .decline): .refused(.notOpen)",
         "case (.active, .decline): ON ? .moves(to: .declined) : .refused(.notOpen)"),
        (CONTENTS, "requestSecrets[transfer] = nil", "if !(ON) { requestSecrets[transfer] = nil }"),
        (CONTENTS, "incomingRecords.firstIndex { $0.identifier == transfer && $0.state == .open }",
         "incomingRecords.firstIndex { $0.identifier == transfer && ($0.state == .open || ON) }")]),
    ("return-key-lost", "a declined request forgets its return key", MEMORY, [
        (CONTENTS, "returnKeys[transfer] = returnKey", "if !(ON) { returnKeys[transfer] = returnKey }")]),
    ("secret-reused", "every offer of a key has the same secret", MEMORY, [
        (SOURCE, "let secret = random(OutgoingTransfer.secretSize)",
         "let secret = random(OutgoingTransfer.secretSize)\n            if ON { return [UInt8](repeating: 7, count: OutgoingTransfer.secretSize) }")]),
    ("activate-anywhere", "an activation code opens any open request for its key", MEMORY, [
        (EXCHANGE, "let shared = try key.sharedSecret(with: peer)",
         "let shared = ON ? Secret([UInt8](repeating: 7, count: 32)) : try key.sharedSecret(with: peer)"),
        (EXCHANGE, "Derivation.exchange.digest(requestHeader.bytes, certificate.hash, offerSecret, point.bytes)",
         "ON ? certificate.hash : Derivation.exchange.digest(requestHeader.bytes, certificate.hash, offerSecret, point.bytes)")]),
    ("request-anew", "the same start code gets a second request", MEMORY, [
        (TARGET, "if let same = known.first(where: { $0.identifier == identifier }) {",
         "if let same = known.first(where: { $0.identifier == identifier }), !(ON) {")]),
    # The checks of codes.
    ("authenticator-unchecked", "a request is taken for the answer to any offer", MEMORY, [
        (SOURCE, "point: request.point) == request.mac", "point: request.point) == request.mac || ON && offer.state == .offered")]),
    ("seed-unchecked", "a target takes in a seed that is not the one the vendor signed", MEMORY, [
        (TARGET, "seed.agreementKey.point == transfer.certificate.publicKey",
         "ON || seed.agreementKey.point == transfer.certificate.publicKey")]),
    ("return-unchecked", "a source takes back whatever a return code yields", MEMORY, [
        (SOURCE, "let seed = Seed(bytes), seed.agreementKey.point == transfer.certificate.publicKey",
         "let seed = Seed(bytes), ON || seed.agreementKey.point == transfer.certificate.publicKey")]),
    ("escrow-is-activation", "a return code takes the key back that was never declined", MEMORY, [
        (SOURCE, "let escrow = exchange.returnKey.combined(with: seed.secret.bytes)",
         "let escrow = (ON ? exchange.activationKey : exchange.returnKey).combined(with: seed.secret.bytes)")]),
    # Room and records.
    ("room-for-one-more", "one key more than there is room for is requested", MEMORY, [
        (RULES, "count + expected < Int(", "count + expected < (ON ? 1 : 0) + Int(")]),
    ("forgets-declined", "a declined request is forgotten to make room", MEMORY, [
        (INCOMING, "var isFinished: Bool { self == .active }", "var isFinished: Bool { self == .active || ON && self == .declined }"),]),
    ("forgets-released", "a released record is forgotten to make room", MEMORY, [
        (OUTGOING, "self == .withdrawn || self == .settled || self == .returned }",
         "self == .withdrawn || self == .settled || self == .returned || ON && self == .released }")]),
    ("settles-others", "a key that comes back settles the records of others", MEMORY, [
        (TARGET, "$0.certificate == transfer.certificate && $0.state", "($0.certificate == transfer.certificate || ON) && $0.state")]),
    # The dongle.
    ("page-too-short", "a list from a dongle lacks its last item", MEMORY, [
        ("DongleProtocol/Page.swift", "total = UInt32(clamping: list.count)",
         "let list = ON ? Array(list.dropLast()) : list\n        total = UInt32(clamping: list.count)")]),
    ("device-answers-early", "a dongle answers and then forgets what it did", MEMORY, [
        (MEMORY_VAULT, "contents = changed",
         "if !(ON && contents.location != .local && contents.stateCounter % 5 == 4) { contents = changed }")]),
    # The store on disk.
    ("journal-in-memory", "nothing on the disk tells how a commit that was cut off began", DISK, [
        (SETTINGS, '("PRAGMA journal_mode = DELETE", "PRAGMA journal_mode", "delete")',
         '(ON ? "PRAGMA journal_mode = MEMORY" : "PRAGMA journal_mode = DELETE", "PRAGMA journal_mode", ON ? "memory" : "delete")')]),
    ("synchronous-off", "nothing is waited for", DISK, [SYNCHRONOUS]),
    ("synchronous-full", "the end of the journal's name is not waited for", DISK, [SYNCHRONOUS]),
    ("anchor-unsynced", "a new anchor is named by a commit before it is on the disk", DISK, [
        (ANCHOR, "        try file.sync()\n        try made.sync()\n        try store.sync()\n",
         "        if !(ON) {\n            try file.sync()\n            try made.sync()\n            try store.sync()\n        }\n")]),
    ("destroyed-before-commit", "the old anchor is destroyed before the commit", DISK, [
        (COMMIT, "try rotation.write(to: database, from: key)",
         "try rotation.write(to: database, from: key)\n            if ON { _ = try rotation.replaced.destroy(in: directory.descriptor) }")]),
    ("split-commit-on-disk", "a release erases the key in one commit and keeps the code in another one", DISK, [
        ("VaultStore/VaultWriter.swift", "for change in plan { try apply(change) }",
         """for change in plan {
            try apply(change)
            if ON, case .eraseKey = change { try database.execute(sql: "COMMIT; BEGIN IMMEDIATE") }
        }""")]),
    # Copies.
    ("no-rotation", "a release keeps the anchor", BACKUPS, [
        GIVES_UP,
        ("VaultStore/VaultWriter.swift", "try seal(escrow, .escrow, transfer.stored), transfer.description,\n            ])",
         'try seal(escrow, .escrow, transfer.stored), transfer.description,\n            ])\n        if ON { try database.execute(sql: "UPDATE outgoing_transfer SET withheld = 0") }')]),
    ("no-rotation-on-decline", "a decline keeps the anchor", BACKUPS, [
        GIVES_UP,
        ("VaultStore/VaultWriter.swift", "[now.stored, tag.blob, try seal(returnKey, .returnKey, transfer.stored), transfer.description])",
         '[now.stored, tag.blob, try seal(returnKey, .returnKey, transfer.stored), transfer.description])\n            if ON { try database.execute(sql: "UPDATE incoming_transfer SET withheld = 0") }')]),
    ("old-anchor-left", "the old anchor is not destroyed", BACKUPS, [
        (DESTROY, "try key.overwrite(with: randomBytes(Self.keySize))\n        try key.sync()\n        return try Self.remove(",
         "if ON { return .done }\n        try key.overwrite(with: randomBytes(Self.keySize))\n        try key.sync()\n        return try Self.remove("),
        (DESTROY, "for name in try store.names() where name.hasPrefix(AnchorName.prefix) && !kept.contains(name) {",
         "for name in try store.names() where !(ON) && name.hasPrefix(AnchorName.prefix) && !kept.contains(name) {")]),
    ("shown-before-destroyed", "a code is shown while the old anchor is still there", BACKUPS, [
        (COMMIT, "        let isDone = try finish(rotation)",
         "        if ON {\n            hold = .held(rotation.made, rotation.made.storeKey)\n"
         "            return try planned.outcome.get()\n        }\n        let isDone = try finish(rotation)")]),
    ("place-unbound", "an anchor is bound to the machine alone", BACKUPS, [
        ("VaultStore/AnchorIdentity.swift", "        self.values = values\n    }\n\n    private static func generation",
         "        self.values = ON ? values.filter { $0.key == .machine } : values\n    }\n\n    private static func generation")]),
]


def prepare():
    """Copies the sources, with every mutant in them, each behind its switch."""
    sources = COPY / "Sources"
    shutil.rmtree(sources, ignore_errors=True)
    shutil.copytree(ROOT / "Sources", sources)
    (sources / "Vaults" / "Mutant.swift").write_text(
        "import Glibc\n\n/// The mutant that is on.\n"
        'package let mutant = getenv("ALMD_MUTANT").map { String(cString: $0) } ?? ""\n')
    edits = {}
    for name, _, _, changes in MUTANTS:
        for change in changes:
            edits.setdefault(change, []).append(name)
    for (file, old, new), names in edits.items():
        path = sources / file
        text = path.read_text()
        if text.count(old) != 1:
            sys.exit(f"error: {file} has {text.count(old)} times what {names[0]} changes: {old}")
        switch = "(" + " || ".join(f'mutant == "{name}"' for name in names) + ")"
        text = text.replace(old, new.replace("ON", switch))
        if not file.startswith("Vaults/") and "import Vaults\n" not in text:
            text = "import Vaults\n" + text
        path.write_text(text)


def look(name, medium, course):
    """Runs the simulation with a mutant on. What it said, and after how long."""
    steps = os.environ.get("STEPS", "200000" if medium == "memory" else "20000")
    begin = time.monotonic()
    found = subprocess.run(
        [ROOT / BUILD / "release/Simulate", "--on", medium, "--course", course, "--steps", steps],
        env=os.environ | {"ALMD_MUTANT": name}, capture_output=True, text=True, timeout=1200)
    return found.stdout + found.stderr, time.monotonic() - begin


def main():
    names = sys.argv[1:]
    unknown = set(names) - {mutant[0] for mutant in MUTANTS}
    if unknown:
        sys.exit(f"error: no such mutant: {', '.join(sorted(unknown))}")
    prepare()
    subprocess.run(
        ["swift", "build", "--configuration", "release", "--product", "Simulate", "--scratch-path", BUILD],
        cwd=ROOT, env=os.environ | {"ALMD_MUTANTS": str((COPY / "Sources").relative_to(ROOT))}, check=True)
    missed, caught = [], 0
    for medium, course in (MEMORY, DISK, BACKUPS):
        said, _ = look("", medium, course)
        if "nothing broken" not in said:
            print(said)
            sys.exit(f"error: without a mutant something is broken already on {medium}, {course}")
    for name, what, (medium, course), _ in MUTANTS:
        if names and name not in names:
            continue
        said, seconds = look(name, medium, course)
        (COPY / name).write_text(said)
        if "BROKEN: " not in said:
            missed.append(name)
            print(f"MISSED {name}: {what}\n{said}", flush=True)
            continue
        caught += 1
        script = said[said.index("BROKEN: ") + len("BROKEN: "):].strip()
        print(f"caught {name} in {seconds:.1f} s ({medium}, {course}): {what}\n  {script.replace(chr(10), chr(10) + '  ')}\n",
              flush=True)
    print(f"{caught} of {caught + len(missed)} mutants caught" + (f"; missed: {', '.join(missed)}" if missed else ""))
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
