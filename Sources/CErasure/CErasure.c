#define _GNU_SOURCE
#include "CErasure.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

int cerasure_withhold_memory(void) {
  // Where Swift's runtime has a program at hand that writes a crash down, with registers and what they point at, it catches
  // these. It also lets a process live on that was told to abort.
  static const int fatal[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV, SIGTRAP};
  for (size_t index = 0; index < sizeof fatal / sizeof *fatal; ++index) {
    signal(fatal[index], SIG_DFL);
  }
  return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : errno;
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
// Their allocator is another one, and what it was given back it keeps an eye on itself.
#define HAS_OTHER_ALLOCATOR
#endif
#endif

#if defined(__GLIBC__) && !defined(HAS_OTHER_ALLOCATOR)

// The C library's own, which it exports for those who stand before it.
extern void __libc_free(void *block);

// DEFAULT_MMAP_THRESHOLD_MAX of malloc/malloc.c on 64 bits: what is larger always is a mapping of its own, which goes back
// to the kernel, so that writing to it would only have pages made that never were.
#define LARGEST_IN_HEAP ((size_t)32 << 20)

void free(void *block) {
  if (block == NULL) {
    return;
  }
  size_t room = malloc_usable_size(block);
  if (room <= LARGEST_IN_HEAP) {
    explicit_bzero(block, room);
  }
  __libc_free(block);
}

// In place where there is room, else by way of a new block: the C library's own would give the old one back as it is.
void *realloc(void *block, size_t size) {
  if (block == NULL) {
    return malloc(size);
  }
  if (size == 0) {
    free(block);
    return NULL;
  }
  size_t room = malloc_usable_size(block);
  if (size <= room && size >= room / 2) {
    explicit_bzero((char *)block + size, room - size);
    return block;
  }
  void *moved = malloc(size);
  if (moved == NULL) {
    return NULL;
  }
  memcpy(moved, block, size < room ? size : room);
  free(block);
  return moved;
}

void *reallocarray(void *block, size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) {
    errno = ENOMEM;
    return NULL;
  }
  return realloc(block, bytes);
}

#endif
