import Control
import Foundation
import LicenceCommands
import QRPictures
import Testing
import TransferCodes

/// The forms in which a code is given, and that each of them is taken back in.
@Suite struct CodeFormTests {
    private let sample: SampleTransfer
    private let folder: TemporaryFolder
    private let daemon = FakeDaemon()

    init() throws {
        sample = try SampleTransfer()
        folder = try TemporaryFolder()
        let (start, done) = (sample.step(sample.start), sample.step(nil))
        daemon.on(Calls.ShowCode.self) { _ in start }
        daemon.on(Calls.Offer.self) { _ in start }
        daemon.on(Calls.Request.self) { _ in done }
    }

    /// `almctl offline-transfer show` with these options.
    private func show(_ options: String..., terminal: TerminalSize? = nil) async -> CommandLineRun {
        await CommandLineRun(
            ["offline-transfer", "show", sample.name] + options, daemon: daemon,
            console: ScriptedConsole(outputSize: terminal))
    }

    /// Loads a code at the target, and gives what the daemon was given.
    private func load(_ paths: [String], input: [UInt8] = []) async throws -> (code: TransferCode?, run: CommandLineRun)
    {
        let before = daemon.callCount
        let run = await CommandLineRun(
            ["offline-transfer", "request", "--to", "local"] + paths.flatMap { ["--input", $0] }, daemon: daemon,
            console: ScriptedConsole(input: input))
        guard daemon.callCount > before, let text = daemon.calls(Calls.Request.self).last?.code else {
            return (nil, run)
        }
        return (try CodeReader.read(text, expecting: .start).code, run)
    }

