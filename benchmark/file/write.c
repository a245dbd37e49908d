/* Opens a file, writes it over and closes it, and nothing else: what the kernel allows.
 *
 *   write SIZE
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "../harness/limit.h"

static char name[] = "/tmp/dx-bench-write-XXXXXX";
static char *bytes;
static long size;

static void one(void) {
  int file = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0664);
  must(file >= 0, name);
  for (long done = 0; done < size;) {
    long count = write(file, bytes + done, size - done);
    must(count > 0, "write");
    done += count;
  }
  close(file);
}

int main(int argc, char **argv) {
  if (argc < 2) return 1;
  size = atol(argv[1]);
  bytes = malloc(size);
  must(bytes != NULL, "malloc");
  memset(bytes, 'x', size);
  int file = mkstemp(name);
  must(file >= 0, name);
  close(file);
  answer(one);
  unlink(name);
  return 0;
}
