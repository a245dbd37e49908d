/* Opens, reads and closes a file that is in the page cache, into memory that was used before, and nothing else: what the
 * kernel allows one thread that reads with system calls.
 *
 *   read SIZE PIECE     PIECE: how much memory it reads into, time and again
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../harness/limit.h"

static char name[] = "/tmp/dx-bench-read-XXXXXX";
static char *memory;
static long size, piece;

static void one(void) {
  struct stat about;
  int file = open(name, O_RDONLY | O_CLOEXEC);
  must(file >= 0 && fstat(file, &about) == 0, name);
  for (long done = 0; done < about.st_size;) {
    long count = pread(file, memory, piece, done);
    must(count > 0, "pread");
    done += count;
  }
  close(file);
}

int main(int argc, char **argv) {
  if (argc < 3) return 1;
  size = atol(argv[1]), piece = atol(argv[2]);
  memory = mmap(NULL, piece, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  must(memory != MAP_FAILED, "mmap");
  madvise(memory, piece, MADV_HUGEPAGE);
  int file = mkstemp(name);
  must(file >= 0, name);
  memset(memory, 'x', piece);
  for (long done = 0; done < size;) {
    long count = write(file, memory, size - done < piece ? size - done : piece);
    must(count > 0, "write");
    done += count;
  }
  close(file);
  answer(one);
  unlink(name);
  return 0;
}
