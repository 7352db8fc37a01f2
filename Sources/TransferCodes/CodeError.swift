/// Why a text is not a code, or not the right one.
///
/// Each has a ``message`` that names the object and a ``hint`` that says who does what next.
package enum CodeError: Error, Sendable, Hashable {
    /// Nothing in the text looks like a line of a code.
    case nothingFound
    /// These lines are there, but too much of them is wrong or unreadable to put them right.
    case unreadable(lines: [Int])
    /// These lines are not there.
    case missing(lines: [Int])
    /// The line is there more than once, and differs.
    case conflictingLines(line: Int)
    /// The line with this number, of a code of this kind, does not belong to the others.
    case foreignLine(Int, of: CodeKind)
    /// The text holds more than one code, of these kinds.
    case severalCodes([CodeKind])
    /// It is a code, but of another kind than is to be loaded here.
    case wrongKind(found: CodeKind, expected: CodeKind)
    /// The code begins with a letter that no known kind has.
    case unknownKind(letter: Character)
    /// The code is of a version that is not known here; the first version is 1.
    case unknownVersion(CodeKind, version: Int)
    /// The code has flags, which none of its kind has in version 1.
    case flagsNotZero(CodeKind, flags: UInt8)
    /// The start code says that its certificate has this many bytes, which none has.
    case certificateLength(Int)
    /// The start code's own check fails. The suspects are the lines that were repaired, perhaps none.
    case checkFailed(suspects: [Int])
    /// The bits after the last field are not zero.
    case paddingNotZero(CodeKind)
    /// The text is longer than ``CodeReader/maximumLength``: this many bytes.
    case tooLarge(Int)
    /// A value that a code is to be made of is not of the size it must have.
    case invalidField(CodeKind, CodeField)
}

/// The fields that codes are made of, for ``CodeError/invalidField(_:_:)``.
package enum CodeField: String, Sendable, Hashable {
    /// The header's three flags.
    case flags
    /// `s`, 80 bits.
    case offerSecret = "offer secret"
    /// The certificate, 1 to 150 bytes.
    case certificate
    /// The SHA-256 of a certificate, 32 bytes.
    case certificateHash = "certificate hash"
    /// The first 28 bits of that.
    case certificateID = "certificate id"
    /// The check of a start code, 32 bits.
    case check
    /// `E`, 255 bits in 32 bytes.
    case point
    /// The request's MAC, 35 bits.
    case mac
    /// `act`, 128 bits.
    case maskedSeed = "masked seed"
    /// `K_ret`, 128 bits.
    case returnKey = "return key"
    /// The tag, 12 bits.
    case tag
    /// `rcpt`, 65 bits.
    case receipt
}
