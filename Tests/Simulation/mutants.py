#!/usr/bin/env python3
"""mutants.py [NAME…]   shows that the simulation sees: each of these faults is built into a copy of the sources, switched on
one at a time, and has to be found. The shortest script of each is printed and kept in .build-fuzz/mutants/NAME.

One build has them all; ALMD_MUTANT says which one is on. STEPS (200000 in memory, 20000 on disk, 60000 with backups) says how
long to look. As many are looked for at once as there are processors."""
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = os.environ.get("ALMD_SIMULATION_BUILD", ".build-fuzz")
COPY = ROOT / BUILD / "mutants"
# The targets that faults are built into; Package.swift has them too.
TARGETS = ("DongleProtocol", "Vaults", "VaultStore")
MEMORY, DISK, BACKUPS = ("memory", "transfers"), ("disk", "transfers"), ("disk", "backups")
STEPS = {MEMORY: 200000, DISK: 20000, BACKUPS: 60000}
RULES, SOURCE, TARGET, QUESTIONS = (
    "Vaults/TransferRules%s.swift" % part for part in ("", "+Source", "+Target", "+Questions"))
OUTGOING, INCOMING = "Vaults/OutgoingState.swift", "Vaults/IncomingState.swift"
EXCHANGE, CHANGE = "Vaults/TransferExchange.swift", "Vaults/Change.swift"
CONTENTS, MEMORY_VAULT = "Vaults/MemoryContents.swift", "Vaults/MemoryVault.swift"
COMMIT, OPENING = "VaultStore/SQLiteVault+Commit.swift", "VaultStore/SQLiteVault+Opening.swift"
ANCHOR, DESTROY = "VaultStore/PlaceAnchor.swift", "VaultStore/PlaceAnchor+Destruction.swift"
ANCHORS, ROTATION = "VaultStore/AnchorOpening.swift", "VaultStore/AnchorRotation.swift"
IDENTITY, SETTINGS = "VaultStore/AnchorIdentity.swift", "VaultStore/DatabaseSettings.swift"
WRITER, DATABASE = "VaultStore/VaultWriter.swift", "VaultStore/StoreDatabase.swift"
HELLO, PAGE = "DongleProtocol/HelloReply.swift", "DongleProtocol/Page.swift"
STEP, SUMMARY = "DongleProtocol/TransferStep+Payload.swift", "DongleProtocol/TransferSummary+Payload.swift"

# Mutants that change the same lines have one text for them, in which ON(NAME) is whether a certain one is on.
SYNCHRONOUS = (SETTINGS, '("PRAGMA synchronous = EXTRA", "PRAGMA synchronous", "3")',
               '(ON(synchronous-off) ? "PRAGMA synchronous = OFF" : ON(synchronous-full) ? '
               '"PRAGMA synchronous = FULL" : "PRAGMA synchronous = EXTRA", "PRAGMA synchronous", '
               'ON(synchronous-off) ? "0" : ON(synchronous-full) ? "2" : "3")')
GIVES_UP = (CHANGE, "case .release, .decline: true",
            "case .release: !ON(no-rotation)\n        case .decline: !ON(no-rotation-on-decline)")
FINISHED_OUTGOING = (OUTGOING, "self == .withdrawn || self == .settled || self == .returned }",
                     "self == .withdrawn || self == .settled || self == .returned\n        "
                     "|| ON(forgets-released) && self == .released || ON(forgets-offered) && self == .offered }")
FINISHED_INCOMING = (INCOMING, "var isFinished: Bool { self == .active }",
                     "var isFinished: Bool { self == .active\n        "
                     "|| ON(forgets-declined) && self == .declined || ON(forgets-open) && self == .open }")
UNSYNCED = (ANCHOR, "        try file.sync()\n        try made.sync()\n        try store.sync()\n",
            "        if !ON(anchor-unsynced), !ON(anchor-file-unsynced) { try file.sync() }\n"
            "        if !ON(anchor-unsynced), !ON(anchor-entry-unsynced) { try made.sync() }\n"
            "        if !ON(anchor-unsynced) { try store.sync() }\n")
