/// What an anchor binds a store to, for a person: the file system, the factors it gives, and what is missing.
package struct AnchorProtection: Sendable, Equatable {
    /// The file system under the store.
    package let fileSystem: FileSystemKind
    /// The factors that the anchor is bound to.
    package let factors: [AnchorFactor]

    /// The factors that this file system does not give.
    package var missing: [AnchorFactor] { AnchorFactor.allCases.filter { !factors.contains($0) } }

    /// What stays unprotected, one sentence for each gap; empty where everything is given.
    package var gaps: [String] {
        var gaps: [String] = []
        if missing.contains(.machine) {
            gaps.append("the store is bound to no machine id: with its disk it opens on any machine")
        }
        // What tells a directory from an earlier one that had the same number.
        let telling = [AnchorFactor.generation, .birthTime, .fileHandle]
        let (given, lacking) = (telling.filter(factors.contains), telling.filter(missing.contains).map(\.name))
        if given.isEmpty {
            gaps.append("\(fileSystem.name) tells a directory only by its number: a copy that gets the same one opens")
        } else if !lacking.isEmpty {
            gaps.append(
                "\(fileSystem.name) gives no \(lacking.joined(separator: " and no ")) here: only the "
                    + "\(given.map(\.name).joined(separator: " and the ")) can tell a directory from an earlier one")
        }
        if fileSystem == .tmpfs {
            gaps.append("tmpfs forgets everything at a reboot, keys too")
        }
        if fileSystem == .btrfs, missing.contains(.fileHandle) {
            gaps.append("without file handles a snapshot of the subvolume opens beside the original")
        }
        return gaps
    }
}

extension SQLiteVault {
    /// What the store is bound to; nil where it is LOCKED.
    package var protection: AnchorProtection? {
        switch hold {
        case .held(let anchor, _), .keptByOthers(let anchor, _, _):
            AnchorProtection(fileSystem: directory.fileSystem, factors: anchor.record.factors.map(\.factor))
        case .locked: nil
        }
    }
}
