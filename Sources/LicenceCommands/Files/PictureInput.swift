import QRPictures

/// Reads codes from pictures that a person named.
enum PictureInput {
    /// The text of the QR pictures in a file with these bytes; nil where the file is no picture.
    ///
    /// - Parameter name: the file, for messages.
    /// - Throws: `pictureRefused`, `pictureReaderMissing`.
    static func text(in bytes: [UInt8], name: String) throws(CommandError) -> String? {
        guard PictureFormat(bytes) != nil else { return nil }
        do throws(QRReaderError) {
            return try QRReader.text(in: bytes)
        } catch {
            throw refusal(error, of: name, "\(name) is a picture")
        }
    }

    /// What is said where the pictures in a mail could not be looked into.
    ///
    /// - Parameter name: the mail's file, for messages.
    static func refusal(_ error: QRReaderError, ofPicturesIn name: String) -> CommandError {
        refusal(error, of: name, "\(name) has pictures in it and no line of a code beside them")
    }

    /// - Parameter what: what the file is, to be followed by a comma.
    private static func refusal(_ error: QRReaderError, of name: String, _ what: String) -> CommandError {
        let byHand = "or type the code's lines into a file and load that; nothing was changed"
        func missing(_ why: String, hint: String) -> CommandError {
            CommandError(
                .pictureReaderMissing, "\(what), and zbarimg\(why)", hint: "\(hint), \(byHand)",
                parameters: ["path": name])
        }
        switch error {
        case .notInstalled:
            return missing(
                ", which reads codes from pictures, is not installed",
                hint: "have an administrator install it (apt-get install zbar-tools)")
        case .notStarted(let number):
            return missing(
                " can't be started: \(SystemError.text(number))",
                hint: "have an administrator install it again (apt-get install --reinstall zbar-tools)")
        case .unsupported(.pdf):
            return .pictureRefused(
                name, "it is a PDF document",
                hint: "make pictures of its pages (pdftoppm -r 200 -png \(name) page) and load the one with the code, "
                    + byHand)
        case .unsupported(let format):
            return .pictureRefused(
                name, "it is a picture of the kind \(format.rawValue.uppercased())",
                hint: "save the photograph as JPEG and load that, \(byHand)")
        case .nothingFound:
            return .pictureRefused(
                name, "no QR picture was found in it",
                hint: "take it again, sharp, straight and with the white margin around it, \(byHand)")
        case .refused(let reason):
            return .pictureRefused(
                name, "zbarimg says of it: \(reason)",
                hint: "save it anew as PNG or JPEG with fewer than 50 million pixels, \(byHand)")
        case .tooMuch:
            return .pictureRefused(
                name, "it takes more than \(QRReader.deadline) seconds, or holds more text than a code has",
                hint: "cut out the part with the QR picture and load that, \(byHand)")
        }
    }
}
