#define _GNU_SOURCE
#include "CCrashDisk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// The unit in which a torn write is written: what a disk writes whole.
#define SECTOR 512
#define DESCRIPTORS 1024

struct change {
  struct change *next;
  // A write of `size` bytes at `offset`, or, without bytes, a new size. Of a directory: a name given or taken.
  unsigned char *bytes;
  size_t size;
  off_t offset;
  struct node *child;
  int is_added;
};

struct node {
  struct node *next, *parent;
  // The name in the parent, or the path under the root for a disk itself.
  char name[NAME_MAX + 1];
  int is_directory;
  // Whether the name leads here now, and whether it did when the parent was synced last.
  int is_linked, was_linked;
  // A file's bytes when it was synced last.
  unsigned char *bytes;
  size_t size;
  // What happened since then, oldest first.
  struct change *first, *last;
  // Where it lies while no name leads to it.
  long grave;
};

static char root[PATH_MAX];
static size_t root_length = 0;
static struct node *nodes = NULL;
static struct node *opened[DESCRIPTORS];
static long graves = 0, troubles = 0;
// Stands for the root where that is opened; it is no disk's.
static struct node root_node;

static struct {
  char disk[NAME_MAX + 1];
  enum crashdisk_fault fault;
  long call, calls;
  int is_armed, has_struck, has_filled;
} armed;

// SplitMix64.
static uint64_t following(uint64_t *state) {
  uint64_t mixed = *state += 0x9E3779B97F4A7C15u;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
  return mixed ^ (mixed >> 31);
}

// MARK: - Nodes

static struct node *disk_of(struct node *node) {
  while (node->parent != NULL) node = node->parent;
  return node;
}

static int path_of(const struct node *node, char *path, size_t size) {
  if (!node->is_linked) return snprintf(path, size, "%s/.graves/%ld", root, node->grave) < (int)size;
  if (node->parent == NULL) return snprintf(path, size, "%s/%s", root, node->name) < (int)size;
  char above[PATH_MAX];
  return path_of(node->parent, above, sizeof above) && snprintf(path, size, "%s/%s", above, node->name) < (int)size;
}

static struct node *made(struct node *parent, const char *name, int is_directory) {
  struct node *node = calloc(1, sizeof *node);
  if (node == NULL || strlen(name) > NAME_MAX) {
    troubles++;
    free(node);
    return NULL;
  }
  strcpy(node->name, name);
  node->parent = parent;
  node->is_directory = is_directory;
  // In the order of their making, so that a power cut chooses alike in each run.
  struct node **end = &nodes;
  while (*end != NULL) end = &(*end)->next;
  *end = node;
  return node;
}

static void forget_changes(struct node *node) {
  for (struct change *change = node->first, *next; change != NULL; change = next) {
    next = change->next;
    free(change->bytes);
    free(change);
  }
  node->first = node->last = NULL;
}

static struct change *changed(struct node *node) {
  struct change *change = calloc(1, sizeof *change);
  if (change == NULL) {
    troubles++;
    return NULL;
  }
  if (node->last != NULL) node->last->next = change;
  else node->first = change;
  node->last = change;
  return change;
}

static void resize(unsigned char **bytes, size_t *size, size_t wanted) {
  if (wanted == *size) return;
  unsigned char *room = realloc(*bytes, wanted == 0 ? 1 : wanted);
  if (room == NULL) {
    troubles++;
    return;
  }
  if (wanted > *size) memset(room + *size, 0, wanted - *size);
  *bytes = room;
  *size = wanted;
}

static void overwrite(unsigned char **bytes, size_t *size, size_t offset, const unsigned char *from, size_t count) {
  if (offset + count > *size) resize(bytes, size, offset + count);
  if (offset + count <= *size) memcpy(*bytes + offset, from, count);
}

// The bytes of what is there already when it is seen for the first time.
static void read_bytes(struct node *node) {
  char path[PATH_MAX];
  struct stat found;
  if (!path_of(node, path, sizeof path)) return;
  int descriptor = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
  if (descriptor < 0) return;
  if (fstat(descriptor, &found) == 0 && found.st_size > 0) {
    resize(&node->bytes, &node->size, (size_t)found.st_size);
    if (pread(descriptor, node->bytes, node->size, 0) != (ssize_t)node->size) troubles++;
  }
  syscall(SYS_close, descriptor);
}

