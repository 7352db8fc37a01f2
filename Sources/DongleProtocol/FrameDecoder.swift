/// Takes bytes as they come off a cable and gives the frames in them.
///
/// It keeps at most one frame's bytes: what ``next(from:)`` does not need of those that it is shown it leaves where they
/// are. After an error the stream has no beginning of a frame that could be trusted, so the decoder
/// repeats the error for ever; the cable has to be plugged in anew.
package struct FrameDecoder: Sendable {
    private var pending: [UInt8] = []
    private var failure: FrameError?

    package init() {}

    /// How many bytes are missing, as far as is known: those of the header while it is not whole, then those of the frame.
    package var missing: Int {
        let size = try? Frame.size(announcedBy: pending)
        return (size ?? Frame.headerSize) - pending.count
    }

    /// Takes as many of `bytes` as belong to the frame that is being read, off their front, and returns the frame once
    /// it is whole. To be called until it returns nil, which it does only when every byte has been taken.
    ///
    /// - Throws: ``FrameError`` as soon as the bytes can't become a frame.
    package mutating func next(from bytes: inout ArraySlice<UInt8>) throws(FrameError) -> Frame? {
        if let failure { throw failure }
        do {
            while true {
                let size = try Frame.size(announcedBy: pending)
                let missing = (size ?? Frame.headerSize) - pending.count
                if size != nil, missing == 0 {
                    let frame = try Frame(bytes: pending)
                    pending = []
                    return frame
                }
                guard !bytes.isEmpty else { return nil }
                pending.append(contentsOf: bytes.prefix(missing))
                bytes = bytes.dropFirst(missing)
            }
        } catch {
            pending = []
            failure = error
            throw error
        }
    }
}
