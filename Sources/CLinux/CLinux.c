#define _GNU_SOURCE
#include "CLinux.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/usb/functionfs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

int clinux_file_status(int descriptor, struct clinux_file_status *status) {
  struct statx found;
  memset(&found, 0, sizeof found);
  if (statx(descriptor, "", AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME, &found) != 0) {
    return errno;
  }
  status->inode = found.stx_ino;
  status->has_birth_time = (found.stx_mask & STATX_BTIME) != 0;
  status->birth_seconds = status->has_birth_time ? found.stx_btime.tv_sec : 0;
  status->birth_nanoseconds = status->has_birth_time ? found.stx_btime.tv_nsec : 0;
  status->link_count = found.stx_nlink;
  status->owner = found.stx_uid;
  status->mode = found.stx_mode;
  status->size = found.stx_size;
  return 0;
}

int clinux_file_handle(int descriptor, int32_t *type, uint8_t *bytes, uint32_t *length) {
  union {
    struct file_handle handle;
    unsigned char room[sizeof(struct file_handle) + CLINUX_FILE_HANDLE_MAXIMUM];
  } found;
  int mount = 0;
  memset(&found, 0, sizeof found);
  found.handle.handle_bytes = CLINUX_FILE_HANDLE_MAXIMUM;
  if (name_to_handle_at(descriptor, "", &found.handle, &mount, AT_EMPTY_PATH) != 0) {
    return errno;
  }
  if (found.handle.handle_bytes > CLINUX_FILE_HANDLE_MAXIMUM || found.handle.handle_bytes > *length) {
    return EOVERFLOW;
  }
  *type = found.handle.handle_type;
  *length = found.handle.handle_bytes;
  memcpy(bytes, found.handle.f_handle, found.handle.handle_bytes);
  return 0;
}

// What the FS_IOC_ numbers take: they say long, the kernel reads and writes an int.
union file_number {
  long declared;
  unsigned int written;
};

static int get_number(int descriptor, unsigned long request, union file_number *number) {
  memset(number, 0, sizeof *number);
  return ioctl(descriptor, request, number) != 0 ? errno : 0;
}

int clinux_generation(int descriptor, uint32_t *generation) {
  union file_number found;
  const int error = get_number(descriptor, FS_IOC_GETVERSION, &found);
  if (error == 0) {
    *generation = found.written;
  }
  return error;
}

int clinux_disable_copy_on_write(int descriptor) {
  union file_number flags;
  const int error = get_number(descriptor, FS_IOC_GETFLAGS, &flags);
  if (error != 0) {
    return error;
  }
  flags.written |= FS_NOCOW_FL;
  return ioctl(descriptor, FS_IOC_SETFLAGS, &flags) != 0 ? errno : 0;
}

int clinux_sync_file_system(int descriptor) {
  return syncfs(descriptor) != 0 ? errno : 0;
}

int clinux_file_system_magic(int descriptor, uint64_t *magic) {
  struct statfs found;
  memset(&found, 0, sizeof found);
  if (fstatfs(descriptor, &found) != 0) {
    return errno;
  }
  *magic = (uint32_t)found.f_type;
  return 0;
}

static int set_lock(int descriptor, short type) {
  struct flock whole;
  memset(&whole, 0, sizeof whole);
  whole.l_type = type;
  whole.l_whence = SEEK_SET;
  return fcntl(descriptor, F_OFD_SETLK, &whole) != 0 ? errno : 0;
}

int clinux_lock_exclusively(int descriptor) { return set_lock(descriptor, F_WRLCK); }

int clinux_unlock(int descriptor) { return set_lock(descriptor, F_UNLCK); }

int clinux_functionfs_packet_size(int descriptor, uint16_t *size) {
  struct usb_endpoint_descriptor found;
  memset(&found, 0, sizeof found);
  if (ioctl(descriptor, FUNCTIONFS_ENDPOINT_DESC, &found) != 0) {
    return errno;
  }
  // The bits above these eleven speak of isochronous and interrupt endpoints.
  *size = le16toh(found.wMaxPacketSize) & 0x7FF;
  return 0;
}

int clinux_close_from(posix_spawn_file_actions_t *actions, int first) {
  return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

int clinux_process_descriptor(pid_t process, int *descriptor) {
  *descriptor = (int)syscall(SYS_pidfd_open, process, 0);
  return *descriptor < 0 ? errno : 0;
}

int clinux_memory_file(int *descriptor) {
  *descriptor = memfd_create("almd", MFD_CLOEXEC);
  return *descriptor < 0 ? errno : 0;
}

int clinux_limit(pid_t process, uint64_t bytes, uint64_t seconds) {
  const struct rlimit memory = {bytes, bytes}, time = {seconds, seconds}, core = {0, 0};
  if (prlimit(process, RLIMIT_AS, &memory, NULL) != 0 || prlimit(process, RLIMIT_CPU, &time, NULL) != 0 ||
      prlimit(process, RLIMIT_CORE, &core, NULL) != 0) {
    return errno;
  }
  return 0;
}

__attribute__((noinline)) void clinux_overwrite_stack(void) {
  unsigned char room[64 * 1024];
  explicit_bzero(room, sizeof room);
}
