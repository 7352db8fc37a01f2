import Crypto
import Licensing
import Testing
import Vaults

@testable import VaultStore

/// A store as its files are just now, while a daemon may have it open: what tests read out of it that nobody else may.
struct OpenStore {
    private let directory: StoreDirectory
    private let database: StoreDatabase
    private let key: StoreKey

    init(_ path: String) throws {
        directory = try StoreDirectory(path: path, creation: .never, isLocked: false)
        database = try StoreDatabase(SQLiteVault.databaseName, in: directory, schema: .vault, isMade: false)
        key = try #require(AnchorOpening(in: directory, database, machine: .ofThisMachine()).hold.key)
    }

    func seed(of certificate: Certificate) throws -> Seed { try read { try $0.seed(of: certificate.number) } }

    func certificates() throws -> [Certificate] { try read { try $0.keys().map(\.certificate) } }

    /// The secret of the open request for a certificate.
    func requestSecret(for certificate: Certificate) throws -> Secret {
        try read { contents in
            let open = try contents.incoming().first { $0.certificate == certificate && $0.state == .open }
            return try contents.requestSecret(of: try #require(open).identifier)
        }
    }

    /// The bytes of the key that seals the store's secrets.
    func storeKey() throws -> [UInt8] {
        let wrapping = SymmetricKey(size: .bits256)
        let wrapped = try #require(key.wrapped(under: wrapping, header: []))
        return Array(try ChaChaPoly.open(ChaChaPoly.SealedBox(combined: wrapped), using: wrapping))
    }

    private func read<Value>(_ body: (VaultContents) throws -> Value) throws -> Value {
        try database.read { database in
            try body(
                VaultContents(
                    database: database, path: directory.path,
                    description: VaultDescription(location: .local, capacity: .localStore), key: key,
                    lockedReason: nil, cache: RecordCache()))
        }
    }
}
