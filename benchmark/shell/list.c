/* Reads a directory, and nothing else: what the kernel allows `ls`.
 *
 *   list FOLDER
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "../harness/limit.h"

static const char *folder;

static void one(void) {
  static char buffer[1 << 14];
  int directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  must(directory >= 0, folder);
  long count;
  while ((count = syscall(SYS_getdents64, directory, buffer, sizeof buffer)) > 0) continue;
  must(count == 0, "getdents64");
  close(directory);
}

int main(int argc, char **argv) {
  if (argc < 2) return 1;
  folder = argv[1];
  answer(one);
  return 0;
}
