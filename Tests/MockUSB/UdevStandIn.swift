import Foundation

/// A small library for the programs that a test starts: it shows them udev's socket where the mocked bus has one, so that
/// they believe in the kernel's messages. umockdev itself stands in for /sys and /dev only.
///
/// It is compiled when it is first needed, by the C compiler that comes with Swift.
enum UdevStandIn {
    /// The compiled library in `folder`.
    static func library(in folder: String) throws -> String {
        let (source, built) = ("\(folder)/udev-stand-in.c", "\(folder)/udev-stand-in.so")
        try text.write(toFile: source, atomically: true, encoding: .utf8)
        for compiler in ["clang", "cc", "gcc"] {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", built, source]
            var environment = ProcessInfo.processInfo.environment
            environment["LD_PRELOAD"] = nil
            environment["UMOCKDEV_DIR"] = nil
            process.environment = environment
            try process.run()
            process.waitUntilExit()
            if process.terminationStatus == 0 { return built }
        }
        throw MockBus.Failure(description: "there is no C compiler")
    }

    private static let text = #"""
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>

        int access(const char *path, int mode) {
            int (*next)(const char *, int) = (int (*)(const char *, int))dlsym(RTLD_NEXT, "access");
            const char *root = getenv("UMOCKDEV_DIR");
            char mocked[512];
            if (root && strcmp(path, "/run/udev/control") == 0) {
                snprintf(mocked, sizeof mocked, "%s%s", root, path);
                path = mocked;
            }
            return next(path, mode);
        }
        """#
}