# Two commits where there has to be one: some changes, or the history, are left for the second.
SPLIT = [
    (COMMIT, "        let (planned, rotation) = try writeRotating { database, begin in",
     """        func isLate(_ change: Change) -> Bool {
            switch change {
            case .eraseKey: ON(split-commit-on-disk)
            case .activate: ON(split-activation)
            case .takeBack: ON(split-return)
            default: false
            }
        }
        let (planned, rotation) = try writeRotating { database, begin in"""),
    (COMMIT, ".apply(planned.changes, history: planned.history)",
     ".apply(planned.changes.filter { !isLate($0) }, history: ON(history-apart) ? [] : planned.history)"),
    (COMMIT, "        guard let rotation else { return try planned.outcome.get() }",
     """        let late = planned.changes.filter(isLate)
        if !late.isEmpty || ON(history-apart) && !planned.history.isEmpty {
            try database.write {
                try VaultWriter(database: $0, key: key, path: directory.path)
                    .apply(late, history: ON(history-apart) ? planned.history : [])
            }
        }
        guard let rotation else { return try planned.outcome.get() }"""),
]
RESEALED = (ROTATION, "for column in SealedColumn.allCases {",
            "for column in SealedColumn.allCases\n        where !(ON(escrow-not-resealed) && column == .escrow) "
            "&& !(ON(request-not-resealed) && column == .requestSecret) {")
LOCKED = (RULES, "if let reason = vault.lockedReason, !isAllowedWhenLocked(plan) {",
          "if let reason = vault.lockedReason, !isAllowedWhenLocked(plan), !ON(locked-works), !ON(locked-writes) {")
LEFT_LOCKED = (OPENING, "        case .locked:\n            try database.makeReadOnly()",
               "        case .locked:\n            if ON(strays-of-locked) { try removeStrays() }\n"
               "            if !ON(locked-writes) { try database.makeReadOnly() }")
ANY_RECORD = (CONTENTS, "outgoingRecords.firstIndex { $0.identifier == transfer && $0.state == from }",
              "outgoingRecords.firstIndex { $0.identifier == transfer && ($0.state == from || ON && $0.state != .offered) }")
ANY_REQUEST = (CONTENTS, "incomingRecords.firstIndex { $0.identifier == transfer && $0.state == .open }",
               "incomingRecords.firstIndex { $0.identifier == transfer && ($0.state == .open || ON) }")
SECRET_KEPT = (CONTENTS, "requestSecrets[transfer] = nil", "if !ON { requestSecrets[transfer] = nil }")


def too_early(case):
    """Shows what a step comes to without its commit."""
    return (MEMORY_VAULT, "if !plan.changes.isEmpty",
            "if !plan.changes.isEmpty, !(ON && plan.changes.contains { if case .%s = $0 { true } else { false } })" % case)


