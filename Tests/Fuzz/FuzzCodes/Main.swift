import FuzzKit

/// The reader of codes against printed codes with mistakes in them: those that have to be put right, and others.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzCodes(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzzing.run(start, count) { CodesRun(Choices($0)).play() }
}

@_cdecl("FuzzCodes_main")
func main(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    Fuzzing.main(count, arguments) { fuzzCodes($0, $1) }
}
