/* load PORT CONNECTIONS MILLISECONDS HEAD PIPELINE BODY: sends HEAD and BODY bytes, PIPELINE times at once, on each
   keep-alive connection to 127.0.0.1, again as soon as the answers are complete, and prints the requests per second and
   the microseconds that half of the answers and 99 of 100 took. Answers have a Content-Length or, without a pipeline,
   are chunked. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CAPACITY = 1 << 16, LATENCIES = 1 << 20 };

/* Answers by the microseconds that they took; the last is for all that took longer. */
static unsigned latencies[LATENCIES];

struct connection {
  size_t used;      /* bytes in `data` */
  size_t remaining; /* bytes of the body still to come, once the head is read */
  int in_body, chunked;
  int waiting;      /* answers still to come */
  double sent;      /* when the last requests were */
  char data[CAPACITY];
};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

static void send_all(int fd, const char *text, size_t length) {
  while (length) {
    ssize_t sent = send(fd, text, length, MSG_NOSIGNAL);
    if (sent <= 0) fail("send");
    text += sent, length -= sent;
  }
}

static const char *header(const char *head, const char *end, const char *name) {
  size_t length = strlen(name);
  for (const char *at = head; at < end; at++)
    if (at[0] == '\n' && !strncasecmp(at + 1, name, length)) return at + 1 + length;
  return NULL;
}

/* Takes what has come; gives 1 when an answer is complete. */
static int take(struct connection *c) {
  if (!c->in_body) {
    c->data[c->used] = 0;
    char *end = strstr(c->data, "\r\n\r\n");
    if (!end) return 0;
    if (strncmp(c->data, "HTTP/1.1 200", 12)) {
      fprintf(stderr, "unexpected answer: %.40s\n", c->data);
      exit(1);
    }
    const char *length = header(c->data, end, "content-length:");
    c->chunked = !length;
    c->remaining = length ? strtoul(length, NULL, 10) : 0;
    c->in_body = 1;
    size_t head = end + 4 - c->data;
    c->used -= head;
    memmove(c->data, c->data + head, c->used);
  }
  if (c->chunked) {
    if (c->used < 5 || memcmp(c->data + c->used - 5, "0\r\n\r\n", 5)) return 0;
  } else if (c->used < c->remaining) {
    c->remaining -= c->used, c->used = 0;
    return 0;
  } else {
    c->used -= c->remaining;
    memmove(c->data, c->data + c->remaining, c->used);
    c->in_body = 0;
    return 1;
  }
  c->used = 0, c->in_body = 0;
  return 1;
}

static void note(double took, int answers) {
  size_t microseconds = took * 1e6;
  latencies[microseconds < LATENCIES ? microseconds : LATENCIES - 1] += answers;
}

/* The microseconds in which this part of the answers came. */
static size_t percentile(unsigned long answers, double part) {
  unsigned long seen = 0;
  for (size_t at = 0; at < LATENCIES; at++)
    if ((seen += latencies[at]) >= answers * part) return at;
  return LATENCIES;
}

int main(int argc, char **argv) {
  if (argc != 7) return 2;
  int count = atoi(argv[2]);
  double seconds = atof(argv[3]) / 1e3;
  int pipeline = atoi(argv[5]);
  size_t head = strlen(argv[4]), single = head + strtoul(argv[6], NULL, 10), length = single * pipeline;
  char *request = malloc(length);
  memset(request, 'x', length);
  for (int i = 0; i < pipeline; i++) memcpy(request + i * single, argv[4], head);
  struct pollfd *polls = calloc(count, sizeof *polls);
  struct connection *connections = calloc(count, sizeof *connections);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int i = 0; i < count; i++) {
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address)) fail("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    polls[i] = (struct pollfd){.fd = fd, .events = POLLIN};
    connections[i].sent = now();
    send_all(fd, request, length);
    connections[i].waiting = pipeline;
  }
  double start = now(), end = start + seconds;
  unsigned long answers = 0;
  while (now() < end) {
    if (poll(polls, count, 1000) <= 0) {
      fprintf(stderr, "no answer within a second\n");
      return 1;
    }
    for (int i = 0; i < count; i++) {
      if (!polls[i].revents) continue;
      struct connection *c = &connections[i];
      ssize_t got = recv(polls[i].fd, c->data + c->used, CAPACITY - 1 - c->used, 0);
      if (got <= 0) fail("the server closed a connection");
      c->used += got;
      int taken = 0;
      while (c->waiting && take(c)) c->waiting--, taken++;
      if (taken) note(now() - c->sent, taken), answers += taken;
      if (!c->waiting) {
        c->sent = now();
        send_all(polls[i].fd, request, length);
        c->waiting = pipeline;
      } else if (!taken && c->used == CAPACITY - 1 && c->chunked && c->in_body) {
        memmove(c->data, c->data + c->used - 8, 8); /* only the end of a chunked body matters */
        c->used = 8;
      }
    }
  }
  printf("%.0f %zu %zu\n", answers / (now() - start), percentile(answers, 0.5), percentile(answers, 0.99));
  return 0;
}
