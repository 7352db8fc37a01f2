import CErasure
import LicenceCommands
import VendorTools

/// The process of `almvendor`.
@main
enum Main {
    static func main() async {
        // Secrets pass through this memory. Where the kernel refuses, as it never does, there is nothing else to be done.
        _ = cerasure_withhold_memory()
        await CommandRunner.main(Almvendor.self)
    }
}
