#define _GNU_SOURCE
#include "CDisk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static char under[PATH_MAX];
static size_t under_length = 0;
static int log_descriptor = -1, record_descriptor = -1;
static long fault_at = 0;
static enum cdisk_fault fault = CDISK_NO_FAULT;
static atomic_long counted = 0;
static bool identifies_by_name = false;

void cdisk_watch(const char *directory) {
  snprintf(under, sizeof under, "%s", directory == NULL ? "" : directory);
  under_length = strlen(under);
  counted = 0;
}

void cdisk_set_fault(enum cdisk_fault kind, long number) {
  fault = kind;
  fault_at = number;
}

void cdisk_log(const char *path) {
  log_descriptor = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

void cdisk_record(int descriptor) { record_descriptor = descriptor; }

void cdisk_identify_by_name(bool on) { identifies_by_name = on; }

pid_t cdisk_fork(void) { return fork(); }

// Preloaded into a program that knows nothing of this library, it is told by the environment what to do.
__attribute__((constructor)) static void begin(void) {
  const char *directory = getenv("CDISK_UNDER"), *log = getenv("CDISK_LOG");
  const char *kind = getenv("CDISK_FAULT"), *at = getenv("CDISK_AT"), *names = getenv("CDISK_NAMES");
  if (directory == NULL) return;
  cdisk_identify_by_name(names != NULL);
  cdisk_watch(directory);
  cdisk_set_fault(kind == NULL ? CDISK_NO_FAULT : (enum cdisk_fault)atoi(kind), at == NULL ? 0 : atol(at));
  if (log != NULL) cdisk_log(log);
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

// A call that is about to be made.
struct call {
  bool is_watched;
  // What is to be done with it: 0 as ever, 1 kill afterwards, 2 write half, or a negative error number.
  int verdict;
  // Below the watched directory.
  char path[PATH_MAX];
};

// What is to be done with a call after the one at which the disk began to fail for good.
static int later_verdict(const char *name) {
  if (fault == CDISK_GONE) return -EIO;
  bool needs_room = strcmp(name, "write") == 0 || strcmp(name, "create") == 0 || strcmp(name, "mkdir") == 0;
  return fault == CDISK_FULL && needs_room ? -ENOSPC : 0;
}

static void watch(struct call *call, const char *name, int descriptor, const char *child) {
  call->is_watched = false;
  call->verdict = 0;
  if (under_length == 0) return;
  int saved = errno;
  char path[PATH_MAX], line[PATH_MAX + 64];
  locate(path, sizeof path, descriptor, child);
  errno = saved;
  if (strncmp(path, under, under_length) != 0) return;
  if (path[under_length] != 0 && path[under_length] != '/') return;
  call->is_watched = true;
  snprintf(call->path, sizeof call->path, "%s", path + under_length + (path[under_length] == '/' ? 1 : 0));
  long number = ++counted;
  int size = snprintf(line, sizeof line, "%s ./%s\n", name, call->path);
  if (log_descriptor >= 0 && size > 0 && (size_t)size < sizeof line) {
    syscall(SYS_write, log_descriptor, line, (size_t)size);
  }
  errno = saved;
  if (number > fault_at && fault_at > 0) call->verdict = later_verdict(name);
  if (number != fault_at) return;
  switch (fault) {
    case CDISK_KILL_BEFORE: raise(SIGKILL); break;
    case CDISK_KILL_AFTER: call->verdict = 1; break;
    case CDISK_SHORT_WRITE: call->verdict = 2; break;
    case CDISK_INPUT_OUTPUT_ERROR: call->verdict = -EIO; break;
    case CDISK_NO_SPACE: call->verdict = -ENOSPC; break;
    case CDISK_GONE: call->verdict = -EIO; break;
    case CDISK_FULL: call->verdict = strcmp(name, "write") == 0 ? 2 : later_verdict(name); break;
    case CDISK_NO_FAULT: break;
  }
}

static void put(const void *bytes, size_t count) {
  const char *next = bytes;
  while (count > 0) {
    long written = syscall(SYS_write, record_descriptor, next, count);
    if (written <= 0) abort();
    next += written;
    count -= (size_t)written;
  }
}

// The inode behind a descriptor, or behind a path below the watched directory.
static uint64_t node_of(int descriptor, const char *path) {
  struct stat found;
  char whole[2 * PATH_MAX];
  if (descriptor >= 0) return fstat(descriptor, &found) == 0 ? found.st_ino : 0;
  snprintf(whole, sizeof whole, "%s/%s", under, path);
  return lstat(whole, &found) == 0 ? found.st_ino : 0;
}

static void record(
    const struct call *call, enum cdisk_kind kind, uint64_t node, uint64_t offset, const void *bytes, size_t count) {
  if (record_descriptor < 0 || !call->is_watched) return;
  int saved = errno;
  struct cdisk_event event = {kind, (uint32_t)strlen(call->path), node, offset, count};
  put(&event, sizeof event);
  put(call->path, event.path_length);
  put(bytes, count);
  errno = saved;
}

void cdisk_record_answer(void) {
  struct call call = {.is_watched = true, .path = ""};
  record(&call, CDISK_ANSWER, 0, 0, NULL, 0);
}

static long done(const struct call *call, long result) {
  if (call->verdict == 1) raise(SIGKILL);
  return result;
}

#define DECIDE(name, descriptor, child)                    \
  struct call call;                                        \
  watch(&call, name, descriptor, child);                   \
  if (call.verdict < 0) {                                  \
    errno = -call.verdict;                                 \
    return -1;                                             \
  }

#define WRITER(function, offset_type)                                                             \
  ssize_t function(int descriptor, const void *bytes, size_t count, offset_type offset) {         \
    DECIDE("write", descriptor, NULL)                                                             \
    if (call.verdict == 2 && count > 1) count /= 2;                                               \
    long written = syscall(SYS_pwrite64, descriptor, bytes, count, offset);                       \
    if (written > 0)                                                                              \
      record(&call, CDISK_WRITE, node_of(descriptor, ""), (uint64_t)offset, bytes, (size_t)written); \
    return done(&call, written);                                                                  \
  }
WRITER(pwrite, off_t)
WRITER(pwrite64, off64_t)

// Where this one writes is the descriptor's own affair; stores don't use it.
ssize_t write(int descriptor, const void *bytes, size_t count) {
  if (under_length == 0 || record_descriptor < 0) return syscall(SYS_write, descriptor, bytes, count);
  DECIDE("unknown write", descriptor, NULL)
  record(&call, CDISK_UNKNOWN, 0, 0, NULL, 0);
  return syscall(SYS_write, descriptor, bytes, count);
}

#define SYNC(function, number)                                                                   \
  int function(int descriptor) {                                                                 \
    DECIDE(#function, descriptor, NULL)                                                          \
    long result = syscall(number, descriptor);                                                   \
    if (result == 0) record(&call, CDISK_SYNC, node_of(descriptor, ""), 0, NULL, 0);             \
    return (int)done(&call, result);                                                             \
  }
SYNC(fsync, SYS_fsync)
SYNC(fdatasync, SYS_fdatasync)
// Of all that it waits for, only what it was asked with is counted on.
SYNC(syncfs, SYS_syncfs)

#define TRUNCATION(function, offset_type)                                                          \
  int function(int descriptor, offset_type size) {                                                 \
    DECIDE("truncate", descriptor, NULL)                                                           \
    long result = syscall(SYS_ftruncate, descriptor, size);                                        \
    if (result == 0) record(&call, CDISK_TRUNCATE, node_of(descriptor, ""), (uint64_t)size, NULL, 0); \
    return (int)done(&call, result);                                                               \
  }
TRUNCATION(ftruncate, off_t)
TRUNCATION(ftruncate64, off64_t)

int unlinkat(int directory, const char *name, int flags) {
  bool is_directory = (flags & AT_REMOVEDIR) != 0;
  DECIDE(is_directory ? "rmdir" : "unlink", directory, name)
  long result = syscall(SYS_unlinkat, directory, name, flags);
  if (result == 0) record(&call, is_directory ? CDISK_REMOVE_DIRECTORY : CDISK_UNLINK, 0, 0, NULL, 0);
  return (int)done(&call, result);
}

int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }

int rmdir(const char *name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }

int mkdirat(int directory, const char *name, mode_t mode) {
  DECIDE("mkdir", directory, name)
  long result = syscall(SYS_mkdirat, directory, name, mode);
  if (result == 0) record(&call, CDISK_MAKE_DIRECTORY, node_of(-1, call.path), 0, NULL, 0);
  return (int)done(&call, result);
}

int mkdir(const char *name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }

static int rename_file(int from_directory, const char *from, int to_directory, const char *to, unsigned flags) {
  DECIDE("rename", to_directory, to)
  record(&call, CDISK_UNKNOWN, 0, 0, NULL, 0);
  return (int)done(&call, syscall(SYS_renameat2, from_directory, from, to_directory, to, flags));
}

int rename(const char *from, const char *to) { return rename_file(AT_FDCWD, from, AT_FDCWD, to, 0); }

int renameat(int from_directory, const char *from, int to_directory, const char *to) {
  return rename_file(from_directory, from, to_directory, to, 0);
}

int renameat2(int from_directory, const char *from, int to_directory, const char *to, unsigned flags) {
  return rename_file(from_directory, from, to_directory, to, flags);
}

// Opening what is there already makes nothing durable, and is not counted.
static int open_file(int directory, const char *name, int flags, mode_t mode) {
  if ((flags & O_CREAT) == 0 || syscall(SYS_faccessat, directory, name, F_OK) == 0) {
    return (int)syscall(SYS_openat, directory, name, flags, mode);
  }
  DECIDE("create", directory, name)
  long result = syscall(SYS_openat, directory, name, flags, mode);
  if (result >= 0) record(&call, CDISK_CREATE, node_of((int)result, ""), 0, NULL, 0);
  return (int)done(&call, result);
}

static mode_t mode_of(int flags, va_list rest) {
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(rest, mode_t) : 0;
}

#define OPENER(function)                           \
  int function(const char *name, int flags, ...) { \
    va_list rest;                                  \
    va_start(rest, flags);                         \
    mode_t mode = mode_of(flags, rest);            \
    va_end(rest);                                  \
    return open_file(AT_FDCWD, name, flags, mode); \
  }
OPENER(open)
OPENER(open64)

#define OPENER_AT(function)                                       \
  int function(int directory, const char *name, int flags, ...) { \
    va_list rest;                                                 \
    va_start(rest, flags);                                        \
    mode_t mode = mode_of(flags, rest);                           \
    va_end(rest);                                                 \
    return open_file(directory, name, flags, mode);               \
  }
OPENER_AT(openat)
OPENER_AT(openat64)

// The identity of a directory below the watched one, by its last name; 0 for everything else.
static uint64_t identity(int descriptor) {
  char path[PATH_MAX];
  struct stat found;
  if (!identifies_by_name || under_length == 0) return 0;
  if (fstat(descriptor, &found) != 0 || !S_ISDIR(found.st_mode)) return 0;
  locate(path, sizeof path, descriptor, NULL);
  const char *name = strrchr(path, '/');
  if (strncmp(path, under, under_length) != 0 || name == NULL) return 0;
  uint64_t hash = 14695981039346656037u;
  for (; *name != 0 && *name != ' '; name++) hash = (hash ^ (uint8_t)*name) * 1099511628211u;
  return hash | 1;
}

int statx(int directory, const char *restrict name, int flags, unsigned mask, struct statx *restrict found) {
  int result = (int)syscall(SYS_statx, directory, name, flags, mask, found);
  int saved = errno;
  uint64_t named = result == 0 && (flags & AT_EMPTY_PATH) != 0 ? identity(directory) : 0;
  if (named != 0) {
    found->stx_ino = named;
    found->stx_mask &= ~(unsigned)STATX_BTIME;
  }
  errno = saved;
  return result;
}

int name_to_handle_at(int directory, const char *name, struct file_handle *handle, int *mount, int flags) {
  if (identity(directory) != 0) {
    errno = EOPNOTSUPP;
    return -1;
  }
  return (int)syscall(SYS_name_to_handle_at, directory, name, handle, mount, flags);
}

int ioctl(int descriptor, unsigned long request, ...) {
  va_list rest;
  va_start(rest, request);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  if (request == FS_IOC_GETVERSION && identity(descriptor) != 0) {
    errno = ENOTTY;
    return -1;
  }
  return (int)syscall(SYS_ioctl, descriptor, request, argument);
}
