// Lets the thread sanitizer see what Synchronization.Mutex orders. Linked into each program that `make sanitize-thread` and
// `make threads` build; the product has none of it.
//
// The lock is one word. To take it free and to give it back with nobody waiting is one atomic exchange, which is compiled
// into the code that locks, and the sanitizer sees it. Where two want it at once the standard library takes and gives it
// with the kernel (futex(2), FUTEX_LOCK_PI), in three functions that are not built for the sanitizer: it would report as
// races what the lock has put in order. These three stand before the standard library's, do the same by calling them, and
// say what was ordered, at the address that the atomic exchanges are seen at.
//
// Their names are those of the standard library's interface, which programs that are built already link to. Where a
// newer one has others, these would silently stand before nothing; so a program in which they do not find them ends.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define SWIFT_METHOD __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *

#define LOCK_NAME "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_NAME "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK_NAME "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

// The sanitizer's (sanitizer/tsan_interface.h), which is in the program already.
void __tsan_acquire(void *address);
void __tsan_release(void *address);

SWIFT_METHOD void almd_seen_lock(uint32_t thread, SELF handle) __asm__(LOCK_NAME);
SWIFT_METHOD bool almd_seen_try(SELF handle) __asm__(TRY_NAME);
SWIFT_METHOD void almd_seen_unlock(SELF handle) __asm__(UNLOCK_NAME);

static SWIFT_METHOD void (*real_lock)(uint32_t thread, SELF handle);
static SWIFT_METHOD bool (*real_try)(SELF handle);
static SWIFT_METHOD void (*real_unlock)(SELF handle);

static void *real(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (found == NULL) {
    fprintf(stderr, "SeenLocks.c: the standard library has no %s, so the sanitizer would not see its locks\n", name);
    exit(66);
  }
  return found;
}

// Before anything of the program's own runs, and so before there is a second thread. A program without such locks is not
// linked to their library, and calls none of these.
__attribute__((constructor)) static void find(void) {
  if (dlopen("libswiftSynchronization.so", RTLD_LAZY | RTLD_NOLOAD) == NULL) {
    return;
  }
  real_lock = (SWIFT_METHOD void (*)(uint32_t, SELF))real(LOCK_NAME);
  real_try = (SWIFT_METHOD bool (*)(SELF))real(TRY_NAME);
  real_unlock = (SWIFT_METHOD void (*)(SELF))real(UNLOCK_NAME);
}

SWIFT_METHOD void almd_seen_lock(uint32_t thread, SELF handle) {
  real_lock(thread, handle);
  __tsan_acquire(handle);
}

SWIFT_METHOD bool almd_seen_try(SELF handle) {
  bool taken = real_try(handle);
  if (taken) {
    __tsan_acquire(handle);
  }
  return taken;
}

SWIFT_METHOD void almd_seen_unlock(SELF handle) {
  __tsan_release(handle);
  real_unlock(handle);
}
