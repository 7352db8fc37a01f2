import Crypto
import Glibc
import Licensing

/// An anchor held open: a small directory beside the database that ties the store to its place on disk.
///
/// The directory holds one file, `key`, of 64 random KiB. The key that wraps the store's key follows from the file's
/// contents and from the directory's identity, so a copied or restored store does not open. It stops accidents and
/// casual copying; it is not a copy lock against a program written for it, an image of the disk, or a snapshot.
final class PlaceAnchor: Sendable {
    /// The one file in the directory.
    static let keyName = "key"
    /// Its size in bytes: so much that a copy of "the small files" is noticed, and overwriting it is one short write.
    static let keySize = 64 * 1024

    /// What is stored of it; with the store's key in it where the anchor was opened by a stored record.
    let record: AnchorRecord
    /// Held until the end, because only a held descriptor tells that nobody else keeps the directory.
    let directory: Descriptor
    let key: Descriptor
    /// The store's key: as it was wrapped for this anchor, or a fresh one where the anchor was just made.
    let storeKey: StoreKey
    private let wrapping: SymmetricKey

    /// Makes a new anchor in `store`. When this returns, directory and file are on the disk: without that, half of the
    /// power cuts around the commit that first names the anchor would leave the store LOCKED.
    init(creatingIn store: borrowing Descriptor, machine: MachineIdentity?) throws(SystemCallFailure) {
        let name = AnchorName.random()
        try store.makeDirectory(name.directory)
        let made = try store.open(name.directory, flags: O_RDONLY | O_DIRECTORY)
        if try FileSystemKind.of(made) == .btrfs {
            try made.disableCopyOnWrite()
        }
        let contents = randomBytes(Self.keySize)
        let file = try made.open(Self.keyName, flags: O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
        try file.overwrite(with: contents)
        try file.sync()
        try made.sync()
        try store.sync()
        // The identity is read from what the name leads to now: that is what the next opening will find.
        let found = try store.open(name.directory, flags: O_RDONLY | O_DIRECTORY)
        let identity = try AnchorIdentity(of: found, on: machine)
        let record = AnchorRecord(name: name, salt: randomBytes(AnchorRecord.saltSize), identity: identity)
        guard let wrapping = record.wrappingKey(contents: SHA256.hash(data: contents), identity: identity) else {
            throw SystemCallFailure(call: "statx", name: name.directory, number: EIO)
        }
        self.record = record
        self.wrapping = wrapping
        storeKey = StoreKey.fresh()
        directory = found
        key = file
    }

    /// Why an anchor does not open.
    enum Refusal: Error, Equatable {
        /// These factors differ; none when the file's contents or the record itself do.
        case differs([AnchorFactor])
        /// The directory or its file is missing or is something else; `reason` names it.
        case missing(reason: String)
        /// The disk failed, which says nothing about the anchor.
        case failed(SystemCallFailure)
    }

    /// Opens the anchor of `record`.
    init(
        opening record: AnchorRecord, in store: borrowing Descriptor, machine: MachineIdentity?
    ) throws(Refusal) {
        let name = record.name.directory
        let directory = try Self.open(name, in: store, flags: O_RDONLY | O_DIRECTORY)
        let key = try Self.open(Self.keyName, in: directory, flags: O_RDWR)
        let kind: Descriptor.Status.Kind
        let identity: AnchorIdentity
        let contents: [UInt8]
        do throws(SystemCallFailure) {
            kind = try key.status().kind
            identity = try AnchorIdentity(of: directory, on: machine)
            contents = kind == .file ? try key.contents(atMost: Self.keySize + 1) : []
        } catch {
            throw .failed(error)
        }
        guard kind == .file else { throw .missing(reason: "\(name)/\(Self.keyName) is not a file") }
        let differences = record.differences(from: identity)
        guard differences.isEmpty, contents.count == Self.keySize,
            let wrapping = record.wrappingKey(contents: SHA256.hash(data: contents), identity: identity),
            let storeKey = StoreKey(unwrapping: record.wrapped, under: wrapping, header: record.header)
        else { throw .differs(differences) }
        self.record = record
        self.storeKey = storeKey
        self.wrapping = wrapping
        self.directory = directory
        self.key = key
    }

    private static func open(
        _ name: String, in parent: borrowing Descriptor, flags: Int32
    ) throws(Refusal) -> Descriptor {
        do throws(SystemCallFailure) {
            return try parent.open(name, flags: flags)
        } catch {
            switch error.number {
            case ENOENT: throw .missing(reason: "\(name) is missing")
            case ENOTDIR, ELOOP, EISDIR, ENXIO: throw .missing(reason: "\(name) is not what was made there")
            default: throw .failed(error)
            }
        }
    }

    /// The record with `storeKey` wrapped for this anchor.
    func record(wrapping storeKey: StoreKey) throws(SystemCallFailure) -> AnchorRecord {
        guard let wrapped = storeKey.wrapped(under: wrapping, header: record.header) else {
            throw SystemCallFailure(call: "seal", name: record.name.directory, number: EINVAL)
        }
        var record = record
        record.wrapped = wrapped
        return record
    }
}
