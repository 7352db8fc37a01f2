// Thin shims over system calls that Swift's Glibc module can't reach: variadics, ioctl numbers made by
// macros, and what glibc only declares under _GNU_SOURCE. Every shim returns 0 or an errno value, so that
// nothing between the call and its caller can overwrite errno. None allocates, none keeps state. One is no
// shim: Swift can't reach the stack either.
#ifndef CLINUX_H
#define CLINUX_H

#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

// The longest opaque part of a file handle that the kernel hands out (MAX_HANDLE_SZ).
#define CLINUX_FILE_HANDLE_MAXIMUM 128

// What statx says of an open file; has_birth_time is false where the file system keeps none.
struct clinux_file_status {
  uint64_t inode;
  int64_t birth_seconds;
  uint32_t birth_nanoseconds;
  bool has_birth_time;
  uint32_t link_count;
  uint32_t owner;
  uint32_t mode;
  uint64_t size;
};

// statx: struct statx and its mask are only declared under _GNU_SOURCE, and plain fstat has no birth time.
int clinux_file_status(int descriptor, struct clinux_file_status *status);

// name_to_handle_at: only under _GNU_SOURCE, and its struct ends in a flexible array member, which Swift
// does not import. On entry *length is the room in bytes, on return what was used.
int clinux_file_handle(int descriptor, int32_t *type, uint8_t *bytes, uint32_t *length);

// FS_IOC_GETVERSION, the inode's generation: a number made by the _IOR macro, passed to a variadic.
int clinux_generation(int descriptor, uint32_t *generation);

// FS_IOC_GETFLAGS and FS_IOC_SETFLAGS with FS_NOCOW_FL: numbers made by macros, passed to a variadic. A
// file created in a directory with this flag is overwritten where it lies (btrfs).
int clinux_disable_copy_on_write(int descriptor);

// fstatfs: sys/vfs.h is not part of Swift's Glibc module; statvfs does not tell the file system's kind.
int clinux_file_system_magic(int descriptor, uint64_t *magic);

// syncfs: only declared under _GNU_SOURCE.
int clinux_sync_file_system(int descriptor);

// fcntl(F_OFD_SETLK): the command is only declared under _GNU_SOURCE and fcntl is variadic. Takes the
// whole file for this open file description alone; EAGAIN or EACCES when another one has it. Unlike a
// classic POSIX lock it is not lost when some other descriptor of the file is closed.
int clinux_lock_exclusively(int descriptor);

// Gives that lock up. Closing is not enough while a process that was just started shares the descriptor.
int clinux_unlock(int descriptor);

// ioctl(FUNCTIONFS_ENDPOINT_DESC) on an endpoint's file of a mounted FunctionFS: the bytes of a full packet at the
// speed that the host and the device agreed on. EAGAIN or ENODEV where no host has the endpoint in use.
int clinux_functionfs_packet_size(int descriptor, uint16_t *size);

// posix_spawn_file_actions_addclosefrom_np: only declared under _GNU_SOURCE. The started program has no
// descriptor from this number on.
int clinux_close_from(posix_spawn_file_actions_t *actions, int first);

// pidfd_open: syscall is variadic. A descriptor that becomes readable when the process ends, closed on exec; to be
// called before a child that has ended was waited for.
int clinux_process_descriptor(pid_t process, int *descriptor);

// memfd_create: only declared under _GNU_SOURCE. A file in memory that has no name, closed on exec.
int clinux_memory_file(int *descriptor);

// prlimit: only declared under _GNU_SOURCE. Gives another process this much address space and this much
// time on a processor, and no core.
int clinux_limit(pid_t process, uint64_t bytes, uint64_t seconds);

// Overwrites the part of the calling thread's stack that functions which have returned may have used, up to 64 KiB of it:
// what they had in variables stays there until others happen to write over it.
void clinux_overwrite_stack(void);

#endif
