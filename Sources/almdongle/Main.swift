import LicenceCommands
import VendorTools

/// The process of `almdongle`.
@main
enum Main {
    static func main() async {
        await CommandRunner.main(Almdongle.self)
    }
}
