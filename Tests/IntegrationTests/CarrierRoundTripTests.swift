import Foundation
import TestKit
import Testing

/// The longest code there is, the start code, through what carries codes in the world, and back into the target.
///
/// A target that has answered a start code answers the same one with the same request code again, so one pair of
/// machines tries many carriers.
struct CarrierRoundTripTests {
    // MARK: - Text

    @Test func carryTheCodeByMail() async throws {
        let road = try await Road()
        let text = try await road.printed()
        let quoted = "Hello,\n\nmind the gap =\nand this:\n\n\(text)".replacing("\n", with: "\n> ")
        let wide =
            Data([0xFF, 0xFE])
            + quoted.utf16.reduce(into: Data()) { data, unit in
                data += [UInt8(truncatingIfNeeded: unit), UInt8(truncatingIfNeeded: unit >> 8)]
            }
        try await road.arrives("quoted-printable, quoted", road.file("mail", Data(Road.quotedPrintable(quoted).utf8)))
        try await road.arrives("UTF-16 with its mark", road.file("wide", wide))
        let sheet = try await road.output("sheet.html")
        try await road.arrives("the page as a file", sheet)
        let page = try String(contentsOfFile: sheet, encoding: .utf8)
        try await road.arrives("the page by mail", road.file("page", Data(Road.quotedPrintable(page).utf8)))
        let attachment = try Data(contentsOf: URL(fileURLWithPath: sheet))
            .base64EncodedString(options: .lineLength76Characters)
        let mail = "Subject: code\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\n\(attachment)\n"
        try await road.arrives("the page as an attachment", road.file("attachment", Data(mail.utf8)))
    }

    @Test func carryTheCodeByVoice() async throws {
        let road = try await Road()
        let script = try await road.output("script.txt", "--spell")
        try await road.arrives("the script", script)
        // Word by word, as somebody types who hears it: what is not to be read aloud is not heard.
        let words = try String(contentsOfFile: script, encoding: .utf8).split(separator: "\n")
            .filter { !$0.hasPrefix("[") }.joined(separator: " ").split(separator: " ")
        #expect(words.count > 17 * 22)
        try await road.arrives("one word on a line", road.file("words", Data(words.joined(separator: "\n").utf8)))
        let heard = words.map { $0 == "tree" ? "three" : $0 == "niner" ? "Nine" : $0 == "alfa" ? "ALPHA" : "\($0)" }
        try await road.arrives("as it is heard", road.file("heard", Data(heard.joined(separator: ", ").utf8)))
    }

    // MARK: - Pictures

    /// What happens to a picture on its way, as the options of ImageMagick that do it.
    static let distortions: [(name: String, format: String, options: [String])] = [
        ("as it is", "png", []),
        ("turned by a quarter", "png", ["-rotate", "90"]),
        ("turned by 13 degrees", "png", ["-background", "white", "-rotate", "13"]),
        ("on its head", "gif", ["-rotate", "180"]),
        ("scaled to 40 %", "png", ["-resize", "40%"]),
        ("compressed", "jpg", ["-quality", "15"]),
        ("blurred", "png", ["-blur", "0x3"]),
        (
            "all together", "jpg",
            ["-background", "white", "-rotate", "7", "-blur", "0x2", "-resize", "40%", "-quality", "30"]
        ),
        (
            "photographed askew", "jpg",
            [
                "-virtual-pixel", "white", "-distort", "Perspective",
                "0,0 30,10 520,0 500,0 0,520 0,510 520,520 520,500", "-quality", "50",
            ]
        ),
        ("in poor light", "webp", ["-seed", "1", "+level", "25%,70%", "-attenuate", "0.3", "+noise", "Gaussian"]),
        ("faxed", "tiff", ["-resize", "60%", "-monochrome", "-compress", "Group4"]),
        ("on a larger page", "bmp", ["-gravity", "center", "-background", "white", "-extent", "1600x2200"]),
    ]

    @Test(.needs(.pictures, "ImageMagick is not installed: make setup", { Tool.convert.isThere }))
    func carryTheCodeByPicture() async throws {
        let road = try await Road()
        let picture = try await road.output("code.png")
        for (name, format, options) in Self.distortions {
            let distorted = "\(road.folder)/distorted.\(format)"
            try await Tool.convert.run([picture] + options + [distorted])
            try await road.arrives(name, distorted)
        }
    }

    /// The lines that a code has on a sheet stand in the page as well; here nothing but its picture is left of them.
    @Test(.needs(.pictures, "no browser is installed: make setup", { Tool.chromium.isThere }))
    func carryTheCodeByAScreenshotOfItsPage() async throws {
        let road = try await Road()
        let sheet = try await road.output("sheet.html")
        let screenshot = "\(road.folder)/screenshot.png"
        try await Tool.chromium.run(
            Tool.headless + ["--window-size=800,1100", "--screenshot=\(screenshot)", "file://\(sheet)"])
        try await road.arrives("the page on a screen", screenshot)

        let drawing = try await road.output("drawing.svg")
        try await Tool.chromium.run(
            Tool.headless + ["--window-size=400,400", "--screenshot=\(screenshot)", "file://\(drawing)"])
        try await road.arrives("the drawing on a screen", screenshot)

        // A terminal is rows of characters that touch each other.
        let blocks = try await road.source.almctlText(["offline-transfer", "start", road.licence, "--qr"])
        let terminal = try road.file(
            "terminal.html",
            Data(
                """
                <!DOCTYPE html><meta charset="utf-8"><body style="margin:20px;background:#fff">
                <pre style="font:16px/1 monospace;letter-spacing:0;line-height:1.164">\(blocks)</pre>
                """.utf8))
        try await Tool.chromium.run(
            Tool.headless + ["--window-size=600,1600", "--screenshot=\(screenshot)", "file://\(terminal)"])
        try await road.arrives("the terminal on a screen", screenshot)
    }

