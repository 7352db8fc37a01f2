/// The types of the interface `org.almd.control`; what each field says stands in the interface text.
package struct KeyEntry: Codable, Sendable, Hashable {
    package let licence, product, productVersion, type: String
    package let quantity: Int
    package let vendor: String?
    package let location, state: String
    package let usable: Bool
    package let problem, cure: String?
    package let inUse: Bool
    package let users: [String]
    package let issued: String
    package let validUntil: String?
    package let since: Int
    package let transfer: String?
    package let certificate: String

    package init(
        licence: String, product: String, productVersion: String, type: String, quantity: Int, vendor: String?,
        location: String, state: String, problem: String?, cure: String? = nil, users: [String], issued: String,
        validUntil: String?, since: Int, transfer: String?, certificate: String
    ) {
        (self.licence, self.product, self.productVersion) = (licence, product, productVersion)
        (self.type, self.quantity, self.vendor) = (type, quantity, vendor)
        (self.location, self.state) = (location, state)
        (self.usable, self.problem, self.cure) = (problem == nil, problem, cure)
        (self.inUse, self.users) = (!users.isEmpty, users)
        (self.issued, self.validUntil, self.since) = (issued, validUntil, since)
        (self.transfer, self.certificate) = (transfer, certificate)
    }
}

/// See the interface text.
package struct TransferEntry: Codable, Sendable, Hashable {
    package let transfer, licence, product, productVersion, role, state, location: String
    package let begun, changed: Int
    package let fingerprint: String?
    package let next: String
    package let moveTo: String?
    package let open, present, withheld: Bool

    package init(
        transfer: String, licence: String, product: String, productVersion: String, role: String, state: String,
        location: String, begun: Int, changed: Int, fingerprint: String?, next: String, moveTo: String? = nil,
        open: Bool, present: Bool, withheld: Bool = false
    ) {
        (self.transfer, self.licence, self.product) = (transfer, licence, product)
        (self.productVersion, self.role, self.state) = (productVersion, role, state)
        (self.location, self.begun, self.changed) = (location, begun, changed)
        (self.fingerprint, self.next, self.moveTo) = (fingerprint, next, moveTo)
        (self.open, self.present, self.withheld) = (open, present, withheld)
    }
}

/// See the interface text.
package struct HistoryLine: Codable, Sendable, Hashable {
    package let event, licence: String
    package let transfer: String?
    package let time, user: Int

    package init(event: String, licence: String, transfer: String?, time: Int, user: Int) {
        (self.event, self.licence, self.transfer, self.time, self.user) = (event, licence, transfer, time, user)
    }
}

/// See the interface text.
package struct PlaceEntry: Codable, Sendable, Hashable {
    package let location, state: String
    package let problem, cure: String?
    package let keys, capacity: Int

    package init(
        location: String, state: String, problem: String?, cure: String? = nil, keys: Int, capacity: Int
    ) {
        (self.location, self.state, self.problem, self.cure) = (location, state, problem, cure)
        (self.keys, self.capacity) = (keys, capacity)
    }
}

/// See the interface text.
package struct RepairEntry: Codable, Sendable, Hashable {
    package let line, group, position: Int
    package let read, correct: String

    package init(line: Int, group: Int, position: Int, read: String, correct: String) {
        (self.line, self.group, self.position) = (line, group, position)
        (self.read, self.correct) = (read, correct)
    }
}

/// See the interface text.
package struct StepEntry: Codable, Sendable, Hashable {
    package let transfer: TransferEntry
    package let repeated: Bool
    package let code: [String]
    package let file: String?
    package let repairs: [RepairEntry]

    package init(transfer: TransferEntry, repeated: Bool, code: [String], file: String?, repairs: [RepairEntry]) {
        (self.transfer, self.repeated, self.code) = (transfer, repeated, code)
        (self.file, self.repairs) = (file, repairs)
    }
}

/// See the interface text.
package struct EventEntry: Codable, Sendable, Hashable {
    package let kind: String
    package let time: Int
    package let location, licence, detail: String?

    package init(kind: String, time: Int, location: String? = nil, licence: String? = nil, detail: String? = nil) {
        (self.kind, self.time) = (kind, time)
        (self.location, self.licence, self.detail) = (location, licence, detail)
    }
}

/// See the interface text.
package struct FindingEntry: Codable, Sendable, Hashable {
    /// How bad a finding is.
    package enum State: String, Codable, Sendable, Hashable, CaseIterable {
        /// As it should be.
        case ok
        /// Worth knowing; nothing has to be done.
        case note
        /// Something does not work until somebody acts.
        case problem
    }

    package let subject: String
    package let object: String?
    package let state: State
    package let found: String
    package let cure: String?

    package init(subject: String, object: String? = nil, state: State, found: String, cure: String? = nil) {
        (self.subject, self.object, self.state) = (subject, object, state)
        (self.found, self.cure) = (found, cure)
    }
}

/// See the interface text.
package struct DeviceEntry: Codable, Sendable, Hashable {
    package let node, device: String
    package let serial: String?
    package let state: String
    package let trouble: String?

    package init(node: String, device: String, serial: String?, state: String, trouble: String? = nil) {
        (self.node, self.device, self.serial, self.state, self.trouble) = (node, device, serial, state, trouble)
    }
}

/// See the interface text.
package struct DaemonEntry: Codable, Sendable, Hashable {
    package let version: String
    package let process, user: Int
    package let usbDevices: [String]

    package init(version: String, process: Int, user: Int, usbDevices: [String]) {
        (self.version, self.process, self.user, self.usbDevices) = (version, process, user, usbDevices)
    }
}
