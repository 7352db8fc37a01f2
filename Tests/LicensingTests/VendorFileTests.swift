import Licensing
import TestKit
import Testing

@Suite struct VendorFileTests {
    private let vendor: Vendor
    private let key: String

    init() throws {
        vendor = try TestVendor("Söhne & Co").vendor
        key = Crockford.text(vendor.publicKey, characters: 52)
    }

    @Test func readingGivesBackTheVendor() throws {
        #expect(try Vendor(fileText: vendor.fileText, path: "vendor.pub") == vendor)
        #expect(vendor.fileText == "alm vendor 1\nname: Söhne & Co\nkey: \(key)\n")
    }

    @Test func letsLineEndsEmptyLinesCommentsAndHyphensPass() throws {
        let grouped = Crockford.grouped(key, by: 5).lowercased()
        for text in [
            "alm vendor 1\r\nname: Söhne & Co\r\nkey: \(key)\r\n",
            "# from the vendor's page\n\nalm vendor 1\n\n# name\nname: Söhne & Co\nkey: \(grouped)",
        ] {
            #expect(try Vendor(fileText: text, path: "vendor.pub") == vendor)
        }
    }

    @Test func saysWhatIsWrongWithAFile() {
        let head = "alm vendor 1\nname: Works\n"
        let rows: [(text: String, reason: String)] = [
            ("", "does not begin"),
            ("alm vendor 2\nname: Works\nkey: \(key)\n", "does not begin"),
            ("\u{feff}alm vendor 1\nname: Works\nkey: \(key)\n", "does not begin"),
            ("alm vendor 1\n", "name is missing"),
            ("alm vendor 1\nkey: \(key)\nname: Works\n", "name is missing"),
            (head, "key is missing"),
            (head + "Key: \(key)\n", "key is missing"),
            (head + "key: \(key)\nkey: \(key)\n", "behind the key"),
            (head + "key: \(key.dropLast())\n", "not well formed"),
            (head + "key: \(key)0\n", "not well formed"),
            (head + "key: \(key.dropLast())Z\n", "not well formed"),
            (head + "key: \(key.dropLast())U\n", "not well formed"),
            (head + "key: \n", "not well formed"),
            ("alm vendor 1\nname: \nkey: \(key)\n", "not well formed"),
            ("alm vendor 1\nname:  Works\nkey: \(key)\n", "not well formed"),
            ("alm vendor 1\nname: Wo\u{202e}rks\nkey: \(key)\n", "not well formed"),
            ("alm vendor 1\nname: Wo\u{1b}[2Jrks\nkey: \(key)\n", "not well formed"),
            ("alm vendor 1\nname: \(String(repeating: "x", count: 65))\nkey: \(key)\n", "not well formed"),
            (vendor.fileText + String(repeating: "#\n", count: 2048), "longer than 4096"),
        ]
        for row in rows {
            let error = #expect(throws: LicenceError.self) { try Vendor(fileText: row.text, path: "/v/a.pub") }
            #expect(error?.code == .vendorFileMalformed)
            #expect(error?.parameters[.path] == "/v/a.pub")
            #expect(error?.parameters[.reason]?.contains(row.reason) == true, "\(row.text)")
        }
    }

    @Test func takesNamesOfUpTo64Bytes() {
        #expect(Vendor(name: String(repeating: "x", count: 64), publicKey: vendor.publicKey) != nil)
        #expect(Vendor(name: String(repeating: "é", count: 33), publicKey: vendor.publicKey) == nil)
        #expect(Vendor(name: "Works", publicKey: Array(vendor.publicKey.dropLast())) == nil)
        #expect(Vendor(name: "Works", publicKey: vendor.publicKey + [0]) == nil)
    }

    @Test func aSigningKeyHas32Bytes() {
        for count in [0, 31, 33] {
            #expect(VendorSigningKey(name: "Works", secret: Secret([UInt8](repeating: 1, count: count))) == nil)
        }
    }
}