// The node that a name in a directory leads to, made where there is a file or directory nobody asked for yet.
static struct node *child(struct node *parent, const char *name) {
  for (struct node *node = nodes; node != NULL; node = node->next) {
    if (node->parent == parent && node->is_linked && strcmp(node->name, name) == 0) return node;
  }
  char above[PATH_MAX], path[PATH_MAX];
  struct stat found;
  if (parent == NULL) {
    if (snprintf(path, sizeof path, "%s/%s", root, name) >= (int)sizeof path) return NULL;
  } else if (!path_of(parent, above, sizeof above) ||
             snprintf(path, sizeof path, "%s/%s", above, name) >= (int)sizeof path) {
    return NULL;
  }
  if (lstat(path, &found) != 0 || !(S_ISDIR(found.st_mode) || S_ISREG(found.st_mode))) return NULL;
  struct node *node = made(parent, name, S_ISDIR(found.st_mode));
  if (node == NULL) return NULL;
  node->is_linked = node->was_linked = 1;
  if (!node->is_directory) read_bytes(node);
  return node;
}

// The directory of a path and the last name in it; the disk itself has neither. 0 where the path is not under the root.
static int locate(int directory, const char *path, struct node **parent, char *name) {
  *parent = NULL;
  name[0] = 0;
  if (root_length == 0 || path == NULL) return 0;
  if (path[0] == '/') {
    if (strncmp(path, root, root_length) != 0 || path[root_length] != '/') return 0;
    path += root_length + 1;
    if (strncmp(path, ".graves", 7) == 0) return 0;
  } else {
    if (directory < 0 || directory >= DESCRIPTORS || opened[directory] == NULL) return 0;
    // Opened to be listed, and closed by closedir(3) behind our back.
    if (strcmp(path, ".") == 0) return 0;
    *parent = opened[directory] == &root_node ? NULL : opened[directory];
  }
  while (*path != 0) {
    size_t length = strcspn(path, "/");
    if (length > NAME_MAX) return 0;
    char part[NAME_MAX + 1];
    memcpy(part, path, length);
    part[length] = 0;
    path += length;
    while (*path == '/') path++;
    if (length == 0) continue;
    if (*path == 0) {
      strcpy(name, part);
      return 1;
    }
    struct node *next = child(*parent, part);
    if (next == NULL || !next->is_directory) return 0;
    *parent = next;
  }
  return 0;
}

// MARK: - Faults

// What is to be done with a call on a disk, which may be one that writes so many bytes: 0 as ever, 2 write half, or a
// negative error number.
static int verdict(struct node *node, size_t writing) {
  if (!armed.is_armed || node == NULL || strcmp(disk_of(node)->name, armed.disk) != 0) return 0;
  armed.calls++;
  if (armed.fault == CRASHDISK_DEAD && armed.has_struck) return -EIO;
  if (armed.fault == CRASHDISK_SHORT && armed.has_struck) {
    // A disk writes half because it is full: whoever goes on with the other half is told so.
    if (writing == 0 || armed.has_filled) return 0;
    armed.has_filled = 1;
    return -ENOSPC;
  }
  // Only what is written can be written by half.
  if (armed.fault == CRASHDISK_SHORT ? armed.calls < armed.call || writing < 2 : armed.calls != armed.call) return 0;
  armed.has_struck = 1;
  switch (armed.fault) {
    case CRASHDISK_DEAD:
    case CRASHDISK_EIO: return -EIO;
    case CRASHDISK_ENOSPC: return -ENOSPC;
    case CRASHDISK_SHORT: return 2;
  }
  return 0;
}

#define DECIDE_ON_WRITE(node, count)      \
  int decided = verdict(node, count);     \
  if (decided < 0) {                      \
    errno = -decided;                     \
    return -1;                            \
  }
#define DECIDE(node) DECIDE_ON_WRITE(node, 0)

static void name_changed(struct node *node, int is_added) {
  node->is_linked = is_added;
  if (node->parent == NULL) return;
  struct change *change = changed(node->parent);
  if (change == NULL) return;
  change->child = node;
  change->is_added = is_added;
}

