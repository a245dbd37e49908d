/* What the programs that show the kernel's limit have in common: they answer each line on stdin, the length of a slice in
 * milliseconds, with the nanoseconds that one operation took. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Whoever measures ends these programs with SIGTERM; what they made has to go with them. */
static volatile sig_atomic_t ended;

static void end(int number) {
  (void)number;
  ended = 1;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

static void answer(void (*operation)(void)) {
  char line[64];
  struct sigaction action = {.sa_handler = end}; /* without SA_RESTART: the read of the next line fails */
  sigaction(SIGTERM, &action, NULL);
  puts("ready");
  fflush(stdout);
  while (!ended && fgets(line, sizeof line, stdin)) {
    double wanted = atof(line) * 1e6, begun = now(), elapsed;
    long count = 0;
    do {
      operation();
      count++;
      elapsed = now() - begun;
    } while (elapsed < wanted && !ended);
    printf("%f\n", elapsed / count);
    fflush(stdout);
  }
}

static void must(int worked, const char *what) {
  if (worked) return;
  perror(what);
  exit(1);
}
