import FuzzKit

/// What `--input` does before the reader of codes: pages, mails, attachments, and the reading back of what was typed.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzzing.run(start, count) { bytes in
        let choices = Choices(bytes)
        switch choices.below(4) {
        case 0: WrappedRun(choices).play()
        case 1: KeptRun(choices).play()
        case 2: KeptRun.playText(Array(bytes.dropFirst()))
        default: WrappedRun.playFile(Array(bytes.dropFirst(2)), choices)
        }
    }
}

@_cdecl("FuzzInput_main")
func main(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    Fuzzing.main(count, arguments) { fuzzInput($0, $1) }
}
