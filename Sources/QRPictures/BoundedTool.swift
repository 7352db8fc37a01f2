import CLinux
import Glibc

/// Another program that is given some bytes, and has its time, memory and output bounded.
struct BoundedTool {
    /// Why it came to nothing.
    enum Failure: Error, Equatable {
        /// It can't be started, because of this error number.
        case notStarted(Int32)
        /// It was ended because it took too long.
        case tooLong
        /// It was ended because it wrote too much.
        case tooMuch
    }

    /// What it came to.
    struct Result {
        /// Its exit status; 128 and the number where a signal ended it.
        let status: Int32
        let output, errors: [UInt8]
    }

    /// The program, found by this process's search path, and its arguments.
    let command: [String]
    /// Its environment, to which only the search path is added.
    let variables: [String: String]
    /// How many bytes of address space it may have.
    let memory: UInt64
    /// How many seconds it may take, on the clock and on a processor.
    let seconds: Int
    /// How many bytes it may write to each of its two outputs.
    let mostOutput: Int

    /// Runs it with `input` to its end.
    func run(input: [UInt8]) throws(Failure) -> Result {
        var ends = try Ends(input: input)
        defer { ends.close() }
        let process = try start(ends)
        ends.closeTheirs()
        var itself: Int32 = -1
        defer { if itself >= 0 { _ = Glibc.close(itself) } }
        let outcome: Swift.Result<(output: [UInt8], errors: [UInt8]), Failure>
        do throws(Failure) {
            guard clinux_limit(process, memory, UInt64(clamping: seconds)) == 0 else { throw .notStarted(EPERM) }
            let number = clinux_process_descriptor(process, &itself)
            guard number == 0 else { throw .notStarted(number) }
            outcome = .success(try outputs(ends, of: itself))
        } catch {
            outcome = .failure(error)
            _ = kill(process, SIGKILL)
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        let (output, errors) = try outcome.get()
        // The bits of wait(2): a signal in the lower seven, the exit status in the next byte.
        let signal = status & 0x7F
        return Result(status: signal == 0 ? status >> 8 & 0xFF : 128 + signal, output: output, errors: errors)
    }

    // MARK: - Its start

    private func start(_ ends: Ends) throws(Failure) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        guard posix_spawn_file_actions_init(&actions) == 0 else { throw .notStarted(ENOMEM) }
        defer { _ = posix_spawn_file_actions_destroy(&actions) }
        for (number, end) in ends.theirs.enumerated() {
            _ = posix_spawn_file_actions_adddup2(&actions, end, Int32(number))
        }
        _ = clinux_close_from(&actions, 3)
        var attributes = posix_spawnattr_t()
        guard posix_spawnattr_init(&attributes) == 0 else { throw .notStarted(ENOMEM) }
        defer { _ = posix_spawnattr_destroy(&attributes) }
        // A program starts with what its thread blocks, and threads of a pool block what can be blocked.
        var none = sigset_t()
        _ = sigemptyset(&none)
        _ = posix_spawnattr_setsigmask(&attributes, &none)
        var standard = sigset_t()
        _ = sigemptyset(&standard)
        _ = sigaddset(&standard, SIGPIPE)
        _ = posix_spawnattr_setsigdefault(&attributes, &standard)
        _ = posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let path = getenv("PATH").map { ["PATH=\(String(cString: $0))"] } ?? []
        var words = command.map { strdup($0) } + [nil]
        var settings = (path + variables.map { "\($0.key)=\($0.value)" }).map { strdup($0) } + [nil]
        defer { for text in words + settings { free(text) } }
        var process: pid_t = 0
        let number = posix_spawnp(&process, command.first ?? "", &actions, &attributes, &words, &settings)
        guard number == 0 else { throw .notStarted(number) }
        return process
    }

    // MARK: - Its outputs

    /// Takes what it writes, until it has closed both outputs and ended.
    private func outputs(_ ends: Ends, of process: Int32) throws(Failure) -> (output: [UInt8], errors: [UInt8]) {
        let end = ContinuousClock.now + .seconds(seconds)
        var taken = [[UInt8](), [UInt8]()]
        // -1 where nothing is to come any more.
        var entries = (ends.ours + [process]).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        while entries.contains(where: { $0.fd >= 0 }) {
            let left = (end - ContinuousClock.now) / .milliseconds(1)
            guard left > 0 else { throw .tooLong }
            let count = poll(&entries, nfds_t(entries.count), Int32(min(left.rounded(.up), 60_000)))
            guard count > 0 else { continue }
            for index in entries.indices where entries[index].revents != 0 {
                guard taken.indices.contains(index) else {
                    entries[index].fd = -1
                    continue
                }
                let bytes = Self.receive(from: entries[index].fd)
                if bytes?.isEmpty ?? false { entries[index].fd = -1 }
                taken[index] += bytes ?? []
                guard taken[index].count <= mostOutput else { throw .tooMuch }
            }
        }
        return (taken[0], taken[1])
    }

    /// What is there; empty at the end, nil where there is nothing for now.
    private static func receive(from descriptor: Int32) -> [UInt8]? {
        var room = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &room, room.count)
        if count < 0 { return errno == EINTR || errno == EAGAIN ? nil : [] }
        return Array(room.prefix(count))
    }
}

/// What joins this process with the other: a file in memory for its input, whose bytes are all there before it starts,
/// and a pipe for each of its outputs.
private struct Ends {
    /// Where its two outputs are read.
    private(set) var ours: [Int32] = []
    /// Its input, output and errors.
    private(set) var theirs: [Int32] = []

    init(input: [UInt8]) throws(BoundedTool.Failure) {
        let number = open(input)
        guard number == 0 else {
            close()
            throw .notStarted(number)
        }
    }

    /// Opens them all; gives the number of the error, 0 where there is none.
    private mutating func open(_ input: [UInt8]) -> Int32 {
        var file: Int32 = -1
        let number = clinux_memory_file(&file)
        guard number == 0 else { return number }
        theirs.append(file)
        var done = 0
        while done < input.count {
            let count = input[done...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            guard count > 0 || count < 0 && errno == EINTR else { return errno }
            done += max(0, count)
        }
        guard lseek(file, 0, SEEK_SET) == 0 else { return errno }
        for _ in 0..<2 {
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else { return errno }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            ours.append(ends[0])
            theirs.append(ends[1])
        }
        return 0
    }

    /// Closes the other's ends, which it has as its own by now.
    mutating func closeTheirs() {
        for end in theirs { _ = Glibc.close(end) }
        theirs = []
    }

    mutating func close() {
        closeTheirs()
        for end in ours { _ = Glibc.close(end) }
        ours = []
    }
}
