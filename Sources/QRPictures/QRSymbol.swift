import CQRCode

/// One QR symbol: a square of dark and light modules, without the light margin around it.
package struct QRSymbol: Sendable, Hashable {
    /// How much of a symbol may be damaged: about 7, 15, 25 and 30 % of its codewords (ISO/IEC 18004, 6.5.1).
    package enum Correction: Int, Sendable, CaseIterable, Comparable {
        case low, medium, quartile, high

        package static func < (first: Correction, second: Correction) -> Bool { first.rawValue < second.rawValue }

        fileprivate var level: QRecLevel {
            switch self {
            case .low: QR_ECLEVEL_L
            case .medium: QR_ECLEVEL_M
            case .quartile: QR_ECLEVEL_Q
            case .high: QR_ECLEVEL_H
            }
        }
    }

    /// The light margin that a symbol needs on each side, in modules (ISO/IEC 18004, 6.3.8).
    package static let margin = 4

    /// 1 to 40; a symbol of version v has 17 + 4 v modules on each side.
    package let version: Int
    /// How much damage it stands.
    package let correction: Correction
    /// The modules of each side.
    package let width: Int
    /// Row by row, true for a dark module.
    private let modules: [Bool]

    /// Whether the module is dark; beyond the symbol all are light.
    package func isDark(column: Int, row: Int) -> Bool {
        guard (0..<width).contains(column), (0..<width).contains(row) else { return false }
        return modules[row * width + column]
    }

    /// The smallest symbol of this correction that holds `text` in alphanumeric mode; nil where it is longer than the
    /// largest symbol holds, is empty, or has a character that the mode does not know.
    ///
    /// The same text always gives the same symbol.
    package init?(_ text: String, correction: Correction) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, let count = Int32(exactly: bytes.count),
            let input = QRinput_new2(0, correction.level)
        else { return nil }
        defer { QRinput_free(input) }
        guard QRinput_append(input, QR_MODE_AN, count, bytes) == 0, let code = QRcode_encodeInput(input) else {
            return nil
        }
        defer { QRcode_free(code) }
        guard let width = Int(exactly: code.pointee.width), width > 0, let data = code.pointee.data else { return nil }
        self.version = Int(code.pointee.version)
        self.correction = correction
        self.width = width
        // The lowest bit is the module's colour, the others tell what it is for.
        modules = UnsafeBufferPointer(start: data, count: width * width).map { $0 & 1 == 1 }
    }
}
