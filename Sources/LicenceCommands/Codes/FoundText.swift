import QRPictures
import TransferCodes

/// The text that files hold in which a code is brought, and what was read in it.
struct FoundText: Sendable {
    /// The text: as it is, unwrapped, or as pictures say.
    let bytes: [UInt8]
    /// Whether some of it is of pictures.
    let hasPictures: Bool
    /// What was read in it.
    let reading: Reading

    /// The text of the files at `paths`, `-` for standard input: text, or pictures with QR pictures in them.
    ///
    /// - Throws: `inputRefused`, `inputTooLarge`, `pictureRefused`, `pictureReaderMissing`.
    init(_ paths: [String], expecting kind: CodeKind, in environment: CommandEnvironment) throws(CommandError) {
        var found: [FoundText] = []
        for path in paths { found.append(try FoundText(path, expecting: kind, in: environment)) }
        if found.count == 1, let only = found.first {
            self = only
            return
        }
        // An empty line between two files: what ends the one and begins the other is not one line of the code.
        bytes = Array(found.map(\.bytes).joined(separator: [0x0A, 0x0A]))
        hasPictures = found.contains(where: \.hasPictures)
        reading = CodeReader.reading(bytes, expecting: kind)
    }

    private init(_ path: String, expecting kind: CodeKind, in environment: CommandEnvironment) throws(CommandError) {
        let limit = QRReader.largestFile
        let name = path == "-" ? "standard input" : path
        let file =
            path == "-" ? try environment.console.readAll(limit: limit) : try InputFile.read(path: path, limit: limit)
        if let text = try PictureInput.text(in: file, name: name) {
            (bytes, hasPictures) = (Array(text.utf8), true)
            reading = CodeReader.reading(bytes, expecting: kind)
            return
        }
        let found = try CodeWrapping.unwrapped(file, expecting: kind, name: name)
        (bytes, hasPictures, reading) = (found.text, false, found.reading)
    }
}