    @Test(.needs(.pictures, "no browser is installed: make setup", { Tool.chromium.isThere }))
    func printEachPageOnOneSheet() async throws {
        let road = try await Road()
        let form = "\(road.folder)/form.html"
        try await road.workshop.run("almctl", "offline-transfer", "form", "start", "--output", form)
        let certificate = "\(road.folder)/certificate.html"
        try await road.source.almctlText(["certificate", road.licence, "--output", certificate])
        for page in [try await road.output("sheet.html"), form, certificate] {
            let html = try String(contentsOfFile: page, encoding: .utf8)
            for size in ["A4", "Letter"] {
                let sized = try road.file(
                    "sized.html", Data(html.replacing("@page {", with: "@page { size: \(size);").utf8))
                let document = "\(road.folder)/page.pdf"
                try await Tool.chromium.run(
                    Tool.headless + ["--no-pdf-header-footer", "--print-to-pdf=\(document)", "file://\(sized)"])
                let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: document)), as: UTF8.self)
                #expect(text.matches(of: /\/Type\s*\/Page\b/).count == 1, "\(page) on \(size)")
            }
        }
    }
}

/// A source with a key, a target that waits for its code, and a folder for what is carried between them.
private final class Road {
    let workshop: Workshop
    let source, target: Machine
    let licence: String
    private let request: String
    var folder: String { workshop.folder }

    init() async throws {
        // The longest name that a product may have makes the longest code.
        workshop = try await Workshop(minting: ["DIGSI 5 Premium"])
        licence = workshop.licences[0]
        source = try await workshop.machine("maker")
        target = try await workshop.machine("target")
        let start = try await source.code("start", licence)
        request = try await target.code("request", "--input", "-", "--to", "local", input: start)
    }

    /// The start code as it is printed.
    func printed() async throws -> String { try await source.almctlText(["offline-transfer", "start", licence]) }

    /// Has the start code written to a file in the folder, and gives its path.
    func output(_ name: String, _ options: String...) async throws -> String {
        let path = "\(folder)/\(name)"
        try await source.almctlText(["offline-transfer", "start", licence, "--output", path] + options)
        return path
    }

    /// Writes a file into the folder, and gives its path.
    func file(_ name: String, _ bytes: Data) throws -> String {
        let path = "\(folder)/\(name)"
        try bytes.write(to: URL(fileURLWithPath: path))
        return path
    }

    /// Loads a file at the target: it has to be the start code, with nothing to put right.
    func arrives(_ carrier: String, _ path: String) async throws {
        let result = try await target.almctl(["offline-transfer", "request", "--input", path, "--to", "local"])
        #expect(result.status == 0, "\(carrier): \(result.output)\(result.errors)")
        let object = (try? result.object()) ?? [:]
        #expect((object["code"] as? [String])?.map { $0 + "\n" }.joined() == request, "\(carrier)")
        #expect((object["repairs"] as? [Any])?.isEmpty ?? false, "\(carrier)")
    }

    /// The text as mail programs encode it: lines of at most 76 characters, whatever is not plain ASCII in hexadecimal.
    static func quotedPrintable(_ text: String) -> String {
        var (result, width) = ("", 0)
        for byte in text.utf8 {
            let isPlain = (0x21...0x7E).contains(byte) && byte != 0x3D || byte == 0x20
            let digits = String(byte, radix: 16, uppercase: true)
            let word =
                byte == 0x0A
                ? "\r\n" : isPlain ? String(UnicodeScalar(byte)) : "=" + (digits.count == 1 ? "0" : "") + digits
            if byte != 0x0A, width + word.count > 75 {
                result += "=\r\n"
                width = 0
            }
            result += word
            width = byte == 0x0A ? 0 : width + word.count
        }
        return result
    }
}

/// A program that plays a part of the world.
private struct Tool {
    let path: String

    static let convert = Tool(path: "/usr/bin/convert")
    static let chromium = Tool(
        path: ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"].first {
            FileManager.default.isExecutableFile(atPath: $0)
        } ?? "/usr/bin/chromium")
    /// The options with which a browser draws one page and ends. Its sandbox does not work for root or in containers, and
    /// the pages are this project's own.
    static let headless = [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
        "--virtual-time-budget=1000",
    ]

    var isThere: Bool { FileManager.default.isExecutableFile(atPath: path) }

    func run(_ arguments: [String]) async throws {
        let result = try await Command(path, arguments).result()
        try #require(result.status == 0, "\(path) \(arguments): \(result.errors)")
    }
}
