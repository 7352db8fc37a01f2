import Foundation
import GRDB
import Licensing

/// Reads a row by the names of its columns, without trust in what is there: a column of another type is an error.
struct Columns {
    let row: Row

    /// A column that is not what the schema says; its name.
    struct Unreadable: Error {
        let column: String

        /// What it means for the store at `path`: the disk gave what was asked of it, so the store goes on with the rest.
        func meaning(at path: String) -> LicenceError {
            LicenceError(.storeUnsafe, [.path: path, .reason: "a record can't be read (\(column))"])
        }
    }

    func bytes(_ column: String) throws -> [UInt8] {
        guard let bytes = try optionalBytes(column) else { throw Unreadable(column: column) }
        return bytes
    }

    func optionalBytes(_ column: String) throws -> [UInt8]? {
        switch value(column) {
        case .blob(let data): Array(data)
        case .null: nil
        default: throw Unreadable(column: column)
        }
    }

    func text(_ column: String) throws -> String {
        guard let text = try optionalText(column) else { throw Unreadable(column: column) }
        return text
    }

    func optionalText(_ column: String) throws -> String? {
        switch value(column) {
        case .string(let text): text
        case .null: nil
        default: throw Unreadable(column: column)
        }
    }

    func number<Number: FixedWidthInteger>(_ column: String, as type: Number.Type = Number.self) throws -> Number {
        guard case .int64(let stored) = value(column), let number = Number(exactly: stored) else {
            throw Unreadable(column: column)
        }
        return number
    }

    func flag(_ column: String) throws -> Bool { try number(column, as: Int.self) != 0 }

    func time(_ column: String) throws -> Timestamp {
        Timestamp(seconds: UInt64(bitPattern: try number(column)))
    }

    func certificate() throws -> Certificate { try Certificate(bytes: bytes("certificate")) }

    private func value(_ column: String) -> DatabaseValue.Storage {
        let value: DatabaseValue? = row[column]
        return value?.storage ?? .null
    }
}

extension Timestamp {
    /// The time as it is stored: the same 64 bits, read as a signed number.
    var stored: Int64 { Int64(bitPattern: seconds) }
}

extension LicenceNumber {
    /// The number as it is stored: 8 bytes, the most significant first, so that they sort like the numbers.
    var stored: [UInt8] {
        var writer = BinaryWriter()
        writer.write(rawValue)
        return writer.bytes
    }
}

extension Sequence<UInt8> {
    /// The bytes as a database takes them.
    var blob: Data { Data(self) }
}
