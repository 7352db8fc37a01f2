import QRPictures
package import TransferCodes

/// What a code may be wrapped in where it comes by mail or as a page: HTML, attachments, pictures in attachments.
///
/// How a code is found in plain text is specified with the codes, and the same for everybody who reads them. This is
/// what the command line unwraps before, for the convenience of whoever saves a mail as it is.
package struct CodeWrapping {
    /// The text in which a code is found with the fewest repairs; where none is whole, that in which most of its lines are
    /// found, so that what is wrong is said of the code and not of what it is wrapped in; the file itself where there is
    /// nothing.
    let text: [UInt8]
    /// What was read in it.
    let reading: Reading

    /// Reads a picture within so many seconds.
    typealias PictureReader = (_ picture: [UInt8], _ seconds: Int) throws(QRReaderError) -> String

    private init(text: [UInt8], reading: Reading) {
        (self.text, self.reading) = (text, reading)
    }

    /// What is read in a text as it is.
    private init(reading text: [UInt8], expecting kind: CodeKind?) {
        self.init(text: text, reading: CodeReader.reading(text, expecting: kind))
    }

    /// Unwraps a file.
    ///
    /// - Parameters:
    ///   - bytes: a file as it is.
    ///   - kind: the kind of code; nil: any, if there is only one.
    ///   - name: the file, for messages.
    ///   - reader: what reads a picture within so many seconds.
    /// - Throws: `inputTooLarge` where the file is longer than what is looked at, and no line of a code is in it;
    ///   `pictureReaderMissing`, `pictureRefused` where no line of a code is found but perhaps in the pictures of a mail,
    ///   and those could not be looked into.
    static func unwrapped(
        _ bytes: [UInt8], expecting kind: CodeKind?, name: String, reader: PictureReader = QRReader.text
    ) throws(CommandError) -> CodeWrapping {
        let (found, unread) = search(bytes, expecting: kind, reader)
        if found.reading.foundCount > 0 { return found }
        // What is wrong with a code that is there says more than what keeps pictures from being read.
        if let unread { throw PictureInput.refusal(unread, ofPicturesIn: name) }
        let limit = CodeReader.maximumLength
        guard bytes.count <= limit else { throw .inputTooLarge(name, limit: limit) }
        return found
    }

    /// The code in a file with these bytes, and what was put right in it; nil where there is none.
    ///
    /// - Parameter kind: the kind of code; nil: any, if there is only one.
    package static func code(in bytes: [UInt8], expecting kind: CodeKind?) -> ReadCode? {
        try? search(bytes, expecting: kind, QRReader.text).found.reading.result.get()
    }

    /// Whether there is a code of one of these kinds in a file.
    static func holds(_ bytes: [UInt8], anyOf kinds: [CodeKind]) -> Bool {
        // Where one kind is expected, what is found is of it, in either of its forms.
        guard kinds.count > 1 else { return code(in: bytes, expecting: kinds.first) != nil }
        return code(in: bytes, expecting: nil).map { kinds.contains($0.code.kind) } ?? false
    }

    // MARK: - Looking

    /// - Returns: what is found with the fewest repairs, and what kept pictures from being looked into, if all else had to
    ///   be.
    private static func search(
        _ bytes: [UInt8], expecting kind: CodeKind?, _ reader: PictureReader
    ) -> (found: CodeWrapping, unread: QRReaderError?) {
        var best = CodeWrapping(text: bytes, reading: Reading(refused: .nothingFound))
        let mail = MailParts(bytes)
        for texts in texts(in: mail) {
            for text in texts() where best.look(in: text, expecting: kind) { return (best, nil) }
        }
        let pictures = pictures(in: mail, reader)
        if best.look(in: pictures.text, expecting: kind) { return (best, nil) }
        // What passes for an encoded part may be none.
        if (try? best.reading.result.get()) == nil, !mail.encoded.isEmpty {
            let whole = CodeWrapping(reading: bytes, expecting: kind)
            if (try? whole.reading.result.get()) != nil { best = whole }
        }
        return (best, pictures.unread)
    }

    /// Looks for the code in another text, and takes that instead if more comes of it; whether it has a code that needs no
    /// repair.
    private mutating func look(in other: [UInt8], expecting kind: CodeKind?) -> Bool {
        guard other.count <= CodeReader.maximumLength else { return false }
        let found = CodeWrapping(reading: other, expecting: kind)
        if found.reading.isBetter(than: reading) { self = found }
        return found.reading.isPerfect
    }

    // MARK: - Texts and pictures

    /// The texts that a file may be taken for, the likeliest first, each made once it is asked for.
    private static func texts(in mail: MailParts) -> [() -> [[UInt8]]] {
        let asItIs = { [mail.text] }
        let asAPage = { [MarkupText.stripped(mail.unquoted)].compactMap(\.self) }
        let parts = {
            mail.encoded.filter(\.mayBeText).compactMap(\.bytes).flatMap { part in
                let stripped = MarkupText.stripped(part)
                return (isPage(part) ? [stripped, part] : [part, stripped]).compactMap(\.self)
            }
        }
        return mail.hasPage || isPage(mail.text) ? [asAPage, parts, asItIs] : [asItIs, parts, asAPage]
    }

    /// Whether a text begins as a page does.
    private static func isPage(_ text: [UInt8]) -> Bool {
        text.prefix(64).first { $0 > 0x20 && $0 < 0x80 } == UInt8(ascii: "<")
    }

    /// What the pictures among a mail's attachments say, and why not all of them were looked into. All of them together
    /// may take as long as one picture that is given alone.
    private static func pictures(
        in mail: MailParts, _ reader: PictureReader
    ) -> (text: [UInt8], unread: QRReaderError?) {
        let end = ContinuousClock.now + .seconds(QRReader.deadline)
        var (text, unread): ([UInt8], QRReaderError?) = ([], nil)
        for part in mail.encoded where PictureFormat(part.beginning)?.isReadable ?? false {
            let left = (end - ContinuousClock.now).components.seconds
            guard let seconds = Int(exactly: left), seconds > 0 else { return (text, .tooMuch) }
            guard let picture = part.bytes else { continue }
            do throws(QRReaderError) {
                text += try reader(picture, seconds).utf8
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