// Takes a name away without ending what it led to, so that it can come back as it was.
static int bury(struct node *node) {
  char path[PATH_MAX], grave[PATH_MAX];
  if (!path_of(node, path, sizeof path)) return ENAMETOOLONG;
  node->grave = ++graves;
  if (snprintf(grave, sizeof grave, "%s/.graves/%ld", root, node->grave) >= (int)sizeof grave) return ENAMETOOLONG;
  return syscall(SYS_renameat2, AT_FDCWD, path, AT_FDCWD, grave, 0) == 0 ? 0 : errno;
}

// MARK: - What stands before the C library

static struct node *node_of(int descriptor) {
  struct node *node = descriptor >= 0 && descriptor < DESCRIPTORS ? opened[descriptor] : NULL;
  return node == &root_node ? NULL : node;
}

static int open_file(int directory, const char *path, int flags, mode_t mode) {
  struct node *parent;
  char name[NAME_MAX + 1];
  if (!locate(directory, path, &parent, name)) {
    int other = (int)syscall(SYS_openat, directory, path, flags, mode);
    if (other >= 0 && other < DESCRIPTORS) {
      opened[other] = root_length > 0 && strcmp(path, root) == 0 ? &root_node : NULL;
    }
    return other;
  }
  struct node *node = child(parent, name);
  int is_new = node == NULL && (flags & O_CREAT) != 0 && parent != NULL;
  if (is_new) {
    DECIDE(parent)
  }
  int descriptor = (int)syscall(SYS_openat, directory, path, flags, mode);
  if (descriptor < 0) return descriptor;
  if (is_new && (node = made(parent, name, 0)) != NULL) name_changed(node, 1);
  if (descriptor < DESCRIPTORS) opened[descriptor] = node;
  else troubles++;
  return descriptor;
}

// The argument that is there only where something may be made.
static mode_t mode_given(int flags, va_list rest) {
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(rest, mode_t) : 0;
}

#define OPENER(function)                             \
  int function(const char *path, int flags, ...) {   \
    va_list rest;                                    \
    va_start(rest, flags);                           \
    mode_t mode = mode_given(flags, rest);           \
    va_end(rest);                                    \
    return open_file(AT_FDCWD, path, flags, mode);   \
  }
OPENER(open)
OPENER(open64)

#define OPENER_AT(function)                                         \
  int function(int directory, const char *path, int flags, ...) {   \
    va_list rest;                                                   \
    va_start(rest, flags);                                          \
    mode_t mode = mode_given(flags, rest);                          \
    va_end(rest);                                                   \
    return open_file(directory, path, flags, mode);                 \
  }
OPENER_AT(openat)
OPENER_AT(openat64)

int close(int descriptor) {
  if (descriptor >= 0 && descriptor < DESCRIPTORS) opened[descriptor] = NULL;
  return (int)syscall(SYS_close, descriptor);
}