# Name, what is wrong, where it is looked for, and the changes: file, what stands there, what stands there instead. In the
# last, ON is whether one of the mutants with this change is on.
MUTANTS = [
    # Commit and show.
    ("show-before-commit", "an activation code is shown before the release is committed", MEMORY, [too_early("release")]),
    ("return-before-commit", "a return code is shown before the decline is committed", MEMORY, [too_early("decline")]),
    ("request-before-commit", "a request code is shown before the request is committed", MEMORY, [
        too_early("insertIncoming")]),
    ("active-before-commit", "a key is said to be active before it is committed", MEMORY, [too_early("activate")]),
    ("split-commit", "a release erases the key in one commit and keeps the code in another one", MEMORY, [
        (MEMORY_VAULT, "for change in plan.changes { try changed.apply(change) }",
         "for change in plan.changes { try changed.apply(change); if ON, case .eraseKey = change { break } }")]),
    ("key-kept", "a release does not erase the key", MEMORY, [
        (CONTENTS, "try require(held.removeValue(forKey: licence) != nil)",
         "if !ON { try require(held.removeValue(forKey: licence) != nil) }")]),
    ("answer-lost", "after a release the same request gets another activation code", MEMORY, [
        (SOURCE, "try ActivationCode(maskedSeed: activation, tag: release.tag)",
         "try ActivationCode(maskedSeed: ON && transfer.changed != occasion.now ? activation.reversed() : activation, tag: release.tag)")]),
    ("counter-stands", "the state counter does not go up", MEMORY, [
        (MEMORY_VAULT, "changed.stateCounter += 1", "changed.stateCounter += ON ? 0 : 1")]),
    ("history-lost", "the history does not tell of what happened", MEMORY, [
        (MEMORY_VAULT, "changed.history += plan.history", "if !ON { changed.history += plan.history }")]),
    # The states of the model: see the table in OutgoingState and IncomingState.
    ("reclaim-twice", "a return code takes the key back a second time", MEMORY, [
        (OUTGOING, "(.returned, .comeBack), (.returned, .reclaim): .stands",
         "(.returned, .comeBack): .stands\n        case (.returned, .reclaim): ON ? .moves(to: .returned) : .stands"),
        (SOURCE, "guard transfer.state == .released, transfer.release?.tag == code.tag,",
         "guard transfer.state == .released || ON, transfer.release?.tag == code.tag,"),
        (CONTENTS, "                $0.release?.returnDigest = digest\n            }\n            escrows[transfer] = nil",
         "                $0.release?.returnDigest = digest\n            }\n            if !ON { escrows[transfer] = nil }"),
        ANY_RECORD]),
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
        ANY_RECORD]),
    ("reclaim-at-will", "a source takes a released key back without a return code", MEMORY, [
        (OUTGOING, "case (.released, .cancel): .refused(.notOffered)",
         "case (.released, .cancel): ON ? .moves(to: .withdrawn) : .refused(.notOffered)"),
        ANY_RECORD]),
    ("withdrawn-released", "a request for a withdrawn offer is released", MEMORY, [
        (SOURCE, "        switch offer.state.after(.release) {",
         "        let isHeld = try vault.keys().contains { $0.number == offer.certificate.number }\n"
         "        switch ON && isHeld && offer.state == .withdrawn ? .moves(to: .released) : offer.state.after(.release) {"),
        (CONTENTS, "try changeOutgoing(transfer, from: .offered, to: .released, at: now)",
         "let from = ON && outgoingRecords.contains { $0.identifier == transfer && $0.state == .withdrawn }\n"
         "            try changeOutgoing(transfer, from: from ? .withdrawn : .offered, to: .released, at: now)")]),
    ("offer-left-open", "a new offer leaves the older one open", MEMORY, [
        (SOURCE, "var changes = open.map { [Change.withdraw($0.identifier, at: occasion.now)] } ?? []",
         "var changes = open.map { ON ? [] : [Change.withdraw($0.identifier, at: occasion.now)] } ?? []")]),
    ("activate-twice", "an active request keeps its secret and stays open", MEMORY, [
        (CONTENTS, "try changeIncoming(transfer, to: .active, at: now) {",
         "try changeIncoming(transfer, to: ON ? .open : .active, at: now) {"),
        SECRET_KEPT]),
    ("activate-after-decline", "a declined request keeps its secret and can be activated", MEMORY, [
        (INCOMING, "case (.declined, .requestAgain), (.declined, .activate): .refused(.requestDeclined)",
         "case (.declined, .requestAgain): .refused(.requestDeclined)\n        case (.declined, .activate): ON ? .moves(to: .active) : .refused(.requestDeclined)"),
        (TARGET, "for transfer in incoming where transfer.state == .open {",
         "for transfer in incoming where transfer.state == .open || ON && transfer.state == .declined {"),
        SECRET_KEPT, ANY_REQUEST]),
    ("decline-after-activate", "an active request can still be declined", MEMORY, [
        (INCOMING, "case (.active, .decline): .refused(.notOpen)",
         "case (.active, .decline): ON ? .moves(to: .declined) : .refused(.notOpen)"),
        SECRET_KEPT, ANY_REQUEST]),
    ("return-key-lost", "a declined request forgets its return key", MEMORY, [
        (CONTENTS, "returnKeys[transfer] = returnKey", "if !ON { returnKeys[transfer] = returnKey }")]),
    ("secret-reused", "every offer of a key has the same secret", MEMORY, [
        (SOURCE, "let secret = random(OutgoingTransfer.secretSize)",
         "let secret = random(OutgoingTransfer.secretSize)\n            if ON { return [UInt8](repeating: 7, count: OutgoingTransfer.secretSize) }")]),
    ("activate-anywhere", "an activation code opens any open request for its key", MEMORY, [
        (EXCHANGE, "let shared = try key.sharedSecret(with: peer)",
         "let shared = ON ? Secret([UInt8](repeating: 7, count: 32)) : try key.sharedSecret(with: peer)"),
        (EXCHANGE, "Derivation.exchange.digest(requestHeader.bytes, certificate.hash, offerSecret, point.bytes)",
         "ON ? certificate.hash : Derivation.exchange.digest(requestHeader.bytes, certificate.hash, offerSecret, point.bytes)")]),
    ("request-replaced", "the same start code makes a new request in the place of the open one", MEMORY, [
        (TARGET, "if let same = known.first(where: { $0.identifier == identifier }) {",
         "if let same = known.first(where: { $0.identifier == identifier }), !(ON && same.state == .open) {"),
        (TARGET, "$0.certificate.number == certificate.number && $0.state == .open })",
         "$0.certificate.number == certificate.number && $0.state == .open && !(ON && $0.identifier == identifier) })"),
        (CONTENTS, "            try require(!incomingRecords.contains { $0.identifier == transfer.identifier })",
         "            if ON { incomingRecords.removeAll { $0.identifier == transfer.identifier } }\n"
         "            try require(!incomingRecords.contains { $0.identifier == transfer.identifier })")]),
    # The wrong object.
    ("erases-another", "a release erases another key than the one that leaves", MEMORY, [
        (SOURCE, ".eraseKey(licence),", ".eraseKey(ON ? (try vault.keys().first?.number ?? licence) : licence),")]),
    ("seed-of-another", "a release hides another key's seed in the activation code", MEMORY, [
        (SOURCE, "let seed = try vault.seed(of: licence)",
         "let seed = try vault.seed(of: ON ? vault.keys().first?.number ?? licence : licence)")]),
    ("offers-another", "another key is offered than the one that was named", MEMORY, [
        (SOURCE, "vault.keys().first(where: { $0.number == licence })",
         "vault.keys().first(where: { $0.number == licence || ON })")]),
    ("declines-another", "another open request is declined than the one that was named", MEMORY, [
        (TARGET, "let transfer = try incoming(identifier)\n        switch transfer.state.after(.decline) {",
         "var transfer = try incoming(identifier)\n"
         "        if ON, let other = try vault.incoming().first(where: { $0.state == .open }) { transfer = other }\n"
         "        let identifier = transfer.identifier\n        switch transfer.state.after(.decline) {")]),
    ("receipt-of-another", "the receipt of another transfer is shown", MEMORY, [
        (TARGET, "let transfer = try incoming(identifier)\n        if case .refused(let code) = transfer.state.after(.receipt)",
         "var transfer = try incoming(identifier)\n"
         "        if ON, let other = try vault.incoming().first(where: { $0.state == .active }) { transfer = other }\n"
         "        if case .refused(let code) = transfer.state.after(.receipt)")]),
    ("proof-of-another", "a key is proved with another key's seed", MEMORY, [
        (QUESTIONS, "try vault.seed(of: licence).agreementKey",
         "try vault.seed(of: ON ? vault.keys().last?.number ?? licence : licence).agreementKey")]),
    ("settles-others", "a key that comes back settles the records of others", MEMORY, [
        (TARGET, "$0.certificate == transfer.certificate && $0.state", "($0.certificate == transfer.certificate || ON) && $0.state")]),
    ("return-code-of-activation", "a return code has the key of the activation code in it", MEMORY, [
        (TARGET, "ReturnCode(returnKey: exchange.returnKey.bytes,",
         "ReturnCode(returnKey: (ON ? exchange.activationKey : exchange.returnKey).bytes,")]),
    ("escrow-is-activation", "a return code takes the key back that was never declined", MEMORY, [
        (SOURCE, "let escrow = exchange.returnKey.combined(with: seed.secret.bytes)",
         "let escrow = (ON ? exchange.activationKey : exchange.returnKey).combined(with: seed.secret.bytes)")]),
    # The checks of codes.
    ("authenticator-unchecked", "a request is taken for the answer to any offer", MEMORY, [
        (SOURCE, "point: request.point) == request.mac", "point: request.point) == request.mac || ON && offer.state == .offered")]),
    ("header-unauthenticated", "a request's flags are neither looked at nor authenticated", MEMORY, [
        (SOURCE, "guard request.flags == 0 else", "guard request.flags == 0 || ON else"),
        (EXCHANGE, "for: header.bytes +", "for: (ON ? [] : header.bytes) +")]),
    ("point-unauthenticated", "a request's authenticator does not cover its point", MEMORY, [
        (EXCHANGE, " + point, using: key.symmetricKey)", " + (ON ? [] : point), using: key.symmetricKey)")]),
    ("certificate-unauthenticated", "a request's authenticator does not cover the certificate", MEMORY, [
        (EXCHANGE, "+ certificate.hash +", "+ (ON ? [] : certificate.hash) +")]),
    ("answers-anybody", "whoever asks for a released key gets the code that was made for another", MEMORY, [
        (SOURCE, "case .stands where offer.release?.point == point:",
         "case .stands where offer.release?.point == point || ON && offer.state == .released:")]),
    ("seed-unchecked", "a target takes in a seed that is not the one the vendor signed", MEMORY, [
        (TARGET, "seed.agreementKey.point == transfer.certificate.publicKey",
         "ON || seed.agreementKey.point == transfer.certificate.publicKey")]),
    ("taken-for-done", "any activation code is taken for the one that was loaded before", MEMORY, [
        (TARGET, "{ $0.activationDigest == digest }", "{ $0.activationDigest == digest || ON && $0.state == .active }")]),
    ("return-unchecked", "a source takes back whatever a return code yields", MEMORY, [
        (SOURCE, "let seed = Seed(bytes), seed.agreementKey.point == transfer.certificate.publicKey",
         "let seed = Seed(bytes), ON || seed.agreementKey.point == transfer.certificate.publicKey")]),
    ("taken-for-returned", "any return code is taken for the one that was loaded before", MEMORY, [
        (SOURCE, "if transfer.release?.returnDigest == digest {",
         "if transfer.release?.returnDigest == digest || ON && transfer.state == .returned {")]),
    ("receipt-unchecked", "any receipt settles whatever was released", MEMORY, [
        (SOURCE, "$0.release?.receiptDigest == digest", "$0.release?.receiptDigest == digest || ON && $0.state == .released")]),
    # Room and records.
    ("room-for-one-more", "one key more than there is room for is requested", MEMORY, [
        (RULES, "count + expected < Int(", "count + expected < (ON ? 1 : 0) + Int(")]),
    ("room-not-reserved", "the room of open requests is given away", MEMORY, [
        (RULES, "let expected = try vault.incoming().count { $0.state == .open }",
         "let expected = try vault.incoming().count { $0.state == .open && !ON }")]),
    ("room-for-returned", "a key comes back to where there is no room for it", MEMORY, [
        (SOURCE, "        try requireRoomForKey()", "        if !ON { try requireRoomForKey() }")]),
    ("records-without-end", "one record more than there is room for is kept", MEMORY, [
        (RULES, "guard outgoing.count + incoming.count >= Int(", "guard outgoing.count + incoming.count >= (ON ? 1 : 0) + Int(")]),
    ("forgets-declined", "a declined request is forgotten to make room", MEMORY, [FINISHED_INCOMING]),
    ("forgets-open", "an open request is forgotten to make room", MEMORY, [FINISHED_INCOMING]),
    ("forgets-released", "a released record is forgotten to make room", MEMORY, [FINISHED_OUTGOING]),
    ("forgets-offered", "an open offer is forgotten to make room", MEMORY, [FINISHED_OUTGOING]),
    # The dongle.
    ("page-too-short", "a list from a dongle lacks its last item", MEMORY, [
        (PAGE, "total = UInt32(clamping: list.count)",
         "let list = ON ? Array(list.dropLast()) : list\n        total = UInt32(clamping: list.count)")]),
    ("device-answers-early", "a dongle answers and then forgets what it did", MEMORY, [
        (MEMORY_VAULT, "contents = changed",
         "if !(ON && contents.location != .local && contents.stateCounter % 5 == 4) { contents = changed }")]),
    ("repeat-unsaid", "a dongle does not say that something was so already", MEMORY, [
        (SUMMARY, "writer.write(isRepeat)", "writer.write(isRepeat && !ON)")]),
    ("anew-unsaid", "a dongle is not told that a new offer is asked for", MEMORY, [
        (STEP, "writer.write(anew)", "writer.write(anew && !ON)")]),
    ("counter-unsaid", "a dongle does not say how far it is", MEMORY, [
        (HELLO, "writer.write(stateCounter)", "writer.write(ON ? 0 : stateCounter)")]),
    ("sides-swapped", "a dongle says that it is the source of what it is the target of", MEMORY, [
        (SUMMARY, "writer.write(2 as UInt8)", "writer.write((ON ? 1 : 2) as UInt8)")]),
    ("locked-unsaid", "a dongle does not say that it is LOCKED", BACKUPS, [
        (HELLO, "writer.write(optional: lockedReason)", "writer.write(optional: ON ? nil : lockedReason)")]),
    # The store on disk.
    ("journal-in-memory", "nothing on the disk tells how a commit that was cut off began", DISK, [
        (SETTINGS, '("PRAGMA journal_mode = DELETE", "PRAGMA journal_mode", "delete")',
         '(ON ? "PRAGMA journal_mode = MEMORY" : "PRAGMA journal_mode = DELETE", "PRAGMA journal_mode", ON ? "memory" : "delete")')]),
    ("synchronous-off", "nothing is waited for", DISK, [SYNCHRONOUS]),
    ("synchronous-full", "the end of the journal's name is not waited for, by SQLite nor by the store", DISK, [
        SYNCHRONOUS, (DATABASE, "to wait for the journal's end.\n            if isChanged {",
                      "to wait for the journal's end.\n            if isChanged, !ON {")]),
    ("goes-on-after-failure", "a store goes on after its disk has failed", DISK, [
        (DATABASE, "if refusal.code == .storeFailed {", "if refusal.code == .storeFailed, !ON {")]),
    ("split-commit-on-disk", "a release keeps the code in one commit and erases the key in another one", DISK, SPLIT),
    ("split-activation", "a key is held in one commit and its request is active in another one", DISK, SPLIT),
    ("split-return", "a key is held again in one commit and its record is returned in another one", DISK, SPLIT),
    ("history-apart", "the history is written in a commit of its own", DISK, SPLIT),
    ("counter-stands-on-disk", "the state counter does not go up with a release or a decline", DISK, [
        (WRITER, 'SET state_counter = state_counter + 1 WHERE',
         'SET state_counter = state_counter + \\(ON && plan.contains(where: \\.givesUpSomething) ? 0 : 1) WHERE')]),
    ("stale-records", "after a change the records are shown as they were before it", DISK, [
        (COMMIT, "defer { cache.empty() }", "defer { if !(ON && Answer.self == TransferAnswer.self) { cache.empty() } }")]),
    ("anchor-unsynced", "a new anchor is named by a commit before it is on the disk", DISK, [UNSYNCED]),
    ("anchor-file-unsynced", "a new anchor's file is not on the disk when a commit names it", DISK, [UNSYNCED]),
    ("anchor-entry-unsynced", "a new anchor's file has no name on the disk when a commit names it", DISK, [UNSYNCED]),
    ("destroyed-before-commit", "the old anchor is destroyed before the commit", DISK, [
        (COMMIT, "try rotation.write(to: database, from: key)",
         "try rotation.write(to: database, from: key)\n            if ON { _ = try rotation.replaced.destroy(in: directory.descriptor) }")]),
    ("replaced-unnamed", "the commit does not name the anchor that it replaces", DISK, [
        (ROTATION, "replaced: try replaced.record(wrapping: made.storeKey))",
         "replaced: ON ? nil : (try replaced.record(wrapping: made.storeKey)))")]),
    ("escrow-not-resealed", "what would take keys back stays sealed under the key that goes", DISK, [RESEALED]),
    ("request-not-resealed", "the secrets of open requests stay sealed under the key that goes", DISK, [RESEALED]),
    ("old-key-kept", "after a release the store goes on with the key that went", DISK, [
        (COMMIT, "        hold = .held(rotation.made, rotation.made.storeKey)\n        cache.empty()",
         "        if !ON { hold = .held(rotation.made, rotation.made.storeKey) }\n        cache.empty()")]),
    ("never-finished", "the old anchor is destroyed, and no commit says so", DISK, [
        (COMMIT, "            try database.write { try AnchorTable(database: $0).finish() }\n            return true",
         "            if !ON { try database.write { try AnchorTable(database: $0).finish() } }\n            return true")]),
    ("destruction-not-resumed", "after a crash the old anchor's destruction is not gone on with", DISK, [
        (OPENING, "case .destroy(let replaced): try finishDestruction(of: replaced)",
         "case .destroy(let replaced): if !ON { try finishDestruction(of: replaced) }")]),
    # Copies.
    ("no-rotation", "a release keeps the anchor", BACKUPS, [
        GIVES_UP,
        (WRITER, "try seal(escrow, .escrow, transfer.stored), transfer.description,\n            ])",
         'try seal(escrow, .escrow, transfer.stored), transfer.description,\n            ])\n        if ON { try database.execute(sql: "UPDATE outgoing_transfer SET withheld = 0") }')]),
    ("no-rotation-on-decline", "a decline keeps the anchor", BACKUPS, [
        GIVES_UP,
        (WRITER, "[now.stored, tag.blob, try seal(returnKey, .returnKey, transfer.stored), transfer.description])",
         '[now.stored, tag.blob, try seal(returnKey, .returnKey, transfer.stored), transfer.description])\n            if ON { try database.execute(sql: "UPDATE incoming_transfer SET withheld = 0") }')]),
    ("old-anchor-left", "the old anchor is not destroyed", BACKUPS, [
        (DESTROY, "try key.overwrite(with: randomBytes(Self.keySize))\n        try key.sync()\n        return try Self.remove(",
         "if ON { return .done }\n        try key.overwrite(with: randomBytes(Self.keySize))\n        try key.sync()\n        return try Self.remove("),
        (DESTROY, "for name in try store.names() where name.hasPrefix(AnchorName.prefix) && !kept.contains(name) {",
         "for name in try store.names() where !ON && name.hasPrefix(AnchorName.prefix) && !kept.contains(name) {")]),
    ("shown-before-destroyed", "a code is shown while the old anchor is still there", BACKUPS, [
        (COMMIT, "        let isDone = try finish(rotation)",
         "        if ON {\n            hold = .held(rotation.made, rotation.made.storeKey)\n"
         "            return try planned.outcome.get()\n        }\n        let isDone = try finish(rotation)")]),
    ("half-rotation-trusted", "what opens with the old anchor alone is not given a new one", BACKUPS, [
        (OPENING, "        case .rotate: try rotateAgain()",
         """        case .rotate where ON:
            if case .held(let anchor, let key) = hold {
                try database.write { database in
                    try AnchorTable(database: database).replace(current: try anchor.record(wrapping: key), replaced: nil)
                    try AnchorTable(database: database).finish()
                }
            }
        case .rotate: try rotateAgain()""")]),
    ("strays-left", "anchors that nothing names are left where they are", BACKUPS, [
        (OPENING, "        }\n        try removeStrays()\n", "        }\n        if !ON { try removeStrays() }\n")]),
    ("place-unbound", "an anchor is bound to the machine alone", BACKUPS, [
        (IDENTITY, "        self.values = values\n    }\n\n    private static func generation",
         "        self.values = ON ? values.filter { $0.key == .machine } : values\n    }\n\n    private static func generation")]),
    ("locked-works", "a LOCKED store shows whatever it is asked for", BACKUPS, [LOCKED]),
    ("locked-writes", "a LOCKED store does what it is asked for", BACKUPS, [
        LOCKED, LEFT_LOCKED,
        (COMMIT, "guard let key = hold.key else {", "guard let key = hold.key ?? (ON ? StoreKey.fresh() : nil) else {")]),
    ("strays-of-locked", "a LOCKED store is tidied up", BACKUPS, [LEFT_LOCKED]),
]


