/* Reads every directory of a tree, and nothing else: what the kernel allows.
 *
 *   walk DIRECTORIES     each with one directory of 50 files, as `glob.mjs` makes them
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "../harness/entry.h"
#include "../harness/limit.h"

static char root[] = "/tmp/dx-bench-walk-XXXXXX";
static long found;

static void walk(int above, const char *name) {
  char buffer[1 << 15];
  int directory = openat(above, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  must(directory >= 0, name);
  for (;;) {
    long count = syscall(SYS_getdents64, directory, buffer, sizeof buffer);
    must(count >= 0, "getdents64");
    if (count == 0) break;
    for (long at = 0; at < count;) {
      struct entry *entry = (struct entry *)(buffer + at);
      at += entry->length;
      if (entry->type == DT_DIR && entry->name[0] != '.') walk(directory, entry->name);
      else found++;
    }
  }
  close(directory);
}

static void one(void) {
  walk(AT_FDCWD, root);
}

static void plant(long directories) {
  char path[128];
  for (long i = 0; i < directories; i++) {
    snprintf(path, sizeof path, "%s/d%ld", root, i);
    mkdir(path, 0755);
    snprintf(path, sizeof path, "%s/d%ld/sub", root, i);
    mkdir(path, 0755);
    for (int j = 0; j < 50; j++) {
      snprintf(path, sizeof path, "%s/d%ld/sub/f%d.%s", root, i, j, j % 2 ? "ts" : "js");
      close(open(path, O_WRONLY | O_CREAT, 0644));
    }
  }
}

static void fell(long directories) {
  char path[128];
  for (long i = 0; i < directories; i++) {
    for (int j = 0; j < 50; j++) {
      snprintf(path, sizeof path, "%s/d%ld/sub/f%d.%s", root, i, j, j % 2 ? "ts" : "js");
      unlink(path);
    }
    snprintf(path, sizeof path, "%s/d%ld/sub", root, i);
    rmdir(path);
    snprintf(path, sizeof path, "%s/d%ld", root, i);
    rmdir(path);
  }
  rmdir(root);
}

int main(int argc, char **argv) {
  if (argc < 2) return 1;
  long directories = atol(argv[1]);
  must(mkdtemp(root) != NULL, root);
  plant(directories);
  answer(one);
  fell(directories);
  return 0;
}
