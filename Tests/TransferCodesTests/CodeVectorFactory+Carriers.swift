@testable import TransferCodes

/// What mail, editors, paper and people make of a text, for every kind.
extension CodeVectorFactory {
    /// Every carrier for an activation code, and for the other kinds those that change most.
    static func carriers() throws -> [CodeVector] {
        let few = [
            "as printed", "quoted three times", "UTF-16 big-endian", "quoted-printable, broken at 33",
            "no spaces at all",
            "broken within a group", "text around", "spoken",
        ]
        return try CodeKind.allCases.flatMap { kind in
            let code = try sample(kind)
            return CarrierTests.carriers.filter { kind == .activation || few.contains($0.name) }.map { carrier in
                success(
                    "carrier-\(CodeVector.word(kind))-\(slug(carrier.name))",
                    "\(kind.nameWithArticle): \(carrier.name)", code, carrier.carry(code), expecting: kind)
            }
        }
    }

    private static func slug(_ name: String) -> String {
        name.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: "-")
    }
}
