import NIOCore
import Testing

@testable import Varlink

struct ServerConnectionStateTests {
    private func state(_ bytes: String = "") -> ServerConnectionState {
        var limits = Limits()
        limits.callBytes = 8
        var state = ServerConnectionState(limits: limits)
        var buffer = ByteBuffer(string: bytes)
        state.received(&buffer)
        return state
    }

    private let message = Array("a".utf8)

    @Test func carriesOutOneCallAtATime() {
        var state = state("a\0b\0")
        #expect(state.next() == .begin(message))
        state.callStarted(isStream: false)
        #expect(state.next() == .wait)
        state.callFinished()
        #expect(state.next() == .begin(Array("b".utf8)))
        #expect(state.next() == .wait)
    }

    @Test func readsUpToTheNextWholeMessageAndNoFurther() {
        var state = state()
        #expect(state.wantsInput && !state.isMessageBegun)
        var half = ByteBuffer(string: "a")
        state.received(&half)
        #expect(state.wantsInput && state.isMessageBegun)
        var rest = ByteBuffer(string: "\0b")
        state.received(&rest)
        #expect(!state.wantsInput && !state.isMessageBegun)
        #expect(state.next() == .begin(message))
        state.callStarted(isStream: false)
        #expect(state.wantsInput && state.isMessageBegun)
    }

    @Test func beginsNothingForAPeerThatDoesNotRead() {
        var state = state("a\0")
        state.writability(false)
        #expect(state.next() == .wait)
        state.writability(true)
        #expect(state.next() == .begin(message))
    }

    @Test func refusesAnOverlongMessageOnceAndReadsNoMore() {
        var state = state("123456789")
        #expect(!state.wantsInput)
        #expect(state.next() == .refuse(.tooLong(limit: 8)))
        #expect(state.next() == .wait)
        var more = ByteBuffer(string: "a\0")
        state.received(&more)
        #expect(state.next() == .wait)
        #expect(!state.wantsInput && !state.isMessageBegun)
    }

    @Test func answersWhatWasReadBeforeTheInputEnded() {
        var state = state("a\0b\0c")
        #expect(state.inputDidEnd() == false)
        #expect(state.next() == .begin(message))
        state.callStarted(isStream: false)
        state.callFinished()
        #expect(state.next() == .begin(Array("b".utf8)))
        #expect(state.next() == .close(.closedByPeer))
        #expect(state.next() == .wait)
    }

    @Test func cancelsAStreamWhoseInputEnded() {
        var state = state("a\0b\0")
        #expect(state.next() == .begin(message))
        state.callStarted(isStream: true)
        #expect(state.inputDidEnd() == true)
        #expect(state.next() == .wait)
        state.callFinished()
        #expect(state.next() == .close(.closedByPeer))
    }

    @Test func stopsBetweenCallsAtOnce() {
        var state = state("a\0")
        #expect(state.stop() == false)
        #expect(state.next() == .close(.stopped))
        #expect(!state.wantsInput)
    }

    @Test(arguments: [false, true])
    func stopsAfterTheCallUnderWayAndCancelsOnlyAStream(isStream: Bool) {
        var state = state("a\0b\0")
        #expect(state.next() == .begin(message))
        state.callStarted(isStream: isStream)
        #expect(state.stop() == isStream)
        #expect(state.next() == .wait)
        state.callFinished()
        #expect(state.next() == .close(.stopped))
        #expect(state.next() == .wait)
    }
}
