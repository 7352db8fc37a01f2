/// A call being carried out, away from its connection's event loop.
struct CallRun: Sendable {
    /// What is asked.
    let call: CallMessage
    /// The method's body.
    let body: MethodBody
    /// The service, for what a caller is told of errors.
    let service: VarlinkService
    /// The caps.
    let limits: Limits
    /// What the handler knows besides.
    let context: CallContext
    /// Writes a reply of a stream.
    let write: MethodBody.Write
    /// Takes the message that the call is answered with; nil if there is nothing to be said. Called once.
    let finish: @Sendable ([UInt8]?) -> Void

    /// Carries out the call and reports its answer, whatever happens.
    func run() async {
        finish(await answer())
    }

    private func answer() async -> [UInt8]? {
        do {
            let message = try await body.run(call.parameters, context, limits, write)
            return call.isOneway ? nil : message
        } catch {
            if call.isOneway { return nil }
            if error is CancellationError, Task.isCancelled { return nil }
            let told = service.error(for: error)
            // An error whose parameters can't be encoded still has its name.
            return (try? ReplyMessage.encode(told, limits: limits))
                ?? (try? ReplyMessage.encode(VarlinkError(name: told.name), limits: limits))
        }
    }
}
