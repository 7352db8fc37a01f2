import Control

/// What a step of a transfer came to, for programs: the transfer's own fields, with the code and how it was read.
struct StepReport: Encodable {
    /// What the daemon answered.
    let step: StepEntry
    /// What was put right, here or by the daemon.
    let repairs: [RepairEntry]
    /// The file that the code was written to.
    let output: String?

    private enum Key: String, CodingKey {
        case code, file, output, repairs, repeated
    }

    func encode(to encoder: any Encoder) throws {
        try step.transfer.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(step.code, forKey: .code)
        try container.encodeIfPresent(step.file, forKey: .file)
        try container.encodeIfPresent(output, forKey: .output)
        try container.encode(repairs, forKey: .repairs)
        try container.encode(step.repeated, forKey: .repeated)
    }
}
