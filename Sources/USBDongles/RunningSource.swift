import Dispatch

/// A timer or a watch of Dispatch's that runs until it is cancelled.
///
/// Safe because nothing but `cancel` is called on it, which may be called from any thread (dispatch_source_create(3)).
final class RunningSource: @unchecked Sendable {
    private let source: any DispatchSourceProtocol

    /// Takes over and starts `source`.
    init(_ source: any DispatchSourceProtocol) {
        self.source = source
        source.activate()
    }

    /// Ends it; what it was about to do may still be done.
    func cancel() { source.cancel() }
}
