import FuzzKit

/// The certificate's reader against certificates with anything changed in them, and against any bytes.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzCertificate(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzzing.run(start, count) { CertificateRun(Choices($0)).play() }
}

@_cdecl("FuzzCertificate_main")
func main(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    Fuzzing.main(count, arguments) { fuzzCertificate($0, $1) }
}
