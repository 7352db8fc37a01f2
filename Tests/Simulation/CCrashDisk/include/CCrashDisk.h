// Disks that crash.
//
// Linked into a program, this stands before the C library's calls that change files. What lies under the directory it is
// attached to is written as ever, and each change is remembered until it is synced. So of what is not, a power cut can
// leave any part, torn and out of order, and an unlinked file can come back with the identity that it had.
//
// Each directory directly under the attached one is a disk of its own. One thread at a time; nothing else is touched.
#pragma once
#include <stdint.h>

enum crashdisk_fault {
  // From the chosen call on nothing reaches the disk: each call fails with EIO until the disk is disarmed.
  CRASHDISK_DEAD = 1,
  // The chosen call fails with EIO.
  CRASHDISK_EIO = 2,
  // The chosen call fails with ENOSPC.
  CRASHDISK_ENOSPC = 3,
  // The chosen call, or the next one that writes, writes the first half; the write after it fails with ENOSPC.
  CRASHDISK_SHORT = 4,
};

// Takes over what lies under this directory, which has to be empty and given without links. 0, or -1 where there is no room
// for that.
int crashdisk_attach(const char *root);

// Lets the chosen call, counted from 1, on the disk of this name fail.
void crashdisk_arm(const char *disk, enum crashdisk_fault fault, long call);

// No call fails any more. Whether one did.
int crashdisk_disarm(void);

// How many calls there were on the armed disk since it was armed.
long crashdisk_calls(void);

// Makes of a disk what a power cut leaves of it, which follows from the seed. No file of it may be open.
// 0, or an error number.
int crashdisk_lose_power(const char *disk, uint64_t seed);

// What lies on the disk now is durable; to be called where it was written by others. No file of it may be open.
void crashdisk_settle(const char *disk);

// Gives a directory on a disk another name beside the old one, or takes it away with its files. Both are durable at once.
// 0, or an error number.
int crashdisk_rename(const char *disk, const char *directory, const char *name);
int crashdisk_remove(const char *disk, const char *directory);

// The C library's random source gives what follows from this seed, from now on.
void crashdisk_seed(uint64_t seed);

// What was still undone because two things had one name, or memory was lacking; 0 unless something is wrong here.
long crashdisk_troubles(void);
