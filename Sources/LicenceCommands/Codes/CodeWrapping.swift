import QRPictures
import TransferCodes

/// What a code may be wrapped in where it comes by mail or as a page: HTML, attachments, pictures in attachments.
///
/// How a code is found in plain text is specified with the codes, and the same for everybody who reads them. This is
/// what the command line unwraps before, for the convenience of whoever saves a mail as it is.
enum CodeWrapping {
    /// The text to look in: that in which a code is found with the fewest repairs; the text itself where none is found in
    /// anything.
    ///
    /// - Parameters:
    ///   - bytes: a file as it is.
    ///   - kind: the kind of code; nil: any, if there is only one.
    /// - Returns: nil where the file is longer than what is looked at, and nothing is in it.
    static func unwrapped(_ bytes: [UInt8], expecting kind: CodeKind?) -> [UInt8]? {
        found(in: bytes, expecting: kind)?.text ?? (bytes.count <= CodeInput.longest ? bytes : nil)
    }

    /// Whether there is a code of one of these kinds in a file.
    static func holds(_ bytes: [UInt8], anyOf kinds: [CodeKind]) -> Bool {
        // Where one kind is expected, what is found is of it, in either of its forms.
        guard kinds.count > 1 else { return found(in: bytes, expecting: kinds.first) != nil }
        return found(in: bytes, expecting: nil).map { kinds.contains($0.code.code.kind) } ?? false
    }

    private static func found(
        in bytes: [UInt8], expecting kind: CodeKind?
    ) -> (text: [UInt8], code: ReadCode)? {
        var best: (text: [UInt8], code: ReadCode)?
        for texts in texts(in: bytes) {
            for text in texts() where text.count <= CodeInput.longest {
                guard let read = try? CodeReader.read(text, expecting: kind) else { continue }
                if read.repairs.isEmpty { return (text, read) }
                if read.repairs.count < best?.code.repairs.count ?? .max { best = (text, read) }
            }
        }
        return best
    }

    /// The texts that a file may be taken for, the likeliest first, each made once it is asked for.
    private static func texts(in bytes: [UInt8]) -> [() -> [[UInt8]]] {
        let asItIs = { [bytes] }
        let asAPage = { [MarkupText.stripped(bytes)].compactMap(\.self) }
        let isPage = bytes.prefix(64).first { $0 > 0x20 && $0 < 0x80 } == UInt8(ascii: "<")
        return (isPage ? [asAPage, asItIs] : [asItIs, asAPage]) + [
            { MailParts.decoded(bytes).flatMap { [$0, MarkupText.stripped($0)].compactMap(\.self) } },
            { [pictures(in: bytes)] },
        ]
    }

    /// What the pictures among a mail's attachments say.
    private static func pictures(in bytes: [UInt8]) -> [UInt8] {
        let texts = MailParts.decoded(bytes).compactMap { try? QRReader.text(in: $0) }
        return Array(texts.joined(separator: "\n").utf8)
    }
}
