import Control
import TransferCodes

extension Repair {
    /// For the person: `line 2, third character of group 3: 8 read as B`. The first is what stood there.
    var sentence: String {
        let place = "line \(line), \(place)"
        return switch (read, correct) {
        case (nil, let correct?): "\(place): missing, is \(correct)"
        case (let read?, nil): "\(place): \(read) is one too many"
        case (let read?, let correct?) where read == "?": "\(place): not readable, is \(correct)"
        case (let read?, let correct?): "\(place): \(read) read as \(correct)"
        case (nil, nil): place
        }
    }

    private var place: String {
        let ordinals = [1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth"]
        let place = ordinals[position].map { "\($0) character" } ?? "character \(position)"
        return switch group {
        case 0: "its number"
        case 4: "\(place) of the check group"
        default: "\(place) of group \(group)"
        }
    }
}

extension RepairEntry {
    /// For the person, as ``TransferCodes/Repair`` says it.
    var sentence: String { Repair(self).sentence }
}

extension [RepairEntry] {
    /// A line for each, or nothing.
    var text: String {
        map { "put right: \($0.sentence)\n" }.joined()
    }
}
