import FuzzKit

/// The reader of codes against any text, as a mail, a file or a person brings it.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzText(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzzing.run(start, count) { TextRun.play($0) }
}

@_cdecl("FuzzText_main")
func main(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    Fuzzing.main(count, arguments) { fuzzText($0, $1) }
}
