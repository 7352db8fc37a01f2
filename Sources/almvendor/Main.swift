import LicenceCommands
import VendorTools

/// The process of `almvendor`.
@main
enum Main {
    static func main() async {
        await CommandRunner.main(Almvendor.self)
    }
}
