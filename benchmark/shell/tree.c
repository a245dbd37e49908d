/* Removes or copies a tree of 50,000 files with a thread for each processor, and nothing else: what the kernel allows.
 *
 *   tree rm|cp FOLDER     makes the tree of tree.js below the folder, prints the milliseconds, and leaves nothing
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "../harness/entry.h"
#include "../harness/limit.h"

#define FOLDERS 100
#define FILES 500

static char root[4096];
static int source, target, next;

static int enter(int above, const char *name) {
  int directory = openat(above, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  must(directory >= 0, name);
  return directory;
}

static void copy(int from, int to, const char *name) {
  char buffer[4096];
  struct stat facts;
  int in = openat(from, name, O_RDONLY | O_CLOEXEC);
  must(in >= 0 && fstat(in, &facts) == 0, name);
  int out = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, facts.st_mode & 0777);
  must(out >= 0, name);
  long size = read(in, buffer, sizeof buffer);
  if (size > 0) must(write(out, buffer, size) == size, name);
  close(in);
  close(out);
}

static void remove_folder(const char *name) {
  char buffer[1 << 15];
  int directory = enter(source, name);
  for (long count; (count = syscall(SYS_getdents64, directory, buffer, sizeof buffer)) > 0;) {
    for (long at = 0; at < count;) {
      struct entry *entry = (struct entry *)(buffer + at);
      at += entry->length;
      if (entry->name[0] != '.') must(unlinkat(directory, entry->name, 0) == 0, entry->name);
    }
  }
  close(directory);
  must(unlinkat(source, name, AT_REMOVEDIR) == 0, name);
}

static void copy_folder(const char *name) {
  char buffer[1 << 15];
  must(mkdirat(target, name, 0755) == 0, name);
  int from = enter(source, name), to = enter(target, name);
  for (long count; (count = syscall(SYS_getdents64, from, buffer, sizeof buffer)) > 0;) {
    for (long at = 0; at < count;) {
      struct entry *entry = (struct entry *)(buffer + at);
      at += entry->length;
      if (entry->name[0] != '.') copy(from, to, entry->name);
    }
  }
  close(from);
  close(to);
}

/* Each folder goes to the thread that is free. */
static void *work(void *operation) {
  for (;;) {
    int number = __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED);
    if (number >= FOLDERS) return NULL;
    char name[32];
    snprintf(name, sizeof name, "folder-%d", number);
    ((void (*)(const char *))operation)(name);
  }
}

static double run(void (*operation)(const char *)) {
  pthread_t threads[64];
  long count = sysconf(_SC_NPROCESSORS_ONLN), started = 0;
  next = 0;
  double begun = now();
  while (started + 1 < count && started < 64)
    must(pthread_create(&threads[started++], NULL, work, (void *)operation) == 0, "thread");
  work((void *)operation);
  while (started > 0) pthread_join(threads[--started], NULL);
  return (now() - begun) / 1e6;
}

static void plant(void) {
  char name[64], text[1024], line[64];
  for (int i = 0; i < FOLDERS; i++) {
    snprintf(name, sizeof name, "folder-%d", i);
    must(mkdirat(source, name, 0755) == 0, name);
    int folder = enter(source, name);
    for (int j = 0; j < FILES; j++) {
      snprintf(name, sizeof name, "file-%d", j);
      snprintf(line, sizeof line, "content of file %d\n", j);
      *text = 0;
      for (int k = 0; k < j % 20; k++) strcat(text, line);
      int file = openat(folder, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
      must(file >= 0 && write(file, text, strlen(text)) >= 0, name);
      close(file);
    }
    close(folder);
  }
}

int main(int argc, char **argv) {
  if (argc < 3) return 1;
  int copies = strcmp(argv[1], "cp") == 0;
  snprintf(root, sizeof root, "%s/dx-bench-tree-XXXXXX", argv[2]);
  must(mkdtemp(root) != NULL, root);
  int top = enter(AT_FDCWD, root);
  must(mkdirat(top, "source", 0755) == 0 && mkdirat(top, "target", 0755) == 0, root);
  source = enter(top, "source");
  target = enter(top, "target");
  plant();
  double elapsed = copies ? run(copy_folder) : run(remove_folder);
  printf("%.1f\n", elapsed);
  if (copies) {
    run(remove_folder);
    source = target;
    run(remove_folder);
  }
  must(unlinkat(top, "source", AT_REMOVEDIR) == 0 && unlinkat(top, "target", AT_REMOVEDIR) == 0 && rmdir(root) == 0, root);
  return 0;
}
