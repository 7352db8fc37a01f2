import QRPictures
package import TransferCodes

/// What a code may be wrapped in where it comes by mail or as a page: HTML, attachments, pictures in attachments.
///
/// How a code is found in plain text is specified with the codes, and the same for everybody who reads them. This is
/// what the command line unwraps before, for the convenience of whoever saves a mail as it is.
package enum CodeWrapping {
    /// The text to look in: that in which a code is found with the fewest repairs; the text itself where none is found in
    /// anything.
    ///
    /// - Parameters:
    ///   - bytes: a file as it is.
    ///   - kind: the kind of code; nil: any, if there is only one.
    ///   - name: the file, for messages.
    ///   - reader: what reads a picture within so many seconds.
    /// - Returns: nil where the file is longer than what is looked at, and nothing is in it.
    /// - Throws: `pictureReaderMissing`, `pictureRefused` where there is nothing of a code but perhaps in the pictures of a
    ///   mail, and those could not be looked into.
    static func unwrapped(
        _ bytes: [UInt8], expecting kind: CodeKind?, name: String, reader: PictureReader = QRReader.text
    ) throws(CommandError) -> [UInt8]? {
        let (found, unread) = search(bytes, expecting: kind, reader)
        if let found { return found.text }
        let isReadable = bytes.count <= CodeInput.longest
        // What is wrong with a code that is there says more than what keeps pictures from being read.
        if let unread, !isReadable || holdsNothing(bytes, expecting: kind) {
            throw PictureInput.refusal(unread, ofPicturesIn: name)
        }
        return isReadable ? bytes : nil
    }

    /// The code in a file with these bytes, and what was put right in it; nil where there is none.
    ///
    /// - Parameter kind: the kind of code; nil: any, if there is only one.
    package static func code(in bytes: [UInt8], expecting kind: CodeKind?) -> ReadCode? {
        search(bytes, expecting: kind).found?.code
    }

    /// Whether there is a code of one of these kinds in a file.
    static func holds(_ bytes: [UInt8], anyOf kinds: [CodeKind]) -> Bool {
        // Where one kind is expected, what is found is of it, in either of its forms.
        guard kinds.count > 1 else { return code(in: bytes, expecting: kinds.first) != nil }
        return code(in: bytes, expecting: nil).map { kinds.contains($0.code.kind) } ?? false
    }

    /// Reads a picture within so many seconds.
    typealias PictureReader = (_ picture: [UInt8], _ seconds: Int) throws(QRReaderError) -> String

    private typealias Found = (text: [UInt8], code: ReadCode)

    /// - Returns: what is found with the fewest repairs, and what kept pictures from being looked into, if all else had to
    ///   be.
    private static func search(
        _ bytes: [UInt8], expecting kind: CodeKind?, _ reader: PictureReader = QRReader.text
    ) -> (found: Found?, unread: QRReaderError?) {
        var best: Found?
        for texts in texts(in: bytes) {
            if look(in: texts(), expecting: kind, &best) { return (best, nil) }
        }
        let pictures = pictures(in: bytes, reader)
        _ = look(in: [pictures.text], expecting: kind, &best)
        return (best, pictures.unread)
    }

    /// Whether one of these texts has a code that needs no repair; `best` is the best one that was found.
    private static func look(in texts: [[UInt8]], expecting kind: CodeKind?, _ best: inout Found?) -> Bool {
        for text in texts where text.count <= CodeInput.longest {
            guard let read = try? CodeReader.read(text, expecting: kind) else { continue }
            if read.repairs.count < best?.code.repairs.count ?? .max { best = (text, read) }
            if read.repairs.isEmpty { return true }
        }
        return false
    }

    private static func holdsNothing(_ bytes: [UInt8], expecting kind: CodeKind?) -> Bool {
        do throws(CodeError) {
            _ = try CodeReader.read(bytes, expecting: kind)
            return false
        } catch {
            return error == .nothingFound
        }
    }

    /// The texts that a file may be taken for, the likeliest first, each made once it is asked for.
    private static func texts(in bytes: [UInt8]) -> [() -> [[UInt8]]] {
        let asItIs = { [bytes] }
        let asAMail = { [MailParts.withoutEncoded(bytes)].compactMap(\.self) }
        let asAPage = { [MarkupText.stripped(bytes)].compactMap(\.self) }
        let isPage = bytes.prefix(64).first { $0 > 0x20 && $0 < 0x80 } == UInt8(ascii: "<")
        return (isPage ? [asAPage, asItIs] : [asAMail, asItIs, asAPage]) + [
            { MailParts.decoded(bytes).flatMap { [$0, MarkupText.stripped($0)].compactMap(\.self) } }
        ]
    }

    /// What the pictures among a mail's attachments say, and why not all of them were looked into. All of them together
    /// may take as long as one picture that is given alone.
    private static func pictures(
        in bytes: [UInt8], _ reader: PictureReader
    ) -> (text: [UInt8], unread: QRReaderError?) {
        let end = ContinuousClock.now + .seconds(QRReader.deadline)
        var (text, unread): ([UInt8], QRReaderError?) = ([], nil)
        for part in MailParts.decoded(bytes) where PictureFormat(part)?.isReadable ?? false {
            let left = (end - ContinuousClock.now).components.seconds
            guard let seconds = Int(exactly: left), seconds > 0 else { return (text, .tooMuch) }
            do throws(QRReaderError) {
                text += try reader(part, seconds).utf8
                text.append(0x0A)
            } catch {
                switch error {
                // The next one can't be read either.
                case .notInstalled, .notStarted: return (text, error)
                case .tooMuch: unread = error
                case .unsupported, .nothingFound, .refused: break
                }
            }
        }
        return (text, unread)
    }
}
