import FuzzKit

/// The readers of the files that administrators write, against any text.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzConfiguration(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzzing.run(start, count) { ConfigurationRun.play($0) }
}

@_cdecl("FuzzConfiguration_main")
func main(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    Fuzzing.main(count, arguments) { fuzzConfiguration($0, $1) }
}
