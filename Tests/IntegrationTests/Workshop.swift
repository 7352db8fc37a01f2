import Control
import Foundation
import Testing

/// A place for one test: a folder of its own with a vendor and as many machines as it asks for, all gone at its end.
final class Workshop {
    let folder: String
    let vendorFolder: String
    private(set) var licences: [String] = []

    /// Makes a vendor with one licence for each product.
    init(minting products: [String] = ["DIGSI 5 Premium"]) async throws {
        // Sockets have paths of at most 107 bytes, so the folder's is short.
        folder = "/var/tmp/almd-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        vendorFolder = "\(folder)/vendors"
        try FileManager.default.createDirectory(atPath: vendorFolder, withIntermediateDirectories: false)
        try await run("almvendor", "init", "\(folder)/maker", "--name", "Example Automation")
        try FileManager.default.copyItem(
            atPath: "\(folder)/maker/vendor.pub", toPath: "\(vendorFolder)/example.pub")
        for product in products { licences.append(try await mint(product)) }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Mints a licence into the vendor's store and gives its number.
    func mint(_ product: String, type: String = "single", quantity: Int = 1) async throws -> String {
        let result = try await run(
            "almvendor", "mint", "\(folder)/maker", "--product", product, "--product-version", "V9.60", "--type", type,
            "--quantity", String(quantity), "--json")
        return try #require(try result.object()["licence"] as? String)
    }

    /// A machine with a store of its own, running. The machine `maker` is the vendor's.
    func machine(_ name: String, state: String? = nil) async throws -> Machine {
        let machine = Machine(name, state: state ?? "\(folder)/\(name)", folder: folder, vendors: vendorFolder)
        try await machine.start()
        return machine
    }

    /// Makes a file-backed dongle.
    func dongle(_ serial: String, keys: Int = 8) async throws -> String {
        let path = "\(folder)/dongle-\(serial)"
        try await run("almdongle", "create", path, "--serial", serial, "--keys", String(keys))
        return path
    }

    /// Runs one of the programs, which has to succeed.
    @discardableResult
    func run(_ program: String, _ arguments: String...) async throws -> Command.Result {
        let result = try await Command(Products.path(program), arguments).result()
        try #require(result.status == 0, "\(program) \(arguments): \(result.output)\(result.errors)")
        return result
    }

    /// Moves a key from one machine to another by the four steps.
    func transfer(_ licence: String, from source: Machine, to target: Machine, at location: String = "local")
        async throws
    {
        let start = try await source.code("start", licence)
        let request = try await target.code("request", "--input", "-", "--to", location, input: start)
        let activation = try await source.code("activation", "--input", "-", "--yes", input: request)
        try await target.succeeds("activate", "--input", "-", input: activation)
    }

    /// A machine `name` that holds the licences in its local store.
    func machine(_ name: String, holding licences: [String]) async throws -> Machine {
        let maker = try await machine("maker")
        let machine = try await machine(name)
        for licence in licences { try await transfer(licence, from: maker, to: machine) }
        await maker.stop()
        return machine
    }
}
