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
    case flags
    case offerSecret = "offer secret"
    case certificate
    case certificateHash = "certificate hash"
    case certificateID = "certificate id"
    case check
    case point
    case mac
    case maskedSeed = "masked seed"
    case returnKey = "return key"
    case tag
    case receipt
}
