/// Ways to a second store with the same bytes.
enum Copier: String, CaseIterable {
    case plain, archive, hardLinks, reflinks, rsync, tar, backup

    /// Those that make a backup: in files with two names the store's own changes would be, too.
    static let backups = allCases.filter { $0 != .hardLinks }

    /// Whether this copies anything at `place`.
    func works(at place: String) -> Bool {
        switch self {
        case .reflinks: Volume(of: place)?.hasReflinks ?? false
        case .rsync: Scratch.has("rsync")
        case .backup: Scratch.has("python3")
        case .plain, .archive, .hardLinks, .tar: true
        }
    }

    func copy(_ from: String, to: String, in scratch: Scratch) throws {
        try scratch.run("mkdir", "-p", "-m", "0700", to)
        switch self {
        case .plain: try scratch.run("sh", "-c", "umask 077 && cp -R '\(from)/.' '\(to)'")
        case .archive: try scratch.run("cp", "-a", "\(from)/.", to)
        case .hardLinks: try scratch.run("cp", "-al", "\(from)/.", to)
        case .reflinks: try scratch.run("cp", "-a", "--reflink=always", "\(from)/.", to)
        // By content: files of one second and one size are the same to it otherwise.
        case .rsync: try scratch.run("rsync", "-aHAX", "--checksum", "\(from)/", "\(to)/")
        case .tar:
            try scratch.run("sh", "-c", "tar -C '\(from)' -cf - . | tar -C '\(to)' --same-permissions -xf -")
        case .backup:
            // SQLite's own copy of the database, with everything else of the store beside it.
            try scratch.run("cp", "-a", "\(from)/.", to)
            try scratch.run("rm", "\(to)/vault.sqlite")
            try scratch.run(
                "python3", "-c", "import sqlite3, sys; a, b = map(sqlite3.connect, sys.argv[1:]); a.backup(b)",
                "\(from)/vault.sqlite", "\(to)/vault.sqlite")
            try scratch.run("chmod", "0600", "\(to)/vault.sqlite")
        }
    }
}