    @Test(arguments: ["aut", "txt", "png", "svg", "html", "PNG", "htm"])
    func takesTheFormFromTheNameOfTheFile(ending: String) async throws {
        let path = folder.file("code.\(ending)")
        let run = await show("--output", path)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output == "transfer \(sample.name): the code is in \(path)\n")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        let start = [
            "aut": "Offline Transfer", "txt": "Offline Transfer", "svg": "<svg ", "html": "<!DOCTYPE html>",
            "htm": "<!DOCTYPE html>",
        ][ending]
        #expect(start.map { bytes.starts(with: $0.utf8) } ?? (PictureFormat(bytes) == .png))
        #expect(try await load([path]).code == sample.start.code)
        // Once more: the same bytes, which are left as they are.
        #expect(await show("--output", path).status == 0)
    }

    @Test(arguments: ["--lines", "--spell", "--sheet", "--qr"])
    func takesTheFormFromTheOption(option: String) async throws {
        let printed = await show(option)
        #expect(printed.status == 0)
        if option != "--qr" {
            #expect(try await load(["-"], input: Array(printed.output.utf8)).code == sample.start.code)
        }
        let path = folder.file(option == "--qr" ? "file.svg" : "file")
        #expect(await show(option, "--output", path).status == 0)
        #expect(try await load([path]).code == sample.start.code)
    }

    @Test func printsTheLinesAlone() async {
        #expect(await show("--lines").output == sample.start.lines.map { $0 + "\n" }.joined())
        #expect(await show().output == sample.start.text)
    }

    @Test func spellsLineByLineAndGroupByGroup() async throws {
        let lines = await show("--spell").output.split(separator: "\n", omittingEmptySubsequences: false)
        let spoken = lines.drop { $0 != "line one" }.prefix(6)
        let first = Spelling.script(for: sample.start.code)[0]
        #expect(Array(spoken) == ["line one"] + first.spokenGroups.map { "  \($0)" } + [""])
        #expect(spoken.dropLast().last?.hasPrefix("  check ") ?? false)
        #expect(lines.count { $0.hasPrefix("line ") } == sample.start.lines.count)
    }

    @Test func drawsInBlackOnWhiteOnATerminalAndInBlocksAloneElsewhere() async {
        let drawn = await show("--qr", terminal: TerminalSize(columns: 120, rows: 50)).output
        #expect(drawn.split(separator: "\n").count == 33)
        #expect(drawn.split(separator: "\n").allSatisfy { $0.hasPrefix("\u{1B}[30;107m") })
        // Three parts, each of which is seen whole in the usual 24 lines.
        let plain = await show("--qr").output
        #expect(!plain.contains("\u{1B}"))
        let parts = plain.split(separator: "\n\n").map { $0.split(separator: "\n") }
        #expect(parts.count == 3)
        #expect(parts.allSatisfy { $0.count == 24 && $0[0].hasPrefix("lines ") })
        #expect(parts.last?.first?.hasSuffix(" to \(sample.start.lines.count)") ?? false)
    }

    // MARK: - What does not go together

    @Test(arguments: [
        ["--qr", "--spell"], ["--lines", "--sheet"], ["--qr", "--output", "code.aut"], ["--qr", "--output", "code"],
        ["--spell", "--output", "code.png"], ["--lines", "--output", "code.html"], ["--sheet", "--output", "code.svg"],
        ["--qr", "--json"], ["--sheet", "--json"],
    ])
    func refusesBeforeAnythingIsDone(options: [String]) async throws {
        let run = await CommandLineRun(
            ["offline-transfer", "start", "7K3"] + options.map { $0.hasPrefix("code") ? folder.file($0) : $0 },
            daemon: daemon)
        #expect(run.status == 2)
        #expect(daemon.callCount == 0)
        #expect(try folder.names().isEmpty)
    }

    @Test func givesTheFileAndTheLinesToPrograms() async throws {
        let path = folder.file("code.png")
        let object = try await show("--json", "--output", path).object()
        #expect(object["output"] as? String == path)
        #expect(object["code"] as? [String] == sample.start.lines)
    }

    @Test(arguments: ["png", "svg", "html"])
    func leavesAnotherFileAlone(ending: String) async throws {
        let path = try folder.write("something else".utf8, to: "code.\(ending)")
        #expect(await show("--output", path).status == 1)
        #expect(daemon.callCount == 0)
        #expect(try folder.contents(of: "code.\(ending)") == "something else")
        #expect(await show("--output", path, "--force").status == 0)
    }

    @Test func saysHowToGetTheCodeAgainWhereAPictureOfAnotherIsThere() async throws {
        let other = try #require(QRPicture(lines: [String(repeating: "0", count: 20)])).png
        let path = try folder.write(other, to: "code.png")
        let run = await show("--output", path)
        #expect(run.status == 1)
        #expect(
            run.errors.contains("the step itself is done; almctl offline-transfer show \(sample.name) --output FILE"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(other))
    }

    // MARK: - Pictures in parts

    /// A picture for each part of the start code, as somebody makes who photographs a small terminal.
    private func parts() throws -> [String] {
        let lines = sample.start.code.codeLines.map(\.compactText)
        let ranges = try #require(QRPicture(lines: lines, largestVersion: 5)).parts.map(\.lines)
        return try ranges.enumerated().map { index, range in
            let part = try #require(QRPicture(lines: Array(lines[range.lowerBound - 1..<range.upperBound])))
            return try folder.write(part.png, to: "part\(index).png")
        }
    }

    @Test func takesThePartsInAnyOrder() async throws {
        let parts = try parts()
        #expect(parts.count == 3)
        #expect(try await load(parts).code == sample.start.code)
        #expect(try await load(parts.reversed()).code == sample.start.code)
        #expect(try await load([parts[1], parts[0], parts[1], parts[2]]).code == sample.start.code)
    }

    @Test func namesTheLinesOfAPartThatIsMissing() async throws {
        let parts = try parts()
        let (code, run) = try await load([parts[2], parts[0]])
        #expect(code == nil)
        #expect(run.status == 1)
        #expect(run.errors.hasPrefix("error: lines 6, 7, 8, 9, 10 and 11 are missing\n"), "\(run.errors)")
        #expect(run.errors.contains("--input"))
    }

    @Test func takesAPartFromAPictureAndTheRestAsText() async throws {
        let parts = try parts()
        let rest = sample.start.lines[5...].joined(separator: "\n")
        #expect(try await load([parts[0], "-"], input: Array(rest.utf8)).code == sample.start.code)
    }

    // MARK: - Pictures that hold nothing

    @Test(arguments: [
        (Array("%PDF-1.7\n".utf8), "pdftoppm"), ([0, 0, 0, 24] + Array("ftypheic".utf8), "JPEG"),
        (Array("GIF89a".utf8), "zbarimg says"),
    ])
    func saysWhatToDoWithAPictureOfNoUse(bytes: [UInt8], word: String) async throws {
        let path = try folder.write(bytes, to: "picture")
        let (_, run) = try await load([path])
        #expect(run.status == 1)
        #expect(run.errors.hasPrefix("error: no code can be read from \(path): "))
        #expect(run.errors.contains(word), "\(run.errors)")
        #expect(daemon.callCount == 0)
    }

    // MARK: - Forms to fill in

    @Test(arguments: [
        ("start", 18, "S"), ("short-start", 2, "T"), ("request", 4, "Q"), ("activation", 2, "A"), ("return", 2, "B"),
        ("receipt", 1, "C"),
    ])
    func makesAFormWithABoxForEachCharacter(kind: String, lines: Int, letter: String) async {
        let run = await CommandLineRun(["offline-transfer", "form", kind], daemon: nil)
        #expect(run.status == 0)
        // Besides the boxes, one empty cell after each line keeps the lines apart.
        #expect(run.output.matches(of: /<td><\/td>/).count == lines * 21)
        #expect(run.output.matches(of: /<th scope="row">\d+</).count == lines)
        #expect(run.output.contains("The first character of line 1 is <b>\(letter)</b>"))
        // What is typed is asked for line by line, and not swallowed whole.
        #expect(run.output.contains(" --interactive</code>"))
        #expect(!run.output.contains("Ctrl-D") && !run.output.contains("--input"))
    }

    @Test func refusesAFormOfNoCode() async {
        #expect(await CommandLineRun(["offline-transfer", "form", "letter"], daemon: nil).status == 2)
    }
}
