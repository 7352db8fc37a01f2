// A watched disk: the calls that change what is on it, as the program that holds this library makes them below one
// directory, are counted, written down, refused, or the end of the process.
//
// The library defines the C library's own names (pwrite, fsync, unlinkat and so on), so whatever is linked into the
// same program, or is loaded after it was preloaded, calls these. Outside the watched directory nothing changes.
#ifndef CDISK_H
#define CDISK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

// What happens at the chosen call.
enum cdisk_fault {
  CDISK_NO_FAULT = 0,
  // The process ends before the call is made.
  CDISK_KILL_BEFORE = 1,
  // The process ends when the call was made.
  CDISK_KILL_AFTER = 2,
  // The call fails with EIO.
  CDISK_INPUT_OUTPUT_ERROR = 3,
  // The call fails with ENOSPC.
  CDISK_NO_SPACE = 4,
  // A write writes the first half only and says so, which is no error. Other calls are as ever.
  CDISK_SHORT_WRITE = 5,
  // The call fails with EIO, and so does every later one.
  CDISK_GONE = 6,
  // The disk is full from this call on: a write writes its first half, and whatever needs room after it fails with ENOSPC.
  CDISK_FULL = 7,
};

// Watches everything whose path begins with `directory`, and counts from 0 again. NULL ends it.
void cdisk_watch(const char *directory);

// Lets the call with this number, counted from 1, have a fault.
void cdisk_set_fault(enum cdisk_fault fault, long number);

// Empties a file, and writes a line into it for each call from now on that is counted: `fsync ./store/vault.sqlite`.
void cdisk_log(const char *path);

// Writes every call that succeeded into an open file, in the form that `cdisk_event` describes. -1 ends it.
void cdisk_record(int descriptor);

// Writes down that the program has now answered whoever asked it.
void cdisk_record_answer(void);

// Lets directories below the watched one be told apart by their names alone, as if they were on the disk that they were
// made on, wherever a copy of them lies.
void cdisk_identify_by_name(bool on);

// Has the connection that was opened last execute a statement behind its owner's back. 0 where it did.
int cdisk_tell_sqlite(const char *statement);

// fork, which Swift does not offer. The child has one thread.
pid_t cdisk_fork(void);

// What a record is about.
enum cdisk_kind {
  CDISK_WRITE = 1,
  CDISK_TRUNCATE = 2,
  CDISK_SYNC = 3,
  CDISK_CREATE = 4,
  CDISK_MAKE_DIRECTORY = 5,
  CDISK_UNLINK = 6,
  CDISK_REMOVE_DIRECTORY = 7,
  CDISK_ANSWER = 8,
  // A call that nobody has thought about yet.
  CDISK_UNKNOWN = 9,
};

// One record. The path below the watched directory, without a slash at its beginning, and the bytes follow it.
struct cdisk_event {
  uint32_t kind;
  uint32_t path_length;
  // The inode's number, 0 for a name that was taken away.
  uint64_t node;
  // Of a write where it begins, of a truncation the new size.
  uint64_t offset;
  uint64_t length;
};

#endif