def prepare():
    """Copies the sources, with every mutant in them, each behind its switch. What is as it was is not written anew."""
    texts = {}
    for target in TARGETS:
        for path in (ROOT / "Sources" / target).rglob("*.swift"):
            texts[str(path.relative_to(ROOT / "Sources"))] = path.read_text()
    edits = {}
    for name, _, _, changes in MUTANTS:
        for change in changes:
            edits.setdefault(change, []).append(name)
    for (file, old, new), names in edits.items():
        text = texts[file]
        if text.count(old) != 1:
            sys.exit(f"error: {file} has {text.count(old)} times what {names[0]} changes: {old}")
        new = re.sub(r"\bON\(([a-z-]+)\)", lambda found: f'(mutant == "{found[1]}")', new)
        new = re.sub(r"\bON\b", "(" + " || ".join(f'mutant == "{name}"' for name in names) + ")", new)
        text = text.replace(old, new)
        if not file.startswith("Vaults/") and "import Vaults\n" not in text:
            text = "import Vaults\n" + text
        texts[file] = text
    texts["Vaults/Mutant.swift"] = (
        "import Glibc\n\n/// The mutant that is on.\n"
        'package let mutant = getenv("ALMD_MUTANT").map { String(cString: $0) } ?? ""\n')
    sources = COPY / "Sources"
    for path in list(sources.rglob("*.swift")):
        if str(path.relative_to(sources)) not in texts:
            path.unlink()
    for file, text in texts.items():
        path = sources / file
        if not path.exists() or path.read_text() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


