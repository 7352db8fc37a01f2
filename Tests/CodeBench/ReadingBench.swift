import Crypto
import Foundation
import LicenceCommands
import TransferCodes

/// How long reading takes, beside what no reader could do without.
enum ReadingBench {
    private static let rounds = 15

    /// Prints one line a measurement.
    static func run() {
        var random = BenchRandom(seed: 1)
        guard
            let start = try? StartCode(
                offerSecret: random.bytes(10), certificate: random.bytes(StartCode.maximumCertificateLength))
        else { return print("error: the sample code could not be made") }
        let code = TransferCode.start(start)
        let certificate = start.certificate
        // A thousand at a time: one is shorter than the clock can tell.
        let hash = median { for _ in 0..<1000 { _ = SHA256.hash(data: certificate) } } / 1000
        print(
            "medians of \(rounds), time on the processor; the SHA-256 of a certificate takes \(milliseconds(hash)) ms")

        let printed = Array(PrintedCode(code).text.utf8)
        report("start code of 18 lines as printed", printed, code, limit: hash, "SHA-256")
        report(
            "the same, two wrong characters in every line", BenchTexts.twoWrong(code, &random), code, limit: hash,
            "SHA-256")

        var lineEnds = 0
        let mails: [(String, [UInt8])] = [
            ("prose", BenchTexts.prose(1 << 20, &random)), ("attachments", BenchTexts.attachment(1 << 20, &random)),
            ("umlauts", BenchTexts.prose(1 << 20, &random, letters: 27)),
            ("numbers", BenchTexts.numbers(1 << 20, &random)),
        ]
        for (name, half) in mails {
            // In a log of numbers more stands that looks like lines than a reader looks at to put something right.
            let forms = [("a code", printed), ("a damaged code", BenchTexts.twoWrong(code, &random))]
            for (form, inside) in name == "numbers" ? forms.dropLast() : forms {
                let mail = half + Array("\r\n\r\n".utf8) + inside + Array("\r\n\r\n".utf8) + half
                let pass = median { lineEnds &+= mail.reduce(0) { $0 &+ ($1 == 0x0A ? 1 : 0) } }
                report("2 MiB of \(name), \(form) in the middle", mail, code, limit: pass, "counting its lines")
            }
        }
        // The same as mail programs save it, by all that a file given with --input goes through.
        for (name, mail) in BenchTexts.mails(printed, &random) {
            let pass = median { lineEnds &+= mail.reduce(0) { $0 &+ ($1 == 0x0A ? 1 : 0) } }
            report(
                "\(name), \((Double(mail.count) / 1_048_576 * 10).rounded() / 10) MiB", code, pass, "counting its lines"
            ) {
                CodeWrapping.code(in: mail, expecting: .start)
            }
        }
        print("(\(lineEnds) line ends counted)")
    }

    private static func report(
        _ name: String, _ text: [UInt8], _ code: TransferCode, limit: Duration, _ limitName: String
    ) {
        report(name, code, limit, limitName) { try? CodeReader.read(text, expecting: .start) }
    }

    private static func report(
        _ name: String, _ code: TransferCode, _ limit: Duration, _ limitName: String, _ read: () -> ReadCode?
    ) {
        guard let found = read() else { return print("\(name): NOT READ") }
        guard found.code == code else { return print("\(name): READ AS ANOTHER CODE") }
        let time = median { _ = read() }
        let ratio = (time / limit * 10).rounded() / 10
        print("\(name): \(milliseconds(time)) ms, \(ratio) times \(limitName), \(found.repairs.count) repairs")
    }

    private static func milliseconds(_ time: Duration) -> Double { (time / .nanoseconds(10)).rounded() / 100_000 }

    /// Of the processor's time, so that others on the machine do not count.
    private static func median(_ body: () -> Void) -> Duration {
        (0..<rounds).map { _ in
            let start = processorTime()
            body()
            return processorTime() - start
        }.sorted()[rounds / 2]
    }

    private static func processorTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
