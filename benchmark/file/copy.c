/* Copies a file with copy_file_range, and nothing else: what the kernel allows.
 *
 *   copy SIZE
 *
 * Answers each line on stdin, the length of a slice in milliseconds, with the nanoseconds that one copy took. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc < 2) return 1;
  long size = atol(argv[1]);
  char from[] = "/tmp/dx-bench-from-XXXXXX", to[] = "/tmp/dx-bench-to-XXXXXX";
  int source = mkstemp(from), sink = mkstemp(to);
  if (source < 0 || sink < 0) return 1;
  unlink(from);
  unlink(to);
  static char chunk[1 << 20];
  memset(chunk, 'x', sizeof chunk);
  for (long done = 0; done < size; done += sizeof chunk)
    if (write(source, chunk, sizeof chunk) < 0) return 1;
  puts("ready");
  fflush(stdout);
  char line[64];
  while (fgets(line, sizeof line, stdin)) {
    double wanted = atof(line) * 1e6, begun = now(), elapsed;
    long count = 0;
    do {
      loff_t in = 0, out = 0;
      while (in < size)
        if (copy_file_range(source, &in, sink, &out, size - in, 0) <= 0) return 1;
      count++;
      elapsed = now() - begun;
    } while (elapsed < wanted);
    printf("%f\n", elapsed / count);
    fflush(stdout);
  }
  return 0;
}
