import FuzzKit
import TransferCodes

@testable import LicenceCommands

/// One input: lines that are typed, the text that is kept of them, and what becomes of that before it is read back.
struct KeptRun {
    private let choices: Choices

    init(_ choices: Choices) {
        self.choices = choices
    }

    func play() {
        let scene = choices.pick(Scene.all)
        let code = choices.code(of: scene)
        var kept = KeptEntry(expecting: code.kind)
        for _ in 0..<choices.below(24) {
            // Now and then a line of another code.
            let line = choices.pick((choices.below(8) == 7 ? choices.code(of: scene) : code).codeLines)
            var characters = Array(line.compactText)
            for _ in 0..<choices.below(4) {
                characters[choices.below(characters.count)] = choices.pick(Array("?0178ABOIUZ"))
            }
            let text = choices.flag() ? String(characters) : "\(line.number)  \(String(characters))"
            _ = kept.typed.enter(text, asked: choices.flag() ? 1 + choices.below(18) : nil)
        }
        if choices.flag() { kept.begun = String(code.lines[0].prefix(choices.below(20))) }
        require(KeptEntry(kept.text) == kept, "what was kept is not what was typed:\n\(kept.text)")
        var text = Array(kept.text.utf8)
        choices.spoil(&text, longest: 9)
        Self.playText(text)
    }

    /// Any text at all, as a file may hold it.
    static func playText(_ bytes: [UInt8]) {
        guard let kept = KeptEntry(String(decoding: bytes, as: UTF8.self)) else { return }
        require(KeptEntry(kept.text) == kept, "what was read back is not kept the same:\n\(kept.text)")
        for entry in kept.typed.entries {
            require(
                LineReader.check(entry.line.text) == .exact(entry.line), "a line was read back that is none")
        }
        // Whatever it makes of a code, it ends well.
        if case .success(let read) = kept.typed.result {
            require(
                (try? CodeReader.read(PrintedCode(read.code).text, expecting: read.code.kind))?.code == read.code,
                "a code that can't be read again")
        }
    }
}