static ssize_t write_file(int descriptor, const void *bytes, size_t count, off_t offset) {
  struct node *node = node_of(descriptor);
  if (node == NULL) return syscall(SYS_pwrite64, descriptor, bytes, count, offset);
  DECIDE_ON_WRITE(node, count)
  if (decided == 2) count /= 2;
  ssize_t written = syscall(SYS_pwrite64, descriptor, bytes, count, offset);
  struct change *change = written > 0 ? changed(node) : NULL;
  if (change != NULL && (change->bytes = malloc((size_t)written)) != NULL) {
    memcpy(change->bytes, bytes, (size_t)written);
    change->size = (size_t)written;
    change->offset = offset;
  }
  return written;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  return write_file(descriptor, bytes, count, offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off_t offset) {
  return write_file(descriptor, bytes, count, offset);
}

static int truncate_file(int descriptor, off_t size) {
  struct node *node = node_of(descriptor);
  if (node == NULL) return (int)syscall(SYS_ftruncate, descriptor, size);
  DECIDE(node)
  int result = (int)syscall(SYS_ftruncate, descriptor, size);
  struct change *change = result == 0 ? changed(node) : NULL;
  if (change != NULL) change->size = (size_t)size;
  return result;
}

int ftruncate(int descriptor, off_t size) { return truncate_file(descriptor, size); }

int ftruncate64(int descriptor, off_t size) { return truncate_file(descriptor, size); }

static void apply(const struct change *change, unsigned char **bytes, size_t *size) {
  if (change->bytes == NULL) resize(bytes, size, change->size);
  else overwrite(bytes, size, (size_t)change->offset, change->bytes, change->size);
}

// Nothing tells about a file without a name, unless somebody has it open or it may come back.
static void forget_buried(void) {
  for (struct node **place = &nodes; *place != NULL;) {
    struct node *node = *place;
    int is_needed = node->is_linked || node->was_linked;
    for (struct node *other = nodes; other != NULL && !is_needed; other = other->next) {
      if (other->parent == node) is_needed = 1;
      for (struct change *change = other->first; change != NULL && !is_needed; change = change->next) {
        if (change->child == node) is_needed = 1;
      }
    }
    for (int descriptor = 0; descriptor < DESCRIPTORS && !is_needed; descriptor++) {
      if (opened[descriptor] == node) is_needed = 1;
    }
    if (is_needed) {
      place = &node->next;
      continue;
    }
    char path[PATH_MAX];
    if (path_of(node, path, sizeof path)) {
      syscall(SYS_unlinkat, AT_FDCWD, path, node->is_directory ? AT_REMOVEDIR : 0);
    }
    *place = node->next;
    forget_changes(node);
    free(node->bytes);
    free(node);
  }
}

static int sync_file(int descriptor, long number) {
  struct node *node = node_of(descriptor);
  if (node == NULL) return (int)syscall(number, descriptor);
  DECIDE(node)
  for (struct change *change = node->first; change != NULL; change = change->next) {
    if (node->is_directory) change->child->was_linked = change->is_added;
    else apply(change, &node->bytes, &node->size);
  }
  forget_changes(node);
  if (node->is_directory) forget_buried();
  return 0;
}

int fsync(int descriptor) { return sync_file(descriptor, SYS_fsync); }

int fdatasync(int descriptor) { return sync_file(descriptor, SYS_fdatasync); }

static int is_empty(const char *path) {
  DIR *stream = opendir(path);
  if (stream == NULL) return 0;
  int count = 0;
  while (readdir(stream) != NULL) count++;
  closedir(stream);
  return count <= 2;
}

int unlinkat(int directory, const char *path, int flags) {
  struct node *parent;
  char name[NAME_MAX + 1], whole[PATH_MAX];
  if (!locate(directory, path, &parent, name) || parent == NULL) {
    return (int)syscall(SYS_unlinkat, directory, path, flags);
  }
  struct node *node = child(parent, name);
  // What is none of a store's files and directories is for the kernel to judge.
  if (node == NULL) return (int)syscall(SYS_unlinkat, directory, path, flags);
  DECIDE(node)
  int takes_directory = (flags & AT_REMOVEDIR) != 0;
  if (takes_directory != node->is_directory) {
    errno = takes_directory ? ENOTDIR : EISDIR;
    return -1;
  }
  if (node->is_directory && path_of(node, whole, sizeof whole) && !is_empty(whole)) {
    errno = ENOTEMPTY;
    return -1;
  }
  int failure = bury(node);
  if (failure != 0) {
    errno = failure;
    return -1;
  }
  name_changed(node, 0);
  return 0;
}

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }

int mkdirat(int directory, const char *path, mode_t mode) {
  struct node *parent;
  char name[NAME_MAX + 1];
  if (!locate(directory, path, &parent, name) || parent == NULL) {
    return (int)syscall(SYS_mkdirat, directory, path, mode);
  }
  DECIDE(parent)
  int result = (int)syscall(SYS_mkdirat, directory, path, mode);
  struct node *node = result == 0 ? made(parent, name, 1) : NULL;
  if (node != NULL) name_changed(node, 1);
  return result;
}

// A buried file has a name, of which only we know.
int statx(int directory, const char *path, int flags, unsigned int mask, struct statx *found) {
  int result = (int)syscall(SYS_statx, directory, path, flags, mask, found);
  struct node *node = result == 0 && path[0] == 0 ? node_of(directory) : NULL;
  if (node != NULL && !node->is_linked) found->stx_nlink = 0;
  return result;
}

static uint64_t random_state = 0;
static int is_seeded = 0;

int getentropy(void *bytes, size_t count) {
  if (!is_seeded) {
    for (size_t done = 0; done < count;) {
      long got = syscall(SYS_getrandom, (char *)bytes + done, count - done, 0);
      if (got < 0 && errno != EINTR) return -1;
      if (got > 0) done += (size_t)got;
    }
    return 0;
  }
  for (size_t done = 0; done < count; done += sizeof(uint64_t)) {
    uint64_t next = following(&random_state);
    memcpy((char *)bytes + done, &next, count - done < sizeof next ? count - done : sizeof next);
  }
  return 0;
}

