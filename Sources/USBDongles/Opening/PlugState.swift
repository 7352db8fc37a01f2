import Vaults

/// What has become of one plugging-in of one device: events in, what is to be done out.
struct PlugState: Sendable, Equatable {
    /// How far it has come.
    enum Phase: Sendable, Equatable {
        /// Nothing was done with it yet.
        case seen
        /// It is being opened.
        case opening(Meanwhile)
        /// It was told of as arrived.
        case inUse
        /// Its departure was told, and its cable is being closed; with the trouble it is in then, nil if it is gone.
        case closing(USBTrouble?)
        /// It is there and not used.
        case unused(USBTrouble)
        /// It is gone, and nothing is left of it.
        case gone
    }

    /// What was learnt while it was being opened.
    enum Meanwhile: Sendable, Equatable {
        case nothing
        /// Something about it changed, perhaps behind the last attempt's back.
        case counted
        /// It was pulled out.
        case departed
    }

    /// What happens to it.
    enum Event: Sendable, Equatable {
        /// The roll was called and it is there.
        case counted
        /// It has been opened.
        case opened(SerialNumber)
        /// Opening it has failed.
        case failed(USBTrouble)
        /// It can't be used any longer although it is there.
        case unusable(USBTrouble)
        /// The roll was called and it is not there, or the source is being closed.
        case departed
        /// Its cable is closed.
        case closed
    }

    /// What is to be done.
    enum Action: Sendable, Equatable {
        case nothing
        /// Open it, again and again for about a second.
        case open
        /// Try once more to open it.
        case openAgain
        /// Tell of its arrival.
        case announce
        /// Close what was just opened, and say `closed`.
        case close
        /// Tell of its departure, end its cable, and say `closed` once the cable is closed.
        case withdraw
        /// Nothing more comes of it until something else happens: say how it stands.
        case settle
        /// Forget it.
        case forget
    }

    private(set) var phase = Phase.seen
    /// Its serial number, once it was read.
    private(set) var serial: SerialNumber?

    /// Takes note of `event`. What can't be in a phase, or is told twice, changes nothing.
    mutating func take(_ event: Event) -> Action {
        switch (phase, event) {
        case (.seen, .counted):
            phase = .opening(.nothing)
            return .open
        case (.unused(let trouble), .counted):
            guard trouble.canPass else { return .nothing }
            phase = .opening(.nothing)
            return .openAgain
        case (.opening(.nothing), .counted):
            phase = .opening(.counted)
            return .nothing
        case (.opening(let meanwhile), .opened(let serial)):
            self.serial = serial
            phase = meanwhile == .departed ? .closing(nil) : .inUse
            return meanwhile == .departed ? .close : .announce
        case (.opening(.departed), .failed):
            phase = .gone
            return .forget
        case (.opening(.counted), .failed(let trouble)) where trouble.canPass:
            phase = .opening(.nothing)
            return .openAgain
        case (.opening, .failed(let trouble)):
            phase = .unused(trouble)
            return .settle
        case (.opening, .departed):
            phase = .opening(.departed)
            return .nothing
        case (.inUse, .unusable(let trouble)):
            phase = .closing(trouble)
            return .withdraw
        case (.inUse, .departed):
            phase = .closing(nil)
            return .withdraw
        case (.closing, .departed):
            phase = .closing(nil)
            return .nothing
        case (.closing(let trouble), .closed):
            phase = trouble.map { .unused($0) } ?? .gone
            return trouble == nil ? .forget : .settle
        case (.seen, .departed), (.unused, .departed):
            phase = .gone
            return .forget
        case (.seen, _), (.opening, _), (.inUse, _), (.closing, _), (.unused, _), (.gone, _):
            return .nothing
        }
    }

    /// How it stands, for the report; nil where nothing is left of it.
    var sighting: USBSighting.State? {
        switch phase {
        case .seen, .opening(.nothing), .opening(.counted): .opening
        case .inUse: .inUse
        case .closing(let trouble?), .unused(let trouble): .trouble(trouble)
        case .opening(.departed), .closing(nil), .gone: nil
        }
    }
}

extension USBTrouble {
    /// Whether it may be over although the device stayed plugged in.
    fileprivate var canPass: Bool {
        switch self {
        case .noPermission, .claimedByAnother, .notConfigured, .tooMany, .failed: true
        case .noDongleInterface, .serialUnusable, .putAside: false
        }
    }
}
