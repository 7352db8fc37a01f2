import Control
import Licensing
import Vaults

/// Shows what is asked for before a key leaves, and asks whether it may.
struct Consent {
    private let environment: CommandEnvironment

    init(_ environment: CommandEnvironment) {
        self.environment = environment
    }

    /// Asks whether the key may leave, where one would. The fingerprint, as it was read out by the target, is a yes as
    /// well. An empty line is no answer: it may have been pasted behind the code.
    ///
    /// - Returns: the fingerprint, where it was typed.
    /// - Throws: `cancelled` for no, and where the dialogue is ended.
    func obtain(for found: Calls.Recognise.Reply) throws -> String? {
        guard let farewell = Farewell(found) else { return nil }
        environment.note("\n" + farewell.text)
        let shown = found.transfer?.fingerprint.flatMap(Fingerprint.init)
        let question = shown == nil ? "Give up the key? (yes or no)" : "Give up the key? (yes, no, or the fingerprint)"
        while true {
            let answer = try Question(environment).ask(question)
            switch answer.lowercased() {
            case "yes", "y": return nil
            case "no", "n": throw LicenceError(.cancelled)
            default:
                guard let shown, let typed = Fingerprint(answer) else {
                    environment.note("Type yes or no.\n")
                    continue
                }
                if typed == shown { return typed.description }
                environment.note(
                    paragraph:
                        "\(typed) is not the fingerprint of this request. If the target really shows that one, this request "
                        + "is not the target's: type no, and have it sent to you again in another way.")
            }
        }
    }
}
