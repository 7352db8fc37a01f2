package import LinuxSystem

/// Decides who may call what. The library knows neither users nor rights: it hands over what each method was
/// registered with, and who is calling.
package protocol VarlinkAuthoriser: Sendable {
    /// What a method asks of its caller. Every method is registered with one.
    associatedtype Requirement: Sendable

    /// The error a caller is refused with; nil lets the call through.
    ///
    /// Asked for each call, before its parameters are decoded.
    func refusal(of peer: PeerCredentials, requirement: Requirement) -> VarlinkError?
}
