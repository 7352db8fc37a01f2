import Licensing

/// One message on the cable: a header of 16 bytes and a payload of at most ``DongleLimits/payload``.
///
/// The layout is the same in every version of the protocol.
package struct Frame: Sendable, Hashable {
    /// What a reply says of its request.
    package enum Status: UInt8, Sendable, Hashable, CaseIterable {
        /// Done; the payload is the answer.
        case done = 0
        /// Refused, or failed; the payload is an error.
        case refused = 1
        /// Not understood and not done; the payload is a ``NotUnderstood``.
        case notUnderstood = 2
    }

    /// Which way a frame goes.
    package enum Direction: Sendable, Hashable {
        /// From the host.
        case request
        /// From the dongle.
        case reply(Status)
    }

    /// The size of the header in bytes.
    package static let headerSize = 16
    /// The first four bytes of every frame: `ALMD`.
    package static let magic = Array("ALMD".utf8)
    /// The most bytes of a frame.
    package static let maximumSize = headerSize + DongleLimits.payload

    /// The version of the protocol that the payload is written in.
    package let version: UInt8
    /// The number of the command, 0 to 127, known or not. 0 is the reply to what could not be read at all.
    package let command: UInt8
    /// Request or reply.
    package let direction: Direction
    /// Chosen by the host and repeated in the reply.
    package let sequence: UInt16
    /// At most ``DongleLimits/payload`` bytes.
    package let payload: [UInt8]

    /// A frame of these parts.
    ///
    /// - Throws: `tooLong` where the payload is over the limit.
    package init(
        version: UInt8 = DongleVersion.current, command: UInt8, direction: Direction, sequence: UInt16,
        payload: [UInt8]
    ) throws(FrameError) {
        guard payload.count <= DongleLimits.payload else { throw .tooLong }
        self.version = version
        self.command = command & ~DongleCommand.replyBit
        self.direction = direction
        self.sequence = sequence
        self.payload = payload
    }

    /// The frame as it goes over the cable.
    package var bytes: [UInt8] {
        var writer = BinaryWriter()
        writer.write(raw: Self.magic)
        writer.write(version)
        switch direction {
        case .request:
            writer.write(command)
            writer.write(0 as UInt8)
        case .reply(let status):
            writer.write(command | DongleCommand.replyBit)
            writer.write(status.rawValue)
        }
        writer.write(0 as UInt8)
        writer.write(sequence)
        // In range: the initialiser bounds the payload.
        writer.write(UInt16(truncatingIfNeeded: payload.count))
        writer.write(Checksum.of(writer.bytes[...], payload[...]))
        writer.write(raw: payload)
        return writer.bytes
    }

    /// Reads one whole frame with nothing behind it.
    ///
    /// - Throws: ``FrameError``; `incomplete` where bytes are missing, `trailing` where some are left over.
    package init(bytes: [UInt8]) throws(FrameError) {
        guard let size = try Self.size(announcedBy: bytes), size <= bytes.count else { throw .incomplete }
        guard size == bytes.count else { throw .trailing }
        // Every index below is within the header, which is whole.
        let header = bytes.prefix(Self.headerSize)
        payload = Array(bytes.dropFirst(Self.headerSize))
        let checksum = header.suffix(4).reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
        guard Checksum.of(header.dropLast(4), payload[...]) == checksum else { throw .checksum }
        version = header[4]
        command = header[5] & ~DongleCommand.replyBit
        sequence = UInt16(header[8]) << 8 | UInt16(header[9])
        if header[5] & DongleCommand.replyBit == 0 {
            guard header[6] == 0 else { throw .status }
            direction = .request
        } else {
            guard let status = Status(rawValue: header[6]) else { throw .status }
            direction = .reply(status)
        }
    }

    /// How many bytes the frame has that begins with `bytes`, as far as they tell; nil where the header is not whole.
    ///
    /// - Throws: `magic`, `reserved`, `tooLong` as soon as the bytes show it.
    package static func size(announcedBy bytes: [UInt8]) throws(FrameError) -> Int? {
        guard bytes.prefix(magic.count).elementsEqual(magic.prefix(bytes.count)) else { throw .magic }
        guard bytes.count >= headerSize else { return nil }
        guard bytes[7] == 0 else { throw .reserved }
        let length = Int(bytes[10]) << 8 | Int(bytes[11])
        guard length <= DongleLimits.payload else { throw .tooLong }
        return headerSize + length
    }
}

/// Why bytes are no frame.
package enum FrameError: Error, Sendable, Hashable, CaseIterable {
    /// It does not begin with `ALMD`.
    case magic
    /// The byte that has to be zero is not.
    case reserved
    /// The payload is, or is said to be, over the limit.
    case tooLong
    /// It ends before its end.
    case incomplete
    /// Something stands behind its end.
    case trailing
    /// The checksum is not that of header and payload.
    case checksum
    /// A request with a status, or a reply with one that is not known.
    case status

    /// What is wrong, to stand behind "it sent".
    package var reason: String {
        switch self {
        case .magic: "bytes that are no frame"
        case .reserved: "a frame with a reserved byte set"
        case .tooLong: "a frame longer than \(DongleLimits.payload) bytes of payload"
        case .incomplete: "half a frame"
        case .trailing: "more than one frame"
        case .checksum: "a frame with a wrong checksum"
        case .status: "a frame with an unknown status"
        }
    }
}
