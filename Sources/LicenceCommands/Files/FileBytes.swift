import Glibc

/// Whole reads and writes on a descriptor, where the system calls may do part of them.
package enum FileBytes {
    /// Writes all of `bytes`; gives the number of the error that ended it, nil where there was none.
    package static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done)
            }
            if count > 0 {
                done += count
            } else if count < 0, errno == EAGAIN {
                wait(for: Int16(POLLOUT), on: descriptor)
            } else if count == 0 || errno != EINTR {
                return count == 0 ? EIO : errno
            }
        }
        return nil
    }

    /// What a read came to.
    enum Read {
        case bytes([UInt8])
        case end
        case failed(Int32)
    }

    /// What one read of at most `limit` bytes gives, after waiting for it where the descriptor does not.
    static func read(from descriptor: Int32, atMost limit: Int) -> Read {
        var room = [UInt8](repeating: 0, count: limit)
        while true {
            let count = Glibc.read(descriptor, &room, limit)
            if count > 0 { return .bytes(Array(room.prefix(count))) }
            if count == 0 { return .end }
            switch errno {
            case EINTR: continue
            case EAGAIN: wait(for: Int16(POLLIN), on: descriptor)
            case let number: return .failed(number)
            }
        }
    }

    /// What a read of one byte came to.
    enum ReadByte {
        case byte(UInt8)
        case end
        case failed(Int32)
    }

    /// The next byte.
    static func readByte(from descriptor: Int32) -> ReadByte {
        switch read(from: descriptor, atMost: 1) {
        case .bytes(let bytes): bytes.first.map { .byte($0) } ?? .end
        case .end: .end
        case .failed(let number): .failed(number)
        }
    }

    /// Waits until the descriptor is ready, as long as it takes.
    static func wait(for events: Int16, on descriptor: Int32) {
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        _ = poll(&entry, 1, -1)
    }

    /// Waits until the names in the folder of `path` are on the disk; gives the number of the error, nil where there was
    /// none. A file system that can't do it says EINVAL, and has nothing to lose by it.
    package static func syncFolder(of path: String) -> Int32? {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno }
        defer { _ = close(descriptor) }
        return fsync(descriptor) == 0 || errno == EINVAL ? nil : errno
    }
}
