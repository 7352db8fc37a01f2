import FuzzKit
import TransferCodes

/// One input: a code, the form that it is carried in, and the mistakes that were made on the way.
struct CodesRun {
    private let choices: Choices

    init(_ choices: Choices) {
        self.choices = choices
    }

    func play() {
        let code = choices.code(of: choices.pick(Scene.all))
        let form = choices.pick(Form.allCases)
        var lines = code.codeLines.map { Array($0.compactText.utf8) }
        var mistakes: [Int] = []
        for index in lines.indices {
            let places = wrong(&lines[index], form)
            if places > 0 { mistakes.append(index + 1) }
        }
        let text = form.carried(lines)
        let read = CodeRules.read(text, expecting: code.kind)
        // "In each line any two wrong characters, or any five unreadable ones, can be put right"; four without a number.
        if read != nil || form.isKnown(lines) {
            require(
                read?.code == code,
                "mistakes that have to be put right were not:\n\(String(decoding: text, as: UTF8.self))\(code.lines)")
            require(read?.suspects == mistakes, "what was put right was not reported")
        }
        beyond(text)
    }

    /// Makes as many mistakes in a line as have to be put right, and says how many characters are not what they were.
    private func wrong(_ line: inout [UInt8], _ form: Form) -> Int {
        let isUnreadable = choices.flag()
        var places: Set<Int> = []
        let symbols = line.indices.filter { line[$0] != UInt8(ascii: " ") }
        for _ in 0..<choices.below(isUnreadable ? form == .bare ? 5 : 6 : 3) { places.insert(choices.pick(symbols)) }
        var count = 0
        for place in places.sorted() {
            let character = isUnreadable ? UInt8(ascii: "?") : Self.alphabet[choices.below(32)]
            if line[place] != character { count += 1 }
            line[place] = character
        }
        return count
    }

    /// Changes the text any further: nothing is promised any more but that it ends well.
    private func beyond(_ text: [UInt8]) {
        var text = text
        while !choices.isExhausted, !text.isEmpty {
            let place = choices.below(text.count)
            switch choices.below(4) {
            case 0: text[place] = choices.byte()
            case 1: text.remove(at: place)
            case 2: text.insert(choices.byte(), at: place)
            default: text.insert(contentsOf: text[place...].prefix(choices.below(40)), at: choices.below(text.count))
            }
        }
        CodeRules.read(text, expecting: nil)
    }

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
}

/// The forms in which lines are carried.
private enum Form: CaseIterable {
    case printed, quoted, bare, hyphened

    /// Whether each line is known for one of a code: in groups that nobody prints it takes a digit, which prose has not.
    func isKnown(_ lines: [[UInt8]]) -> Bool {
        self != .hyphened || lines.allSatisfy { line in line.contains { $0 < UInt8(ascii: "A") } }
    }

    /// The text of `lines`.
    func carried(_ lines: [[UInt8]]) -> [UInt8] {
        var text: [UInt8] = []
        for (index, line) in lines.enumerated() {
            switch self {
            case .printed: text += Array("\(index + 1)  ".utf8) + line + [0x0A]
            case .quoted: text += Array("> \(index + 1) ".utf8) + line + [0x0D, 0x0A]
            case .bare: text += line + [0x0A]
            case .hyphened:
                let half = line.count / 2
                text += Array("\(index + 1)  ".utf8) + line[..<half] + [UInt8(ascii: "-")] + line[half...] + [0x0A]
            }
        }
        return text
    }
}
