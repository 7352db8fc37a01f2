/// A code that was read, and what had to be put right on the way.
///
/// A repaired code is not trusted on the repair alone: the check of the step that takes it is the judge, and if
/// that fails, ``suspects`` are the lines to compare with the original.
package struct ReadCode: Sendable, Hashable {
    /// The code.
    package let code: TransferCode
    /// What was put right, in the order of the lines.
    package let repairs: [Repair]

    /// - Parameters: as the properties.
    package init(code: TransferCode, repairs: [Repair]) {
        self.code = code
        self.repairs = repairs
    }

    /// The lines that may have been put right wrongly, each once, ascending.
    package var suspects: [Int] { repairs.suspects }
}
