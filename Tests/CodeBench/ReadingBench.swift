import Crypto
import Foundation
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
        report("the same, two wrong characters in every line", twoWrong(code, &random), code, limit: hash, "SHA-256")

        var lineEnds = 0
        let mails: [(String, [UInt8])] = [
            ("prose", prose(1 << 20, &random)), ("attachments", attachment(1 << 20, &random)),
            ("umlauts", prose(1 << 20, &random, letters: 27)), ("numbers", numbers(1 << 20, &random)),
        ]
        for (name, half) in mails {
            // In a log of numbers more stands that looks like lines than a reader looks at to put something right.
            let forms = [("a code", printed), ("a damaged code", twoWrong(code, &random))]
            for (form, inside) in name == "numbers" ? forms.dropLast() : forms {
                let mail = half + Array("\r\n\r\n".utf8) + inside + Array("\r\n\r\n".utf8) + half
                let pass = median { lineEnds &+= mail.reduce(0) { $0 &+ ($1 == 0x0A ? 1 : 0) } }
                report("2 MiB of \(name), \(form) in the middle", mail, code, limit: pass, "counting its lines")
            }
        }
        print("(\(lineEnds) line ends counted)")
    }

    private static func report(
        _ name: String, _ text: [UInt8], _ code: TransferCode, limit: Duration, _ limitName: String
    ) {
        let read: ReadCode
        do throws(CodeError) {
            read = try CodeReader.read(text, expecting: .start)
        } catch {
            return print("\(name): NOT READ: \(error.message)")
        }
        guard read.code == code else { return print("\(name): READ AS ANOTHER CODE") }
        let time = median { _ = try? CodeReader.read(text, expecting: .start) }
        let ratio = (time / limit * 10).rounded() / 10
        print("\(name): \(milliseconds(time)) ms, \(ratio) times \(limitName), \(read.repairs.count) repairs")
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

    // MARK: Texts

    private static func twoWrong(_ code: TransferCode, _ random: inout BenchRandom) -> [UInt8] {
        let text = code.codeLines.map { line in
            var characters = Array(line.compactText)
            let first = random.below(20)
            let second = (first + 1 + random.below(19)) % 20
            for place in [first, second] { characters[place] = characters[place] == "7" ? "8" : "7" }
            let groups = stride(from: 0, to: 20, by: 5).map { String(characters[$0..<$0 + 5]) }
            return "\(line.number)  \(groups.joined(separator: " "))"
        }
        return Array((text.joined(separator: "\n") + "\n").utf8)
    }

    /// Words of one to ten small letters, the 27th an ä; lines of about 70 characters.
    private static func prose(_ size: Int, _ random: inout BenchRandom, letters: Int = 26) -> [UInt8] {
        var text: [UInt8] = []
        var column = 0
        while text.count < size {
            let length = 1 + random.below(10)
            for _ in 0..<length {
                let letter = random.below(letters)
                text += letter < 26 ? [0x61 + UInt8(letter)] : Array("ä".utf8)
            }
            column += length + 1
            text += column > 65 ? [0x0D, 0x0A] : [0x20]
            if column > 65 { column = 0 }
        }
        return text
    }

    /// Base64 in lines of 76.
    private static func attachment(_ size: Int, _ random: inout BenchRandom) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        while text.count < size {
            for _ in 0..<76 { text.append(alphabet[random.below(64)]) }
            text += [0x0D, 0x0A]
        }
        return text
    }

    /// A log: dates, numbers, words in groups of five.
    private static func numbers(_ size: Int, _ random: inout BenchRandom) -> [UInt8] {
        var text: [UInt8] = []
        while text.count < size {
            text += Array("2026-01-15 12:30:\(10 + random.below(50)) node\(random.below(99)) ".utf8)
            for _ in 0..<4 { text += Array("\(10_000 + random.below(90_000)) ".utf8) }
            text += [0x0D, 0x0A]
        }
        return text
    }
}
