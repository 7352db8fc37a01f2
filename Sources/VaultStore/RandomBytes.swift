import Glibc

/// `count` bytes from the kernel's random source.
func randomBytes(_ count: Int) -> [UInt8] {
    // The kernel gives up to 256 bytes in one call; a number generator would ask for every eight of an anchor's 65,536.
    let most = 256
    var bytes = [UInt8](repeating: 0, count: count)
    bytes.withUnsafeMutableBytes { room in
        for start in stride(from: 0, to: room.count, by: most) {
            let part = UnsafeMutableRawBufferPointer(rebasing: room[start..<min(start + most, room.count)])
            // Safe because a part is never empty, so it has an address, which is used inside the closure.
            guard getentropy(part.baseAddress, part.count) != 0 else { continue }
            var generator = SystemRandomNumberGenerator()
            for index in part.indices { part[index] = UInt8.random(in: .min ... .max, using: &generator) }
        }
    }
    return bytes
}
