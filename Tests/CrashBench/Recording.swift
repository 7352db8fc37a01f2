import CDisk

/// What a program did to its disk, call by call.
struct Recording {
    /// One call that succeeded.
    struct Event {
        let kind: cdisk_kind
        /// Below the watched folder.
        let path: String
        /// The inode's number, 0 for a name that was taken away.
        let inode: UInt64
        let offset: Int
        let bytes: ArraySlice<UInt8>

        /// The folder that the path's last name is in, and that name.
        var parts: (folder: String, name: String) {
            let parts = path.split(separator: "/", omittingEmptySubsequences: true)
            return (parts.dropLast().joined(separator: "/"), parts.last.map(String.init) ?? "")
        }

        /// `sync store/vault.sqlite`
        var words: String {
            let verb =
                switch kind {
                case CDISK_WRITE: "write"
                case CDISK_TRUNCATE: "truncate"
                case CDISK_SYNC: "sync"
                case CDISK_CREATE: "create"
                case CDISK_MAKE_DIRECTORY: "make"
                case CDISK_UNLINK, CDISK_REMOVE_DIRECTORY: "remove"
                case CDISK_ANSWER: "answer"
                default: "unknown"
                }
            return path.isEmpty ? verb : "\(verb) \(path)"
        }
    }

    let events: [Event]

    /// The same without the store's own wait for the end of each journal: without one of the syncs right after its name was
    /// taken away, of which there is a second where SQLite waits, too.
    var withoutOwnWaits: Recording {
        let isAfterJournal = [false] + events.map { $0.kind == CDISK_UNLINK && $0.path.hasSuffix("-journal") }
        return Recording(events: zip(events, isAfterJournal).filter { !($1 && $0.kind == CDISK_SYNC) }.map(\.0))
    }

    private init(events: [Event]) { self.events = events }

    /// Reads what was recorded into a file.
    init(reading path: String) throws {
        let bytes = try Files.contents(path)
        var events: [Event] = []
        var position = 0
        func take(_ count: Int) throws -> ArraySlice<UInt8> {
            guard count >= 0, count <= bytes.count - position else { throw Failure("a recording that ends too early") }
            defer { position += count }
            return bytes[position..<(position + count)]
        }
        while position < bytes.count {
            let header = try take(MemoryLayout<cdisk_event>.size).withUnsafeBytes {
                $0.loadUnaligned(as: cdisk_event.self)
            }
            guard let offset = Int(exactly: header.offset), let length = Int(exactly: header.length) else {
                throw Failure("a recording with impossible sizes")
            }
            let name = try take(Int(header.path_length))
            events.append(
                Event(
                    kind: cdisk_kind(header.kind), path: String(decoding: name, as: UTF8.self), inode: header.node,
                    offset: offset, bytes: try take(length)))
        }
        self.events = events
    }
}
