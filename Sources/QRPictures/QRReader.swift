import Glibc

/// Why no code was read from a picture.
package enum QRReaderError: Error, Sendable, Equatable {
    /// The program that reads pictures is not installed.
    case notInstalled
    /// It can't be started, because of this error number.
    case notStarted(Int32)
    /// A picture of this kind is not looked into.
    case unsupported(PictureFormat)
    /// There is no QR symbol in the picture that can be read.
    case nothingFound
    /// The picture is damaged or larger than what is looked into; what the program said of it.
    case refused(String)
    /// It took longer than ``QRReader/deadline``, or gave more text than fits into any picture of a code.
    case tooMuch
}

/// Reads QR symbols from pictures, by the program `zbarimg` of the ZBar project.
///
/// A process of its own rather than the library in this one: a picture is a stranger's file, and decoding it is where
/// such programs break. The process gets the picture as a file without a name, its format by name, no shell, no
/// descriptor or variable of this process but its search path, and bounds on memory, time and output.
package enum QRReader {
    /// The largest file that is looked into, in bytes: a photograph of 50 million pixels.
    package static let largestFile = 32 << 20
    /// The most text that is taken from a picture, in bytes: a code has 400, and a page may hold other symbols.
    static let mostText = 64 << 10
    /// The longest that it may take, in seconds.
    package static let deadline = 30
    /// The address space of the process: a photograph takes eight bytes for each pixel, and a copy for the scanner.
    private static let memory: UInt64 = 1 << 31

    /// The texts of all QR symbols in the picture, a line for each.
    ///
    /// - Parameter seconds: how long it may take, at most ``deadline``.
    package static func text(
        in picture: [UInt8], within seconds: Int = deadline
    ) throws(QRReaderError) -> String {
        guard let format = PictureFormat(picture) else { throw .refused("it is no picture") }
        guard format.isReadable else { throw .unsupported(format) }
        let command = [
            "zbarimg", "--quiet", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable",
            "\(format.rawValue):fd:0",
        ]
        let result: BoundedTool.Result
        do throws(BoundedTool.Failure) {
            result = try BoundedTool(
                command: command, variables: variables, memory: memory, seconds: min(seconds, deadline),
                mostOutput: mostText
            ).run(input: picture)
        } catch {
            switch error {
            case .notStarted(ENOENT): throw .notInstalled
            case .notStarted(let number): throw .notStarted(number)
            case .tooLong, .tooMuch: throw .tooMuch
            }
        }
        // As its manual says: 4 where there is no symbol in an image that could be read.
        switch result.status {
        case 0 where !result.output.isEmpty: return String(decoding: result.output, as: UTF8.self)
        case 4: throw .nothingFound
        // What it only warns of, such as a picture cut short, it counts as success.
        default: throw .refused(reason(result.errors))
        }
    }

    /// Bounds of the image library that `zbarimg` uses: room for a photograph of 50 million pixels, in memory or in its
    /// own temporary file, no picture wider or higher than any that is sent, not more pages than a long fax has.
    private static let variables: [String: String] = [
        "LC_ALL": "C", "HOME": "/nonexistent", "MAGICK_THREAD_LIMIT": "1", "MAGICK_DISK_LIMIT": "1GiB",
        "MAGICK_MAP_LIMIT": "1GiB", "MAGICK_MEMORY_LIMIT": "256MiB",
        "MAGICK_WIDTH_LIMIT": "16KP", "MAGICK_HEIGHT_LIMIT": "16KP", "MAGICK_LIST_LENGTH_LIMIT": "64",
    ]

    /// What went wrong: `ERROR: cache resources exhausted `fd:0' @ error/cache.c/OpenPixelCache/4125` without
    /// the names of files and of places in its source.
    private static func reason(_ errors: [UInt8]) -> String {
        let lines = String(decoding: errors.prefix(4096), as: UTF8.self).split(whereSeparator: \.isNewline)
        let reasons = lines.map { line in
            let words = line.split(separator: " ").prefix { !$0.hasPrefix("`") && !$0.hasPrefix("@") }
            return words.drop { $0 == "ERROR:" || $0 == "WARNING:" }.joined(separator: " ")
        }
        return reasons.first { !$0.isEmpty }.map { String($0.prefix(200)) } ?? "it can't be decoded"
    }
}
