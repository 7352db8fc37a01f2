import Glibc
import Licensing

/// The console of a process: three descriptors, 0, 1 and 2 unless told otherwise.
package struct StandardConsole: Console {
    private let input, output, errors: Int32

    /// The longest line that is read, in bytes.
    static let longestLine = 65_536

    package init(input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO, errors: Int32 = STDERR_FILENO) {
        (self.input, self.output, self.errors) = (input, output, errors)
    }

    package var isInteractive: Bool { isatty(input) == 1 && isatty(errors) == 1 }

    package var outputSize: TerminalSize? {
        guard isatty(output) == 1 else { return nil }
        var size = winsize()
        // A terminal that does not tell, such as a serial line, says nothing or zero.
        guard ioctl(output, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return TerminalSize(columns: 80, rows: 24)
        }
        return TerminalSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }

    package func write(_ text: String) throws(CommandError) {
        if let number = FileBytes.write(Array(text.utf8), to: output) {
            throw .standardOutputFailed(SystemError.text(number))
        }
    }

    package func writeError(_ text: String) {
        _ = FileBytes.write(Array(text.utf8), to: errors)
    }

    package func readLine() throws(CommandError) -> String? {
        guard let bytes = try line() else { return nil }
        return String(decoding: bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes, as: UTF8.self)
    }

    /// Reads a byte at a time: what follows the line is left for whoever reads next.
    private func line() throws(CommandError) -> [UInt8]? {
        var line: [UInt8] = []
        while true {
            switch FileBytes.readByte(from: input) {
            case .byte(UInt8(ascii: "\n")): return line
            case .byte(let byte):
                guard line.count < Self.longestLine else {
                    throw .inputRefused("standard input", "a line is longer than \(Self.longestLine) bytes")
                }
                line.append(byte)
            case .end: return line.isEmpty ? nil : line
            case .failed(let number): throw .inputRefused("standard input", SystemError.text(number))
            }
        }
    }

    package var hasInputWaiting: Bool {
        var entry = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) == 1 && entry.revents & Int16(POLLIN) != 0
    }

    package func dropTypedAhead() { _ = tcflush(input, TCIFLUSH) }

    package func readSecretLine(_ question: String) throws -> [UInt8]? {
        var before = termios()
        guard tcgetattr(input, &before) == 0 else {
            throw CommandError.inputRefused("standard input", "it is not a terminal, so nothing secret can be typed")
        }
        var silent = before
        // Without ISIG, Ctrl-C comes as a character, so that the terminal is put right before the program ends.
        silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        // What was typed before the question may have been seen, and is dropped.
        guard tcsetattr(input, TCSAFLUSH, &silent) == 0 else {
            throw CommandError.inputRefused("standard input", "the terminal would show what is typed")
        }
        defer {
            _ = tcsetattr(input, TCSADRAIN, &before)
            writeError("\n")
        }
        writeError(question)
        var line = SecretLine()
        while true {
            switch FileBytes.readByte(from: input) {
            case .byte(let byte):
                switch line.type(byte) {
                case .more: continue
                case .done: return line.bytes
                case .end: return nil
                case .interrupted: throw LicenceError(.cancelled)
                case .tooLong: throw CommandError.inputRefused("standard input", "the line is too long")
                }
            case .end: return nil
            case .failed(let number): throw CommandError.inputRefused("standard input", SystemError.text(number))
            }
        }
    }

    package func readAll(limit: Int) throws(CommandError) -> [UInt8] {
        try InputFile.read(descriptor: input, name: "standard input", limit: limit)
    }
}
