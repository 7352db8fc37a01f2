#define _GNU_SOURCE
#include "CDisk.h"

#include <dlfcn.h>
#include <stddef.h>

// SQLite's own types, of which no more than the name is needed.
struct sqlite3;

static struct sqlite3 *connection = NULL;

// Stands before SQLite's, to know the connection that the program opened last.
int sqlite3_open_v2(const char *name, struct sqlite3 **opened, int flags, const char *files) {
  int (*open)(const char *, struct sqlite3 **, int, const char *) = dlsym(RTLD_NEXT, "sqlite3_open_v2");
  if (open == NULL) return 1;
  int result = open(name, opened, flags, files);
  if (result == 0) connection = *opened;
  return result;
}

typedef void *commit_hook(struct sqlite3 *, int (*)(void *), void *);

static int (*hooked)(void *) = NULL;
static void *hook_argument = NULL;

// Stands before SQLite's, to know the hook that the program has.
void *sqlite3_commit_hook(struct sqlite3 *owner, int (*callback)(void *), void *argument) {
  commit_hook *hook = (commit_hook *)dlsym(RTLD_NEXT, "sqlite3_commit_hook");
  if (owner == connection) hooked = callback, hook_argument = argument;
  return hook == NULL ? NULL : hook(owner, callback, argument);
}

int cdisk_tell_sqlite(const char *statement) {
  int (*execute)(struct sqlite3 *, const char *, void *, void *, char **) = dlsym(RTLD_DEFAULT, "sqlite3_exec");
  commit_hook *hook = (commit_hook *)dlsym(RTLD_NEXT, "sqlite3_commit_hook");
  if (connection == NULL || execute == NULL || hook == NULL) return 1;
  // A change of the journal's mode is a commit, of which the owner, who began none, must not hear.
  hook(connection, NULL, NULL);
  int result = execute(connection, statement, NULL, NULL, NULL);
  hook(connection, hooked, hook_argument);
  return result;
}
