import CDisk
import Glibc

/// A piece of work in a process of its own, which may be killed in the middle of it.
///
/// This program has one thread and opens no store itself, so that its children begin with nothing in hand.
enum Child {
    /// How it ended.
    enum End: Equatable {
        case said(String)
        case killed
        /// A trap, a signal that nobody sent, or an error that nobody expected.
        case failed(String)
    }

    /// Does `body` in a child and gives what it says.
    static func run(_ body: () throws -> String) throws -> End {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Failure("no pipe: error \(errno)") }
        let child = cdisk_fork()
        guard child >= 0 else { throw Failure("no process: error \(errno)") }
        if child == 0 {
            close(ends[0])
            var (said, status): (String, Int32) = ("", 0)
            do { said = try body() } catch { (said, status) = ("\(error)", 1) }
            cdisk_watch(nil)
            var rest = Array(said.utf8)[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { write(ends[1], $0.baseAddress, $0.count) }
                guard count > 0 else { _exit(2) }
                rest = rest.dropFirst(count)
            }
            _exit(status)
        }
        close(ends[1])
        defer { close(ends[0]) }
        var said: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(ends[0], &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            said += buffer.prefix(count)
        }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let text = String(decoding: said, as: UTF8.self)
        // The encoding of wait(2): the signal in the low seven bits, the exit status above the low byte.
        let (signal, code) = (status & 0x7F, (status >> 8) & 0xFF)
        if signal == SIGKILL { return .killed }
        if signal != 0 { return .failed("signal \(signal)") }
        return code == 0 ? .said(text) : .failed(text)
    }
}