// MARK: - What the simulation asks for

int crashdisk_attach(const char *path) {
  char graveyard[PATH_MAX];
  if (snprintf(graveyard, sizeof graveyard, "%s/.graves", path) >= (int)sizeof graveyard) return -1;
  if (syscall(SYS_mkdirat, AT_FDCWD, graveyard, 0700) != 0 && errno != EEXIST) return -1;
  strcpy(root, path);
  root_length = strlen(root);
  return 0;
}

void crashdisk_arm(const char *disk, enum crashdisk_fault fault, long call) {
  memset(&armed, 0, sizeof armed);
  snprintf(armed.disk, sizeof armed.disk, "%s", disk);
  armed.fault = fault;
  armed.call = call;
  armed.is_armed = 1;
}

int crashdisk_disarm(void) {
  armed.is_armed = 0;
  return armed.has_struck;
}

long crashdisk_calls(void) { return armed.calls; }

void crashdisk_seed(uint64_t seed) {
  random_state = seed;
  is_seeded = 1;
}

long crashdisk_troubles(void) { return troubles; }

static int is_on(struct node *node, const char *disk) { return strcmp(disk_of(node)->name, disk) == 0; }

void crashdisk_settle(const char *disk) {
  for (struct node *node = nodes; node != NULL; node = node->next) {
    if (!is_on(node, disk)) continue;
    forget_changes(node);
    if (node->parent != NULL) node->was_linked = 0;
  }
  for (struct node *node = nodes; node != NULL; node = node->next) {
    // Looked at anew when somebody asks.
    if (is_on(node, disk) && node->is_linked && node->parent != NULL) {
      node->is_linked = 0;
      node->grave = -1;
    }
  }
  for (int round = 0; round < 3; round++) forget_buried();
}

static struct node *directory_on(const char *disk, const char *name) {
  struct node *top = child(NULL, disk);
  struct node *directory = top != NULL ? child(top, name) : NULL;
  return directory != NULL && directory->is_directory ? directory : NULL;
}

int crashdisk_rename(const char *disk, const char *name, const char *other) {
  struct node *directory = directory_on(disk, name);
  char from[PATH_MAX], to[PATH_MAX];
  if (directory == NULL) return ENOENT;
  if (strlen(other) > NAME_MAX || !path_of(directory, from, sizeof from)) return ENAMETOOLONG;
  strcpy(directory->name, other);
  if (!path_of(directory, to, sizeof to)) return ENAMETOOLONG;
  if (syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0) != 0) return errno;
  directory->was_linked = 1;
  return 0;
}

static int remove_at_once(struct node *node) {
  int failure = bury(node);
  if (failure == 0) node->is_linked = node->was_linked = 0;
  return failure;
}

int crashdisk_remove(const char *disk, const char *name) {
  struct node *directory = directory_on(disk, name);
  char path[PATH_MAX];
  if (directory == NULL) return ENOENT;
  if (!path_of(directory, path, sizeof path)) return ENAMETOOLONG;
  DIR *stream = opendir(path);
  if (stream == NULL) return errno;
  // What nobody has asked for yet is made known, so that it can be buried.
  for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) child(directory, entry->d_name);
  }
  closedir(stream);
  for (struct node *node = nodes; node != NULL; node = node->next) {
    if (node->parent != directory || !node->is_linked) continue;
    int failure = remove_at_once(node);
    if (failure != 0) return failure;
  }
  forget_changes(directory);
  int failure = remove_at_once(directory);
  if (failure == 0) forget_buried();
  return failure;
}

// Which of a directory's names a power cut leaves: of the changes since its last sync as many as came first, or any.
static void choose_names(struct node *directory, uint64_t *chance) {
  long count = 0, kept = 0;
  for (struct change *change = directory->first; change != NULL; change = change->next) count++;
  int is_ordered = following(chance) % 2 == 0;
  kept = (long)(following(chance) % (uint64_t)(count + 1));
  for (struct change *change = directory->first; change != NULL; change = change->next) {
    int is_kept = is_ordered ? kept-- > 0 : (int)(following(chance) % 2);
    if (!is_kept) continue;
    if (change->is_added) {
      // One name leads to one thing: whatever it led to before is gone with it.
      for (struct node *other = nodes; other != NULL; other = other->next) {
        if (other->parent == directory && strcmp(other->name, change->child->name) == 0) other->was_linked = 0;
      }
    }
    change->child->was_linked = change->is_added;
  }
  forget_changes(directory);
}

