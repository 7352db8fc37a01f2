import Foundation
import Glibc
import Licensing
import TestKit
import Testing

/// What a process has in its memory and may write to: its heaps, its stacks, its data. What a core would have of it.
struct ProcessMemory {
    /// A mapping's name and what is in it, without the pages that are all zeros.
    private var parts: [(name: String, bytes: [UInt8])] = []

    /// Why a memory can't be read.
    struct Unreadable: Error { let number: Int32 }

    /// Reads the memory of a process; only the administrator can.
    init(of process: pid_t) throws {
        let maps = try String(contentsOfFile: "/proc/\(process)/maps", encoding: .utf8)
        let memory = open("/proc/\(process)/mem", O_RDONLY | O_CLOEXEC)
        guard memory >= 0 else { throw Unreadable(number: errno) }
        defer { close(memory) }
        for line in maps.split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            let ends = words[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
            guard words[1].hasPrefix("rw"), ends.count == 2 else { continue }
            let name = words.count > 5 ? words[5...].joined(separator: " ") : "\(words[0])"
            parts.append((name, Self.contents(from: ends[0], to: ends[1], of: memory)))
        }
    }

    private static func contents(from start: UInt64, to end: UInt64, of memory: Int32) -> [UInt8] {
        let (page, most) = (4096, 1 << 20)
        let zeros = [UInt8](repeating: 0, count: page)
        var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: most))
        var position = start
        while position < end {
            let count = pread(memory, &buffer, min(most, Int(end - position)), Int(position))
            // What the kernel keeps for itself, as its clocks.
            guard count > 0 else { break }
            buffer.withUnsafeBytes { room in
                // Safe because offset and length stay within the bytes, which the closure keeps where they are.
                guard let base = room.baseAddress else { return }
                for offset in stride(from: 0, to: count, by: page) {
                    let length = min(page, count - offset)
                    if memcmp(base + offset, zeros, length) != 0 {
                        bytes.append(contentsOf: room[offset..<offset + length])
                    }
                }
            }
            position += UInt64(count)
        }
        return bytes
    }

    /// Where `pattern` is: the name of the mapping, for each time.
    private func places(of pattern: [UInt8]) throws -> [String] {
        let needle = try #require(Needle(pattern))
        return parts.flatMap { name, bytes in repeatElement(name, count: needle.occurrences(in: bytes)) }
    }

    /// Where a secret is, whole or each eight bytes of it, as it is, in hexadecimal digits, or in Base64.
    func places(ofSecret secret: [UInt8]) throws -> [String] {
        var patterns: [(form: String, bytes: [UInt8])] = []
        for start in stride(from: 0, to: secret.count, by: 8) {
            let part = secret[start..<min(start + 8, secret.count)]
            patterns.append(("raw \(start)", Array(part)))
            patterns.append(("hexadecimal \(start)", Array(part.hexadecimal.utf8)))
            patterns.append(("hexadecimal \(start)", Array(part.hexadecimal.uppercased().utf8)))
        }
        // Whatever stands before it shifts what three bytes become four characters; the first and last few depend on it.
        for before in 0..<3 {
            let text = Data([UInt8](repeating: 0, count: before) + secret).base64EncodedString()
            patterns.append(("Base64", Array(text.utf8.dropFirst(4).prefix(16))))
        }
        return try patterns.flatMap { form, bytes in try places(of: bytes).map { "\(form) in \($0)" } }
    }
}
