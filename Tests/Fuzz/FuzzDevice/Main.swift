import FuzzKit

/// A dongle against a host that asks anything: the bytes of an input decide what comes off the cable, and what happens
/// on the other side of its transfers in between.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzDevice(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzzing.run(start, count) { DeviceRun(Choices($0)).play() }
}

@_cdecl("FuzzDevice_main")
func main(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    Fuzzing.main(count, arguments) { fuzzDevice($0, $1) }
}
