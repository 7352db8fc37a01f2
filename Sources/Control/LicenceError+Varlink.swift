package import Licensing
package import Varlink

/// The one table between the product's errors, their names on the wire and the exit status of commands.
extension LicenceError.Code {
    /// The name of the Varlink error, without its interface: the code with a capital.
    package var varlinkName: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }

    /// The code of a Varlink error's fully qualified name; nil for a name that this release does not know.
    package init?(varlinkName name: String) {
        let prefix = "\(Calls.interface)."
        guard name.hasPrefix(prefix),
            let code = Self.allCases.first(where: { $0.varlinkName == name.dropFirst(prefix.count) })
        else { return nil }
        self = code
    }

    /// How the interface text declares it.
    package var varlinkDeclaration: String {
        let named = parameters.map { ", \($0.rawValue): ?string" }.joined()
        return "error \(varlinkName) (message: string, hint: string\(named))"
    }

    /// What a command ends with: 2 where it was given wrongly, 1 where it was refused or failed.
    package var exitStatus: Int32 { self == .usage || self == .noSuchLocation ? 2 : 1 }
}

extension LicenceError {
    /// The error as a Varlink service answers it.
    package var varlinkError: VarlinkError {
        VarlinkError(name: "\(Calls.interface).\(code.varlinkName)", parameters: wireParameters)
    }

    /// Message, hint and the parameters that the interface declares for this error.
    package var wireParameters: [String: String] {
        var named = ["message": message, "hint": hint]
        for parameter in code.parameters { named[parameter.rawValue] = parameters[parameter] }
        return named
    }

    /// The error that a service answered.
    ///
    /// - Parameters:
    ///   - name: the fully qualified name of the Varlink error.
    ///   - wireParameters: its parameters that are strings.
    package init(varlinkName name: String, wireParameters: [String: String]) {
        guard let code = Code(varlinkName: name) else {
            let detail = [name, wireParameters["message"]].compactMap(\.self).joined(separator: ": ")
            self.init(
                name.hasPrefix("org.varlink.service.") ? .daemonRefused : .unrecognised,
                [
                    .detail: detail, .reason: detail,
                ])
            return
        }
        var named: [Parameter: String?] = [:]
        for parameter in code.parameters { named[parameter] = wireParameters[parameter.rawValue] }
        self.init(code, named)
    }
}
