import LicenceCommands

/// The process of `almctl`.
@main
enum Main {
    static func main() async {
        await CommandRunner.main(Almctl.self)
    }
}