// What a power cut leaves of a file: of each write since its last sync nothing, everything, or some sectors.
static void choose_bytes(struct node *file, uint64_t *chance) {
  uint64_t manner = following(chance) % 4;
  for (struct change *change = file->first; change != NULL; change = change->next) {
    uint64_t fate = manner == 0 ? 0 : manner == 1 ? 1 : following(chance) % 3;
    if (fate == 0) continue;
    if (fate == 1 || change->bytes == NULL) {
      apply(change, &file->bytes, &file->size);
      continue;
    }
    for (size_t done = 0; done < change->size;) {
      size_t place = (size_t)change->offset + done;
      size_t count = SECTOR - place % SECTOR;
      if (count > change->size - done) count = change->size - done;
      if (following(chance) % 2 == 0) overwrite(&file->bytes, &file->size, place, change->bytes + done, count);
      done += count;
    }
  }
  forget_changes(file);
}

static int rewrite(struct node *file) {
  char path[PATH_MAX];
  if (!path_of(file, path, sizeof path)) return ENAMETOOLONG;
  int descriptor = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
  if (descriptor < 0) return errno;
  int result = 0;
  if (syscall(SYS_ftruncate, descriptor, (off_t)file->size) != 0 ||
      (file->size > 0 &&
       syscall(SYS_pwrite64, descriptor, file->bytes, file->size, (off_t)0) != (long)file->size)) {
    result = EIO;
  }
  syscall(SYS_close, descriptor);
  return result;
}

// Gives a node the name back that it had when it was buried.
static int raise_node(struct node *node) {
  char grave[PATH_MAX], path[PATH_MAX];
  if (!path_of(node, grave, sizeof grave)) return ENAMETOOLONG;
  node->is_linked = 1;
  if (!path_of(node, path, sizeof path)) return ENAMETOOLONG;
  return syscall(SYS_renameat2, AT_FDCWD, grave, AT_FDCWD, path, 0) == 0 ? 0 : errno;
}

int crashdisk_lose_power(const char *disk, uint64_t seed) {
  uint64_t chance = seed;
  for (int descriptor = 0; descriptor < DESCRIPTORS; descriptor++) {
    if (node_of(descriptor) != NULL && is_on(opened[descriptor], disk)) return EBUSY;
  }
  for (struct node *node = nodes; node != NULL; node = node->next) {
    if (!is_on(node, disk)) continue;
    if (node->is_directory) choose_names(node, &chance);
    else if (node->first != NULL) choose_bytes(node, &chance);
  }
  // What lies in a directory that is gone is gone with it.
  for (struct node *node = nodes; node != NULL; node = node->next) {
    if (is_on(node, disk) && node->parent != NULL && !node->parent->was_linked) node->was_linked = 0;
  }
  // First the names away that are gone, the deeper ones first; then those back that are not, the higher ones first.
  for (int depth = 0; depth < 2; depth++) {
    for (struct node *node = nodes; node != NULL; node = node->next) {
      int is_deep = node->parent != NULL && node->parent->parent != NULL;
      if (!is_on(node, disk) || node->parent == NULL || is_deep != (depth == 0)) continue;
      if (!node->is_linked || node->was_linked) continue;
      int failure = bury(node);
      if (failure != 0) return failure;
      node->is_linked = 0;
    }
  }
  for (int depth = 0; depth < 2; depth++) {
    for (struct node *node = nodes; node != NULL; node = node->next) {
      int is_deep = node->parent != NULL && node->parent->parent != NULL;
      if (!is_on(node, disk) || node->parent == NULL || is_deep != (depth == 1)) continue;
      if (node->is_linked || !node->was_linked) continue;
      int failure = raise_node(node);
      if (failure != 0) return failure;
    }
  }
  for (struct node *node = nodes; node != NULL; node = node->next) {
    if (!is_on(node, disk) || node->is_directory || !node->is_linked) continue;
    int failure = rewrite(node);
    if (failure != 0) return failure;
  }
  forget_buried();
  return 0;
}
