extension Action {
    /// The action as a person reads it: `12. store 0 loads code 9, power cut at write 13`.
    package var words: String {
        var words = "\(number). place \(place) \(deed.words)"
        if keepsAnchor { words += ", its anchor moved aside" }
        if let mishap { words += "; \(mishap.words)" }
        if mishap != nil, let copying { words += "; before the next start \(copying.words)" }
        return isLost ? words + "; nobody keeps the code" : words
    }
}

extension Deed {
    /// What is done, in words.
    var words: String {
        switch self {
        case .offer(let key, let anew): "offers key \(key)" + (anew ? " anew" : "")
        case .load(let code, let carriage): "loads the code of \(code)" + carriage.words
        case .decline(let transfer): "declines transfer \(transfer)"
        case .cancel(let transfer): "cancels transfer \(transfer)"
        case .close(let transfer): "closes transfer \(transfer) without a receipt"
        case .receipt(let transfer): "shows the receipt of transfer \(transfer)"
        case .show(let transfer): "shows the code of transfer \(transfer) again"
        case .prove(let key): "proves key \(key)"
        case .list: "lists what it has"
        case .restart: "starts again"
        case .backUp: "is backed up"
        case .restore(let tape): "is overwritten with backup \(tape)"
        case .clone(let tape): "has backup \(tape) copied to a place beside it"
        case .keptAnchor(let fate): "has its old anchor, which somebody kept, \(fate.rawValue)"
        }
    }

    /// The kind of deed in one word, for counting.
    var name: String {
        switch self {
        case .offer(_, false): "offer"
        case .offer(_, true): "offer-anew"
        case .load: "load"
        case .decline: "decline"
        case .cancel: "cancel"
        case .close: "close"
        case .receipt: "receipt"
        case .show: "show"
        case .prove: "prove"
        case .list: "list"
        case .restart: "restart"
        case .backUp: "back-up"
        case .restore: "restore"
        case .clone: "clone"
        case .keptAnchor: "kept-anchor"
        }
    }
}

extension Carriage {
    fileprivate var words: String {
        switch self {
        case .whole: ""
        case .typed(0, _): ", typed"
        case .typed(let mistakes, _): ", typed with \(mistakes) mistakes"
        case .flipped(let bit): " with bit \(bit) of it another"
        case .crossed(let other): " with the second half of that of \(other)"
        }
    }
}

extension Copying {
    fileprivate var words: String {
        switch self {
        case .backUp: "its files are copied"
        case .restore(let tape): "its files are overwritten with backup \(tape)"
        case .exchange(let tape): "its files are copied and overwritten with backup \(tape)"
        }
    }
}

extension Mishap {
    /// Whether the process ends by it.
    var endsProcess: Bool {
        switch self {
        case .crashBefore, .crashAfter, .disk: true
        case .cable: false
        }
    }

    /// What goes wrong, in words.
    var words: String {
        switch self {
        case .crashBefore: "crash before it does anything"
        case .crashAfter: "crash before it answers"
        case .disk(let fault):
            "\(fault.kind.rawValue) at its write \(fault.call)"
                + (fault.again.map { ", and again at write \($0) of the next start" } ?? "")
        case .cable(let trouble, let exchange): "cable: \(trouble.rawValue) at exchange \(exchange)"
        }
    }

    /// The kind of mishap in one word, for counting.
    var name: String {
        switch self {
        case .crashBefore: "crash-before"
        case .crashAfter: "crash-after"
        case .disk(let fault): fault.kind.rawValue
        case .cable(let trouble, _): trouble.rawValue
        }
    }
}
