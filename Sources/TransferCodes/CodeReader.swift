package enum CodeReader {
    package static let maximumLength = 4 << 20
}
