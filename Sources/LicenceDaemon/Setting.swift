import DongleProtocol
import TOMLKit
import USBDongles

/// One setting of the configuration file: what stands there, as what it has to be.
struct Setting {
    /// Why a setting is refused.
    struct Refusal: Error, Equatable {
        let reason: String
    }

    let name: String
    let value: any TOMLValueConvertible

    /// A text; an empty path would be the folder that the daemon happened to be started in.
    var text: String {
        get throws(Refusal) {
            guard let text = value.string else { throw Refusal(reason: "\(name) has to be a text") }
            guard !text.isEmpty else { throw Refusal(reason: "\(name) may not be empty") }
            return text
        }
    }

    /// `true` or `false`.
    var truth: Bool {
        get throws(Refusal) {
            guard let truth = value.bool else { throw Refusal(reason: "\(name) has to be true or false") }
            return truth
        }
    }

    /// A list of texts such as "1209:0001": at least one, since a list of none would say `usb = false` in a way that
    /// nobody sees.
    var devices: Set<USBIdentity> {
        get throws(Refusal) {
            let form = "\(name) has to be a list of devices such as [\"\(USBIdentity.standard)\"]"
            guard let list = value.array else { throw Refusal(reason: form) }
            var devices: Set<USBIdentity> = []
            for element in list {
                guard let text = element.string else { throw Refusal(reason: form) }
                guard let device = USBIdentity(text) else {
                    throw Refusal(reason: "\(form), and \"\(text)\" is none")
                }
                devices.insert(device)
            }
            guard !devices.isEmpty else { throw Refusal(reason: "\(form); for none, set usb = false") }
            guard devices.count <= USBSettings.mostIdentities else {
                throw Refusal(reason: "\(name) may have at most \(USBSettings.mostIdentities) devices")
            }
            return devices
        }
    }

    /// A text such as "2 s", "500 ms" or "5 min".
    func duration(within bounds: ClosedRange<Duration>) throws(Refusal) -> Duration {
        let form = "\(name) has to be a time such as \"2 s\", \"500 ms\" or \"5 min\""
        guard let words = value.string?.split(separator: " "), words.count == 2, words[0].utf8.count <= 6,
            words[0].allSatisfy({ ("0"..."9").contains($0) }), let number = Int64(words[0])
        else { throw Refusal(reason: form) }
        let time: Duration
        switch words[1] {
        case "ms": time = .milliseconds(number)
        case "s": time = .seconds(number)
        case "min": time = .seconds(number * 60)
        default: throw Refusal(reason: form)
        }
        guard bounds.contains(time) else {
            throw Refusal(reason: "\(name) has to lie between \(bounds.lowerBound) and \(bounds.upperBound)")
        }
        return time
    }
}
