import Control

/// Shows what a step came to, and puts its code where it was asked for.
struct StepPrinter {
    let environment: CommandEnvironment
    let json: Bool
    /// What was put right here, before the daemon read the code.
    var repairs: [RepairEntry] = []
    /// Where its code goes.
    var destination = CodeDestination.printed

    /// - Parameter done: what a step without a code did, as a sentence.
    func finish(_ step: StepEntry, done: (StepEntry) -> String = { _ in "" }) throws {
        let repairs = self.repairs + step.repairs
        if !step.code.isEmpty { try write(step) }
        if json {
            try environment.emit(StepReport(step: step, repairs: repairs, output: destination.file?.path))
            return
        }
        environment.note(repairs.text)
        if step.code.isEmpty {
            try environment.say(paragraph: done(step))
        } else if let file = destination.file {
            try environment.say("transfer \(step.transfer.transfer): the code is in \(file.path)\n")
            if let fingerprint = Self.fingerprint(of: step) { try environment.say("fingerprint: \(fingerprint)\n") }
        } else {
            // Standard output holds the code alone, so that it can be sent on as it is.
            let text = try CodeRendering(step).text(
                destination.form, terminal: environment.console.outputSize, coloured: environment.drawsInColour)
            if destination.form == .qr { try environment.draw(text) } else { try environment.say(text) }
            if let fingerprint = Self.fingerprint(of: step) { environment.note("fingerprint: \(fingerprint)\n") }
        }
        if let need = CertificateNeed(step) {
            environment.note(
                paragraph:
                    "the target has to know certificate \(need.name); where it does not: almctl certificate export "
                    + "\(step.transfer.licence) here, almctl certificate import there")
        }
        if !step.transfer.next.isEmpty { environment.note(paragraph: "next: \(step.transfer.next)") }
    }

    /// The fingerprint, while there is something to compare: once the key has arrived, there is not.
    private static func fingerprint(of step: StepEntry) -> String? {
        ["OPEN", "RELEASED"].contains(step.transfer.state) ? step.transfer.fingerprint : nil
    }

    /// The step is done and durable by now: whatever is wrong with the file, the code can be had again.
    private func write(_ step: StepEntry) throws {
        guard let file = destination.file else { return }
        let bytes = try CodeRendering(step).bytes(destination.form, path: file.path)
        do throws(CommandError) {
            try file.write(bytes, force: destination.force)
        } catch {
            let again =
                "almctl offline-transfer show \(step.transfer.transfer)"
                + (CertificateNeed(step) == nil ? "" : " --short")
            throw CommandError(
                error.name, error.message,
                hint: "the step itself is done; \(again) --output FILE gives its code again",
                parameters: error.parameters.merging(["transfer": step.transfer.transfer]) { first, _ in first })
        }
    }
}