def look(name, place, part=1):
    """Runs the simulation with a mutant on, or a part of it. What it said, and after how long."""
    begin = time.monotonic()
    found = subprocess.run(
        [COPY / "Simulate", "--on", place[0], "--course", place[1], "--steps",
         str(int(os.environ.get("STEPS", STEPS[place])) // part)],
        env=os.environ | {"ALMD_MUTANT": name}, capture_output=True, text=True, timeout=1200)
    return found.stdout + found.stderr, time.monotonic() - begin


def missing():
    """The mutants of the model that are not here."""
    model = (ROOT / "Tests/Model/mutants.py").read_text()
    return set(re.findall(r'^ +Mutant\("([a-z-]+)"', model, re.MULTILINE)) - {mutant[0] for mutant in MUTANTS}


def main():
    names = sys.argv[1:]
    if missing():
        sys.exit(f"error: the model has mutants that are not here: {', '.join(sorted(missing()))}")
    unknown = set(names) - {mutant[0] for mutant in MUTANTS}
    if unknown:
        sys.exit(f"error: no such mutant: {', '.join(sorted(unknown))}")
    prepare()
    subprocess.run(
        ["swift", "build", "--configuration", "release", "--product", "Simulate", "--scratch-path", BUILD],
        cwd=ROOT, env=os.environ | {"ALMD_MUTANTS": str((COPY / "Sources").relative_to(ROOT))}, check=True)
    # Another build may come in between.
    shutil.copy2(ROOT / BUILD / "release/Simulate", COPY / "Simulate")
    chosen = [mutant for mutant in MUTANTS if not names or mutant[0] in names]
    missed = []
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as looking:
        without = [(place, looking.submit(look, "", place, 10)) for place in (MEMORY, DISK, BACKUPS)]
        found = [looking.submit(look, name, place) for name, _, place, _ in chosen]
        for place, future in without:
            said, seconds = future.result()
            if "nothing broken" not in said:
                looking.shutdown(cancel_futures=True)
                print(said)
                sys.exit(f"error: without a mutant something is broken already on {', '.join(place)}")
            print(f"nothing found without a mutant in {seconds:.1f} s ({', '.join(place)})", flush=True)
        for (name, what, place, _), future in zip(chosen, found):
            said, seconds = future.result()
            (COPY / name).write_text(said)
            if "BROKEN: " not in said:
                missed.append(name)
                print(f"MISSED {name} in {seconds:.1f} s: {what}\n{said}", flush=True)
                continue
            script = said[said.index("BROKEN: ") + len("BROKEN: "):].strip()
            print(f"caught {name} in {seconds:.1f} s ({', '.join(place)}): {what}\n  "
                  f"{script.replace(chr(10), chr(10) + '  ')}\n", flush=True)
    print(f"{len(chosen) - len(missed)} of {len(chosen)} mutants caught" +
          (f"; missed: {', '.join(missed)}" if missed else ""))
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
