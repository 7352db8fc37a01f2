/// The parameters and replies of the interface `org.almd.control`, as the interface text beside this file defines them
/// field by field.
package enum Calls {
    /// A method of the interface: its name, what it takes and what it replies.
    package protocol Method: Codable, Sendable {
        associatedtype Reply: Codable & Sendable
        static var name: String { get }
        static var requirement: Requirement { get }
    }

    /// Who may call a method.
    package enum Requirement: Sendable, Hashable {
        /// Whoever can connect.
        case everyone
        /// uid 0, the daemon's own user, and the group of administrators.
        case administrator
    }

    /// The longest text with a code in it that the daemon reads, in bytes: every form of a code many times over. What is
    /// longer the caller reads itself, so that nobody's mail keeps the daemon from its other callers.
    package static let longestCode = 16 * 1024

    /// The name of the interface.
    package static let interface = "org.almd.control"

    /// No parameters, or none in the reply.
    package struct Nothing: Codable, Sendable { package init() {} }

    package struct List: Method {
        package static let name = "List", requirement = Requirement.everyone
        package init() {}
        package struct Reply: Codable, Sendable {
            package let keys: [KeyEntry], places: [PlaceEntry]
            package init(keys: [KeyEntry], places: [PlaceEntry]) { (self.keys, self.places) = (keys, places) }
        }
    }

    package struct Show: Method {
        package static let name = "Show", requirement = Requirement.everyone
        package let key: String
        package init(key: String) { self.key = key }
        package struct Reply: Codable, Sendable {
            package let key: KeyEntry, transfers: [TransferEntry]
            package init(key: KeyEntry, transfers: [TransferEntry]) { (self.key, self.transfers) = (key, transfers) }
        }
    }

    package struct Transfers: Method {
        package static let name = "Transfers", requirement = Requirement.everyone
        package let all: Bool?
        package init(all: Bool?) { self.all = all }
        package struct Reply: Codable, Sendable {
            package let transfers: [TransferEntry]
            package init(transfers: [TransferEntry]) { self.transfers = transfers }
        }
    }

    package struct History: Method {
        package static let name = "History", requirement = Requirement.administrator
        package let key: String?
        package init(key: String?) { self.key = key }
        package struct Reply: Codable, Sendable {
            package let lines: [HistoryLine]
            package init(lines: [HistoryLine]) { self.lines = lines }
        }
    }

    package struct Recognise: Method {
        package static let name = "Recognise", requirement = Requirement.administrator
        package let code: String
        package init(code: String) { self.code = code }
        package struct Reply: Codable, Sendable {
            package let kind: String, transfer: TransferEntry?, repairs: [RepairEntry]
            package init(kind: String, transfer: TransferEntry?, repairs: [RepairEntry]) {
                (self.kind, self.transfer, self.repairs) = (kind, transfer, repairs)
            }
        }
    }

    /// The reply of every step of a transfer.
    package struct StepReply: Codable, Sendable {
        package let step: StepEntry
        package init(step: StepEntry) { self.step = step }
    }

    package struct Offer: Method {
        package typealias Reply = StepReply
        package static let name = "Offer", requirement = Requirement.administrator
        package let key: String, anew: Bool?, short: Bool?
        package init(key: String, anew: Bool?, short: Bool? = nil) {
            (self.key, self.anew, self.short) = (key, anew, short)
        }
    }

    package struct Request: Method {
        package typealias Reply = StepReply
        package static let name = "Request", requirement = Requirement.administrator
        package let code: String, to: String
        package init(code: String, to: String) { (self.code, self.to) = (code, to) }
    }

    package struct Release: Method {
        package typealias Reply = StepReply
        package static let name = "Release", requirement = Requirement.administrator
        package let code: String, fingerprint: String?, evenIfInUse: Bool?
        package init(code: String, fingerprint: String?, evenIfInUse: Bool?) {
            (self.code, self.fingerprint, self.evenIfInUse) = (code, fingerprint, evenIfInUse)
        }
    }

    package struct Activate: Method {
        package typealias Reply = StepReply
        package static let name = "Activate", requirement = Requirement.administrator
        package let code: String
        package init(code: String) { self.code = code }
    }

    package struct Decline: Method {
        package typealias Reply = StepReply
        package static let name = "Decline", requirement = Requirement.administrator
        package let transfer: String, at: String?
        package init(transfer: String, at: String?) { (self.transfer, self.at) = (transfer, at) }
    }

    package struct Reclaim: Method {
        package typealias Reply = StepReply
        package static let name = "Reclaim", requirement = Requirement.administrator
        package let code: String
        package init(code: String) { self.code = code }
    }

    package struct Receipt: Method {
        package typealias Reply = StepReply
        package static let name = "Receipt", requirement = Requirement.administrator
        package let transfer: String, at: String?
        package init(transfer: String, at: String?) { (self.transfer, self.at) = (transfer, at) }
    }

    package struct Settle: Method {
        package typealias Reply = StepReply
        package static let name = "Settle", requirement = Requirement.administrator
        package let code: String
        package init(code: String) { self.code = code }
    }

    package struct Cancel: Method {
        package typealias Reply = StepReply
        package static let name = "Cancel", requirement = Requirement.administrator
        package let transfer: String, at: String?
        package init(transfer: String, at: String?) { (self.transfer, self.at) = (transfer, at) }
    }

    package struct Close: Method {
        package typealias Reply = StepReply
        package static let name = "Close", requirement = Requirement.administrator
        package let transfer: String, at: String?
        package init(transfer: String, at: String?) { (self.transfer, self.at) = (transfer, at) }
    }

    package struct ShowCode: Method {
        package typealias Reply = StepReply
        package static let name = "ShowCode", requirement = Requirement.administrator
        package let transfer: String, at: String?, short: Bool?
        package init(transfer: String, at: String?, short: Bool? = nil) {
            (self.transfer, self.at, self.short) = (transfer, at, short)
        }
    }

    package struct Move: Method {
        package typealias Reply = StepReply
        package static let name = "Move", requirement = Requirement.administrator
        package let key: String, to: String, evenIfInUse: Bool?
        package init(key: String, to: String, evenIfInUse: Bool?) {
            (self.key, self.to, self.evenIfInUse) = (key, to, evenIfInUse)
        }
    }

    package struct ImportCertificate: Method {
        package static let name = "ImportCertificate", requirement = Requirement.administrator
        package let certificate: String
        package init(certificate: String) { self.certificate = certificate }
        package struct Reply: Codable, Sendable {
            package let name: String, licence: String, product: String, productVersion: String, repeated: Bool
            package init(name: String, licence: String, product: String, productVersion: String, repeated: Bool) {
                (self.name, self.licence, self.repeated) = (name, licence, repeated)
                (self.product, self.productVersion) = (product, productVersion)
            }
        }
    }

    package struct AcceptDongle: Method {
        package typealias Reply = AcceptDongle
        package static let name = "AcceptDongle", requirement = Requirement.administrator
        package let serial: String
        package init(serial: String) { self.serial = serial }
    }

    package struct Acquire: Method {
        package static let name = "Acquire", requirement = Requirement.everyone
        package let product: String, productVersion: String?, holder: String?, nonce: String, point: String
        package init(product: String, productVersion: String?, holder: String?, nonce: String, point: String) {
            (self.product, self.productVersion, self.holder) = (product, productVersion, holder)
            (self.nonce, self.point) = (nonce, point)
        }
        package struct Reply: Codable, Sendable {
            package let lease: String, licence: String, location: String, quantity: Int
            package let certificate: String, proof: String
            package init(
                lease: String, licence: String, location: String, quantity: Int, certificate: String, proof: String
            ) {
                (self.lease, self.licence, self.location) = (lease, licence, location)
                (self.quantity, self.certificate, self.proof) = (quantity, certificate, proof)
            }
        }
    }

    package struct Diagnose: Method {
        package static let name = "Diagnose", requirement = Requirement.everyone
        package init() {}
        package struct Reply: Codable, Sendable {
            package let findings: [FindingEntry], devices: [DeviceEntry], daemon: DaemonEntry
            package init(findings: [FindingEntry], devices: [DeviceEntry], daemon: DaemonEntry) {
                (self.findings, self.devices, self.daemon) = (findings, devices, daemon)
            }
        }
    }

    package struct Monitor: Method {
        package static let name = "Monitor", requirement = Requirement.everyone
        package init() {}
        package struct Reply: Codable, Sendable {
            package let event: EventEntry
            package init(event: EventEntry) { self.event = event }
        }
    }
}

extension Calls {
    /// The interface text as clients are to read it: the file beside this one.
    package static var interfaceText: String {
        String(decoding: PackageResources.org_almd_control_varlink, as: UTF8.self)
    }
}
