import FuzzKit

/// The host against a dongle that lies: the bytes of an input decide what is asked of the dongle, and what of each reply
/// is true.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzHost(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzzing.run(start, count) { HostRun(Choices($0)).play() }
}

@_cdecl("FuzzHost_main")
func main(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    Fuzzing.main(count, arguments) { fuzzHost($0, $1) }
}
