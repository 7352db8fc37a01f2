import FuzzKit

/// The reader of Varlink messages and interface descriptions against any stream of bytes.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzMessages(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzzing.run(start, count) { MessagesRun.play($0) }
}

@_cdecl("FuzzMessages_main")
func main(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    Fuzzing.main(count, arguments) { fuzzMessages($0, $1) }
}
