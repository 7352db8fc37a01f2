import LicenceDaemon

/// The process of `almd`.
@main
enum Main {
    static func main() async {
        await DaemonCommand.main()
    }
}
