import QRPictures
import TransferCodes

/// The text in one or more files that a person names, as it is, unwrapped, or as their pictures say.
struct InputText {
    /// The text.
    let bytes: [UInt8]
    /// What was read in it while it was unwrapped; nil if it was not read.
    private let result: Result<ReadCode, CodeError>?
    /// Whether some of it was in pictures.
    let hasPictures: Bool

    /// The text in the file at `path`, or in standard input for `-`.
    ///
    /// - Throws: `inputRefused`, `inputTooLarge`, `pictureRefused`, `pictureReaderMissing`.
    init(_ path: String, expecting kind: CodeKind, in environment: CommandEnvironment) throws(CommandError) {
        let limit = QRReader.largestFile
        let name = path == "-" ? "standard input" : path
        let bytes =
            path == "-"
            ? try environment.console.readAll(limit: limit) : try InputFile.read(path: path, limit: limit)
        if let text = try PictureInput.text(in: bytes, name: name) {
            (self.bytes, result, hasPictures) = (Array(text.utf8), nil, true)
            return
        }
        guard let found = try CodeWrapping.unwrapped(bytes, expecting: kind, name: name) else {
            throw .inputTooLarge(name, limit: CodeInput.longest)
        }
        (self.bytes, result, hasPictures) = (found.text, found.result, false)
    }

    /// All of these, one behind the other.
    init(joining texts: [InputText]) {
        // An empty line between two files: what ends the one and begins the other is not one line of the code.
        bytes = Array(texts.map(\.bytes).joined(separator: [0x0A, 0x0A]))
        result = texts.count == 1 ? texts[0].result : nil
        hasPictures = texts.contains(where: \.hasPictures)
    }

    /// The code in it, which is read only if that was not done yet.
    func code(expecting kind: CodeKind) throws(CodeError) -> ReadCode {
        guard let result else { return try CodeReader.read(bytes, expecting: kind) }
        return try result.get()
    }
}
