/// The processes that have a device's node open, as far as `/proc` shows them to whoever looks.
struct NodeHolders: Sendable {
    /// `plant-monitor (process 4711)`
    let names: [String]
    /// Whether there are processes whose open files may not be seen.
    let areSomeHidden: Bool

    /// - Parameter except: a process that is to have it open.
    init(of node: String, except daemon: Int?, in tree: SystemTree) {
        var (names, areSomeHidden): ([String], Bool) = ([], false)
        for process in tree.names(in: "/proc") ?? [] where Int(process).map({ $0 != daemon }) ?? false {
            guard let files = tree.names(in: "/proc/\(process)/fd") else {
                // One that ended meanwhile hides nothing.
                areSomeHidden = areSomeHidden || tree.status("/proc/\(process)") != nil
                continue
            }
            if files.contains(where: { tree.target(of: "/proc/\(process)/fd/\($0)") == node }) {
                names.append("\(tree.value("/proc/\(process)/comm") ?? "a program") (process \(process))")
            }
        }
        self.names = names
        self.areSomeHidden = areSomeHidden
    }
}
