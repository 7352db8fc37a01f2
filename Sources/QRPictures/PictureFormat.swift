/// A kind of file that holds a picture, known by its first bytes.
package enum PictureFormat: String, Sendable, CaseIterable {
    case png, jpeg, gif, webp, tiff, bmp
    /// A document of pages; no pictures are looked for in it.
    case pdf
    /// What many telephones take their photographs in (HEIC, AVIF).
    case heif

    /// What a file that begins with `bytes` is; nil where it is no picture.
    package init?(_ bytes: some Collection<UInt8>) {
        let start = Array(bytes.prefix(16))
        func has(_ text: String, at offset: Int = 0) -> Bool { start.dropFirst(offset).starts(with: text.utf8) }
        if start.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if start.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if has("GIF87a") || has("GIF89a") {
            self = .gif
        } else if has("RIFF"), has("WEBP", at: 8) {
            self = .webp
        } else if start.starts(with: [0x49, 0x49, 0x2A, 0]) || start.starts(with: [0x4D, 0x4D, 0, 0x2A]) {
            self = .tiff
        } else if has("BM"), start.count >= 10, start[6..<10].allSatisfy({ $0 == 0 }) {
            // Text may begin with these two letters, but has no zeros.
            self = .bmp
        } else if has("%PDF-") {
            self = .pdf
        } else if has("ftyp", at: 4), ["heic", "heix", "mif1", "msf1", "avif"].contains(where: { has($0, at: 8) }) {
            self = .heif
        } else {
            return nil
        }
    }

    /// Whether codes can be read from it.
    package var isReadable: Bool { self != .pdf && self != .heif }
}
