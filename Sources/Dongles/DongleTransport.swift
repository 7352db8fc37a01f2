/// A cable to one dongle: a request goes out, its reply comes back.
///
/// The same for a socket, a pipe within the process and USB. One caller at a time; the call blocks, so it is made where
/// blocking is allowed. A transport knows where frames begin and end and nothing of what they say.
package protocol DongleTransport: AnyObject {
    /// Sends one frame and waits for one frame, no longer than `limit`.
    ///
    /// After an error the transport gives no further answer: what comes late must not be taken for the next one.
    func exchange(_ frame: [UInt8], within limit: Duration) throws(TransportError) -> [UInt8]
    /// Ends the cable from the host's side, as if it had been pulled. Doing it twice is the same as once.
    func close()
}

/// Why a cable gave no reply.
package enum TransportError: Error, Sendable, Hashable {
    /// The dongle is not there any more.
    case pulled
    /// It is there, and no whole reply came in time.
    case silent
    /// What came can't be a reply; the text stands behind "it sent", or says what the system reported.
    case failed(String)
}
