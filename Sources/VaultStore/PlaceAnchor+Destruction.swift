import Glibc
import Licensing

extension PlaceAnchor {
    /// What became of an anchor that was to go.
    enum Destruction: Equatable {
        /// Nothing of it is left that could open the old state.
        case done
        /// Its directory still has a name somewhere: somebody keeps it.
        case keptDirectory
        /// Its directory is gone, which is what the identity was taken from; its overwritten file has a name somewhere.
        case keptFile
        /// Its name leads to no such directory.
        case absent
    }

    /// Whether the anchor could be destroyed as it stands: its file has one name and its directory holds nothing else.
    ///
    /// Asked before a release begins, because afterwards the key is already gone.
    func isDestructible() throws(SystemCallFailure) -> Bool {
        let names = try directory.names()
        return try key.status().linkCount == 1 && names == [Self.keyName]
    }

    /// Whether a destroyed anchor, of which something was kept, has lost its last names since, and for good: whoever took
    /// them away may not have waited for the disk.
    func isGone() throws(SystemCallFailure) -> Bool {
        let directoryLinks = try directory.status().linkCount
        guard try key.status().linkCount == 0, directoryLinks == 0 else { return false }
        try key.syncFileSystem()
        return true
    }

    /// Destroys the anchor: overwrites the file where it lies, takes both names away and looks whether any is left.
    /// Every step is on the disk before the next.
    func destroy(in store: borrowing Descriptor) throws(SystemCallFailure) -> Destruction {
        try key.overwrite(with: randomBytes(Self.keySize))
        try key.sync()
        return try Self.remove(directory, key, named: record.name, from: store)
    }

    /// Goes on with the destruction of an anchor that a commit has already replaced, after a stop anywhere in it.
    ///
    /// A directory of that name with another identity never was the anchor, and can't open anything; it is left to the
    /// removal of strays. One that was moved away can't be found: a stated limit.
    static func destroyReplaced(
        _ record: AnchorRecord, in store: borrowing Descriptor, machine: MachineIdentity?
    ) throws(SystemCallFailure) -> Destruction {
        guard let directory = try find(record, in: store, machine: machine) else {
            try store.sync()
            return .absent
        }
        let key: Descriptor
        do throws(SystemCallFailure) {
            key = try directory.open(Self.keyName, flags: O_RDWR)
        } catch {
            guard error.isAbsence else { throw error }
            return try remove(directory, named: record.name, from: store) ? .done : .keptDirectory
        }
        try erase(key)
        return try remove(directory, key, named: record.name, from: store)
    }

    /// Whether an anchor's directory is under its name, and is the one that it was.
    static func isThere(
        _ record: AnchorRecord, in store: borrowing Descriptor, machine: MachineIdentity?
    ) throws(SystemCallFailure) -> Bool {
        try find(record, in: store, machine: machine) != nil
    }

    private static func find(
        _ record: AnchorRecord, in store: borrowing Descriptor, machine: MachineIdentity?
    ) throws(SystemCallFailure) -> Descriptor? {
        let directory: Descriptor
        do throws(SystemCallFailure) {
            directory = try store.open(record.name.directory, flags: O_RDONLY | O_DIRECTORY)
        } catch {
            guard error.isAbsence else { throw error }
            return nil
        }
        guard record.differences(from: try AnchorIdentity(of: directory, on: machine)).isEmpty else { return nil }
        return directory
    }

    private static func eraseFile(in directory: borrowing Descriptor) throws(SystemCallFailure) {
        do throws(SystemCallFailure) {
            try erase(try directory.open(keyName, flags: O_RDWR))
        } catch {
            guard error.isAbsence else { throw error }
        }
    }

    /// Overwrites the file of an anchor that was not opened. It may be anything by now: with a second name it is a
    /// person's, or that of the anchor in use. No more is written than there is, so that a full disk hinders nothing.
    private static func erase(_ key: borrowing Descriptor) throws(SystemCallFailure) {
        let status = try key.status()
        guard status.kind == .file, status.linkCount == 1, status.size > 0 else { return }
        try key.overwrite(with: randomBytes(min(Int(clamping: status.size), keySize)))
        try key.sync()
    }

    private static func remove(
        _ directory: borrowing Descriptor, _ key: borrowing Descriptor, named name: AnchorName,
        from store: borrowing Descriptor
    ) throws(SystemCallFailure) -> Destruction {
        try directory.remove(keyName)
        guard try remove(directory, named: name, from: store) else { return .keptDirectory }
        return try key.status().linkCount == 0 ? .done : .keptFile
    }

    /// Takes the emptied directory's name away; whether that was its last.
    private static func remove(
        _ directory: borrowing Descriptor, named name: AnchorName, from store: borrowing Descriptor
    ) throws(SystemCallFailure) -> Bool {
        try directory.sync()
        do throws(SystemCallFailure) {
            try store.remove(name.directory, directory: true)
        } catch {
            guard [ENOTEMPTY, EEXIST, ENOTDIR].contains(error.number) else { throw error }
        }
        try store.sync()
        return try directory.status().linkCount == 0
    }

    /// Removes the anchors that no record knows, left behind by attempts that were cut off. Called only after the store
    /// opened: in a LOCKED one they may be somebody's way home.
    ///
    /// They are overwritten, too. The store's next key was wrapped for such an anchor, in a transaction that was then rolled
    /// back; a file system that writes a database's pages elsewhere each time keeps them, with what is in the store sealed
    /// under that key, and some of it may be given up later.
    ///
    /// - Returns: the names that stay because they hold something that was never part of an anchor.
    static func removeStrays(
        except known: Set<AnchorName>, in store: borrowing Descriptor
    ) throws(SystemCallFailure) -> [String] {
        let kept = Set(known.map(\.directory))
        var left: [String] = []
        var removed = false
        for name in try store.names() where name.hasPrefix(AnchorName.prefix) && !kept.contains(name) {
            do throws(SystemCallFailure) {
                let directory = try store.open(name, flags: O_RDONLY | O_DIRECTORY)
                guard try directory.names().allSatisfy({ $0 == Self.keyName }) else {
                    left.append(name)
                    continue
                }
                try eraseFile(in: directory)
                try directory.remove(Self.keyName)
                try store.remove(name, directory: true)
                removed = true
            } catch {
                guard error.number != EIO, error.number != ENOSPC, error.number != EROFS else { throw error }
                left.append(name)
            }
        }
        if removed { try store.sync() }
        return left
    }
}

extension SystemCallFailure {
    /// Whether the name leads to nothing of the asked kind: nothing at all, or a link, pipe or file put there.
    var isAbsence: Bool { [ENOENT, ENOTDIR, ELOOP, EISDIR, ENXIO].contains(number) }
}
