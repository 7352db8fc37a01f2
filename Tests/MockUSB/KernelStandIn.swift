import Foundation

/// A small library for whoever sees the mocked bus: it shows udev's socket where the bus has one, so that the kernel's
/// messages are believed in, and makes the terminals behind the nodes look like files of usbfs. umockdev itself stands in
/// for /sys, and for what is opened, read and asked in /dev.
///
/// It is compiled when it is first needed, by the C compiler that comes with Swift.
enum KernelStandIn {
    /// The compiled library in `folder`.
    static func library(in folder: String) throws -> String {
        let (source, built) = ("\(folder)/kernel-stand-in.c", "\(folder)/kernel-stand-in.so")
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
        #include <errno.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>

        static ssize_t link_text(const char *path, char *text, size_t size) {
            ssize_t (*next)(const char *, char *, size_t) =
                (ssize_t (*)(const char *, char *, size_t))dlsym(RTLD_NEXT, "readlink");
            return next(path, text, size);
        }

        // The path of the node behind which that terminal is; 0 where there is none.
        static int node_of(const char *terminal, ssize_t length, char *node, size_t size) {
            const char *root = getenv("UMOCKDEV_DIR");
            char path[512], target[64];
            if (!root || length < 9 || memcmp(terminal, "/dev/pts/", 9) != 0) return 0;
            for (int address = 1; address < 128; address++) {
                snprintf(path, sizeof path, "%s/dev/bus/usb/001/%03d", root, address);
                if (link_text(path, target, sizeof target) != length || memcmp(target, terminal, length) != 0) continue;
                return snprintf(node, size, "/dev/bus/usb/001/%03d", address);
            }
            return 0;
        }

        ssize_t readlink(const char *path, char *text, size_t size) {
            char node[32];
            ssize_t length = link_text(path, text, size);
            if (length < 0 || strncmp(path, "/proc/self/fd/", 14) != 0) return length;
            int known = node_of(text, length, node, sizeof node);
            if (known <= 0 || (size_t)known > size) return length;
            memcpy(text, node, known);
            return known;
        }

        off_t lseek(int descriptor, off_t offset, int whence) {
            off_t (*next)(int, off_t, int) = (off_t (*)(int, off_t, int))dlsym(RTLD_NEXT, "lseek");
            off_t position = next(descriptor, offset, whence);
            if (position >= 0 || errno != ESPIPE) return position;
            char path[32], terminal[64], node[32];
            snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
            ssize_t length = link_text(path, terminal, sizeof terminal);
            if (node_of(terminal, length, node, sizeof node) > 0) return offset;
            errno = ESPIPE;
            return -1;
        }

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
