import DongleProtocol
import Foundation
import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

/// A file of `Fixtures/dongle`: one frame, and what its receiver has to make of it.
///
/// A line that begins with `#` says what it is. `expect:` is one of `request COMMAND`, `done COMMAND`, `refused ERROR`,
/// `not-understood REASON`, which is read and written again to the same bytes; `no-frame WHY`, which is no frame; and
/// `malformed request COMMAND` or `malformed done COMMAND`, a frame whose payload has to be refused.
struct Vector {
    let name: String
    let comment: String
    let expect: String
    let frame: [UInt8]

    /// The file's text. The payload stands there a second time, to be read by people.
    var text: String {
        let payload = (try? Frame(bytes: frame))?.payload
        return "# \(comment)\nexpect: \(expect)\n" + (payload.map { "payload: \($0.hexadecimal)\n" } ?? "")
            + "frame: \(frame.hexadecimal)\n"
    }

    init(_ name: String, _ comment: String, _ expect: String, _ frame: [UInt8]) {
        (self.name, self.comment, self.expect, self.frame) = (name, comment, expect, frame)
    }

    /// Reads a file.
    init(name: String, text: String) throws {
        let lines = text.split(separator: "\n").map(String.init)
        func field(_ key: String) throws -> String {
            String(try #require(lines.first { $0.hasPrefix("\(key): ") }).dropFirst(key.count + 2))
        }
        let comment = try #require(lines.first { $0.hasPrefix("# ") })
        let frame = try #require([UInt8](hexadecimal: try field("frame")))
        self.init(name, String(comment.dropFirst(2)), try field("expect"), frame)
    }

    /// The folder with the files.
    static var folder: URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/dongle").standardized
    }

    /// The files as they are, by name; `conversation.txt`, which is of another form, left out.
    static func stored() throws -> [Vector] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            .filter { $0.hasSuffix(".txt") && $0 != "conversation.txt" }
            .map { try Vector(name: $0, text: try String(contentsOf: folder.appending(path: $0), encoding: .utf8)) }
    }
}
