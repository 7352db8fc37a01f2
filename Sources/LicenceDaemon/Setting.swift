import DongleProtocol
import USBDongles

/// One setting of the configuration file: what stands there, as what it has to be.
struct Setting: Equatable {
    /// What can stand behind a name.
    enum Value: Equatable {
        /// A text in quotes.
        case text(String)
        /// What stands without quotes, such as `true` or `1`.
        case word(String)
        /// What stands in brackets; no list stands in a list.
        case list([Value])

        /// The text, if it is one.
        var text: String? {
            if case .text(let text) = self { text } else { nil }
        }
    }

    /// Why a setting, or a line that is none, is refused.
    struct Refusal: Error, Equatable {
        /// The line, from 1.
        let line: Int
        /// What is wrong with it.
        let reason: String
    }

    let name: String
    let value: Value
    /// The line that it begins on, from 1.
    let line: Int

    /// Why this setting is refused: `reason` goes on from its name.
    func refusal(_ reason: String) -> Refusal { Refusal(line: line, reason: "\(name) \(reason)") }

    /// A text; an empty path would be the folder that the daemon happened to be started in.
    var text: String {
        get throws(Refusal) {
            guard let text = value.text else { throw refusal("has to be a text in quotes") }
            guard !text.isEmpty else { throw refusal("may not be empty") }
            return text
        }
    }

    /// `true` or `false`.
    var truth: Bool {
        get throws(Refusal) {
            switch value {
            case .word("true"): true
            case .word("false"): false
            default: throw refusal("has to be true or false, without quotes")
            }
        }
    }

    /// A list of texts such as "1209:0001": at least one, since a list of none would say `usb = false` in a way that
    /// nobody sees.
    var devices: Set<USBIdentity> {
        get throws(Refusal) {
            let form = "has to be a list of devices such as [\"\(USBIdentity.standard)\"]"
            guard case .list(let list) = value else { throw refusal(form) }
            var devices: Set<USBIdentity> = []
            for element in list {
                guard let text = element.text else { throw refusal(form) }
                guard let device = USBIdentity(text) else { throw refusal("\(form), and \"\(text)\" is none") }
                devices.insert(device)
            }
            guard !devices.isEmpty else { throw refusal("\(form); for none, set usb = false") }
            guard devices.count <= DongleCaps.identities else {
                throw refusal("may have at most \(DongleCaps.identities) devices")
            }
            return devices
        }
    }

    /// A text such as "2 s", "500 ms" or "5 min".
    func duration(within bounds: ClosedRange<Duration>) throws(Refusal) -> Duration {
        let form = "has to be a time such as \"2 s\", \"500 ms\" or \"5 min\""
        guard let words = value.text?.split(separator: " "), words.count == 2, words[0].utf8.count <= 6,
            words[0].allSatisfy({ ("0"..."9").contains($0) }), let number = Int64(words[0])
        else { throw refusal(form) }
        let time: Duration
        switch words[1] {
        case "ms": time = .milliseconds(number)
        case "s": time = .seconds(number)
        case "min": time = .seconds(number * 60)
        default: throw refusal(form)
        }
        guard bounds.contains(time) else {
            throw refusal("has to lie between \(bounds.lowerBound) and \(bounds.upperBound)")
        }
        return time
    }
}
