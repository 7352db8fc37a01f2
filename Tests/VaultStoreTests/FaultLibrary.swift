import Foundation
import Testing

/// A small library, loaded before all others into a process that may be killed: it counts the calls that make something
/// durable under a directory, and at the chosen one kills the process, lets the call fail, or writes only half.
///
/// It is compiled when it is first needed, by the C compiler that comes with Swift.
enum FaultLibrary {
    /// What happens at the chosen call.
    enum Fault: String, CaseIterable {
        /// The process ends before the call is made.
        case killBefore = "kill-before"
        /// The process ends when the call was made.
        case killAfter = "kill-after"
        /// The call fails with EIO.
        case inputOutputError = "EIO"
        /// The call fails with ENOSPC.
        case noSpace = "ENOSPC"
        /// A write writes the first half only and says so, which is no error.
        case shortWrite = "short"
    }

    /// The compiled library; nil where there is no compiler.
    static let library: String? = {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("vaultstore-faults-\(getpid())")
        let (source, built) = (folder.appendingPathComponent("faults.c"), folder.appendingPathComponent("faults.so"))
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try text.write(to: source, atomically: true, encoding: .utf8)
            for compiler in ["clang", "cc", "gcc"] {
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
                process.arguments = [
                    compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", built.path, source.path,
                ]
                try process.run()
                process.waitUntilExit()
                if process.terminationStatus == 0 { return built.path }
            }
        } catch {}
        return nil
    }()

    /// The environment that has the library loaded: counting under `directory`, with a log, and with a fault if one is
    /// asked for.
    static func environment(
        under directory: String, log: String, fault: Fault?, at index: Int
    ) throws -> [String: String] {
        var environment = ProcessInfo.processInfo.environment
        let library: String = try #require(Self.library)
        environment["LD_PRELOAD"] = library
        environment["ALM_FAULT_UNDER"] = directory
        environment["ALM_FAULT_LOG"] = log
        environment["ALM_FAULT_KIND"] = fault?.rawValue
        environment["ALM_FAULT_AT"] = "\(index)"
        return environment
    }

    private static let text = #"""
        #define _GNU_SOURCE
        #include <errno.h>
        #include <fcntl.h>
        #include <limits.h>
        #include <signal.h>
        #include <stdarg.h>
        #include <stdatomic.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/stat.h>
        #include <sys/syscall.h>
        #include <unistd.h>

        static char under[PATH_MAX], kind[32];
        static int log_descriptor = -1;
        static long fault_at = 0;
        static atomic_long counted = 0;

        __attribute__((constructor)) static void begin(void) {
          const char *directory = getenv("ALM_FAULT_UNDER"), *log = getenv("ALM_FAULT_LOG");
          const char *fault = getenv("ALM_FAULT_KIND"), *at = getenv("ALM_FAULT_AT");
          if (directory == NULL || log == NULL) return;
          snprintf(under, sizeof under, "%s", directory);
          snprintf(kind, sizeof kind, "%s", fault == NULL ? "" : fault);
          fault_at = at == NULL ? 0 : atol(at);
          log_descriptor = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        }

        // The path of an open file, or of a name in an open directory.
        static void locate(char *path, size_t size, int descriptor, const char *name) {
          char link[64], target[PATH_MAX];
          path[0] = 0;
          if (name != NULL && (name[0] == '/' || descriptor == AT_FDCWD)) {
            snprintf(path, size, "%s", name);
            return;
          }
          snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
          ssize_t length = readlink(link, target, sizeof target - 1);
          if (length < 0) return;
          target[length] = 0;
          if (name == NULL) snprintf(path, size, "%s", target);
          else if (snprintf(path, size, "%s/%s", target, name) >= (int)size) path[0] = 0;
        }

        // What is to be done with a call: 0 as ever, 1 kill afterwards, 2 write half, or a negative error number.
        static int verdict(const char *call, int descriptor, const char *name) {
          if (log_descriptor < 0) return 0;
          int saved = errno;
          char path[PATH_MAX], line[PATH_MAX + 64];
          locate(path, sizeof path, descriptor, name);
          errno = saved;
          size_t length = strlen(under);
          if (strncmp(path, under, length) != 0) return 0;
          long number = ++counted;
          int size = snprintf(line, sizeof line, "%s .%s\n", call, path + length);
          if (size > 0 && (size_t)size < sizeof line) syscall(SYS_write, log_descriptor, line, (size_t)size);
          errno = saved;
          if (number != fault_at) return 0;
          if (strcmp(kind, "kill-before") == 0) raise(SIGKILL);
          if (strcmp(kind, "kill-after") == 0) return 1;
          if (strcmp(kind, "short") == 0) return 2;
          if (strcmp(kind, "EIO") == 0) return -EIO;
          if (strcmp(kind, "ENOSPC") == 0) return -ENOSPC;
          return 0;
        }

        static long done(int verdict, long result) {
          if (verdict == 1) raise(SIGKILL);
          return result;
        }

        #define DECIDE(call, descriptor, name)                                \
          int decided = verdict(call, descriptor, name);                      \
          if (decided < 0) {                                                  \
            errno = -decided;                                                 \
            return -1;                                                        \
          }

        #define WRITER(function)                                                                        \
          ssize_t function(int descriptor, const void *bytes, size_t count, off_t offset) {             \
            DECIDE("write", descriptor, NULL)                                                           \
            if (decided == 2 && count > 1) count /= 2;                                                  \
            return done(decided, syscall(SYS_pwrite64, descriptor, bytes, count, offset));              \
          }
        WRITER(pwrite)
        WRITER(pwrite64)

        int fsync(int descriptor) {
          DECIDE("fsync", descriptor, NULL)
          return (int)done(decided, syscall(SYS_fsync, descriptor));
        }

        int fdatasync(int descriptor) {
          DECIDE("fdatasync", descriptor, NULL)
          return (int)done(decided, syscall(SYS_fdatasync, descriptor));
        }

        int ftruncate(int descriptor, off_t size) {
          DECIDE("truncate", descriptor, NULL)
          return (int)done(decided, syscall(SYS_ftruncate, descriptor, size));
        }

        int ftruncate64(int descriptor, off_t size) {
          DECIDE("truncate", descriptor, NULL)
          return (int)done(decided, syscall(SYS_ftruncate, descriptor, size));
        }

        int unlinkat(int directory, const char *name, int flags) {
          DECIDE((flags & AT_REMOVEDIR) != 0 ? "rmdir" : "unlink", directory, name)
          return (int)done(decided, syscall(SYS_unlinkat, directory, name, flags));
        }

        int unlink(const char *name) {
          DECIDE("unlink", AT_FDCWD, name)
          return (int)done(decided, syscall(SYS_unlinkat, AT_FDCWD, name, 0));
        }

        int mkdirat(int directory, const char *name, mode_t mode) {
          DECIDE("mkdir", directory, name)
          return (int)done(decided, syscall(SYS_mkdirat, directory, name, mode));
        }

        static int open_file(int directory, const char *name, int flags, mode_t mode) {
          if ((flags & O_CREAT) == 0) return (int)syscall(SYS_openat, directory, name, flags, mode);
          DECIDE("create", directory, name)
          return (int)done(decided, syscall(SYS_openat, directory, name, flags, mode));
        }

        #define OPENER(function)                                  \
          int function(const char *name, int flags, ...) {        \
            va_list rest;                                         \
            va_start(rest, flags);                                \
            mode_t mode = va_arg(rest, mode_t);                   \
            va_end(rest);                                         \
            return open_file(AT_FDCWD, name, flags, mode);        \
          }
        OPENER(open)
        OPENER(open64)

        #define OPENER_AT(function)                                           \
          int function(int directory, const char *name, int flags, ...) {     \
            va_list rest;                                                     \
            va_start(rest, flags);                                            \
            mode_t mode = va_arg(rest, mode_t);                               \
            va_end(rest);                                                     \
            return open_file(directory, name, flags, mode);                   \
          }
        OPENER_AT(openat)
        OPENER_AT(openat64)
        """#
}
