/* Starts children and reaps them, and nothing else: what the kernel allows.
 *
 *   loop true WIDTH     /bin/true, so many in flight
 *   loop output WIDTH   a child that writes 1,000,000 bytes, which are read
 *
 * Answers each line on stdin, the length of a slice in milliseconds, with the nanoseconds that one child took. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;
static char *const small[] = {"/bin/true", NULL};
static char *const flood[] = {"/usr/bin/head", "-c", "1000000", "/dev/zero", NULL};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

static void start(posix_spawn_file_actions_t *actions, char *const *words) {
  pid_t pid;
  if (posix_spawn(&pid, words[0], actions, NULL, words, environ) != 0) {
    perror(words[0]);
    exit(1);
  }
}

static void quiet(long count, int width) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int fd = 0; fd < 3; fd++) posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
  long started = 0;
  for (; started < width && started < count; started++) start(&actions, small);
  for (long ended = 0; ended < count; ended++) {
    wait(NULL);
    if (started < count) {
      start(&actions, small);
      started++;
    }
  }
  posix_spawn_file_actions_destroy(&actions);
}

static void loud(long count) {
  static char bytes[1 << 16];
  for (long i = 0; i < count; i++) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) exit(1);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    start(&actions, flood);
    close(ends[1]);
    while (read(ends[0], bytes, sizeof bytes) > 0) {}
    close(ends[0]);
    wait(NULL);
    posix_spawn_file_actions_destroy(&actions);
  }
}

int main(int argc, char **argv) {
  if (argc < 3) return 1;
  int output = strcmp(argv[1], "output") == 0;
  int width = atoi(argv[2]);
  long count = 8;
  char line[64];
  puts("ready");
  fflush(stdout);
  while (fgets(line, sizeof line, stdin)) {
    double wanted = atof(line) * 1e6, elapsed;
    for (;;) {
      double begun = now();
      if (output) loud(count);
      else quiet(count, width);
      elapsed = now() - begun;
      if (elapsed >= wanted / 2) break;
      count = count * 2;
    }
    printf("%f\n", elapsed / count);
    fflush(stdout);
  }
  return 0;
}
