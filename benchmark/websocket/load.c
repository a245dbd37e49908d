/* load PORT CONNECTIONS MILLISECONDS SIZE echo|publish: over keep-alive WebSockets to 127.0.0.1.
   echo: each connection sends a masked text of SIZE bytes, again as soon as it has come back whole.
   publish: the first connection sends, the server passes it on to all others; again as soon as each has got it.
   Prints the messages received per second. Frames come unfragmented and uncompressed. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct connection {
  size_t have; /* bytes of the frame's head in `head` */
  size_t left; /* bytes of the payload still to come, once the head is read */
  int in_payload;
  unsigned char head[10];
};

static unsigned char *frame;
static size_t frame_length;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

static void send_all(int fd, const void *data, size_t length) {
  const char *at = data;
  while (length) {
    ssize_t sent = send(fd, at, length, MSG_NOSIGNAL);
    if (sent <= 0) fail("send");
    at += sent, length -= sent;
  }
}

/* A masked text; the mask is zero, so that the payload is as it is. */
static void make_frame(size_t size) {
  frame = calloc(1, size + 14);
  size_t at = 0;
  frame[at++] = 0x81;
  if (size < 126) {
    frame[at++] = 0x80 | size;
  } else if (size < 65536) {
    frame[at++] = 0x80 | 126, frame[at++] = size >> 8, frame[at++] = size;
  } else {
    frame[at++] = 0x80 | 127;
    for (int shift = 56; shift >= 0; shift -= 8) frame[at++] = size >> shift;
  }
  at += 4;
  memset(frame + at, 'x', size);
  frame_length = at + size;
}

/* Takes what has come; gives the number of frames that ended in it. */
static int take(struct connection *c, const unsigned char *data, size_t length) {
  int ended = 0;
  while (length) {
    if (c->in_payload) {
      size_t part = length < c->left ? length : c->left;
      c->left -= part, data += part, length -= part;
      if (c->left) return ended;
    } else {
      c->head[c->have++] = *data++, length--;
      if (c->have < 2) continue;
      size_t size = c->head[1], need = size < 126 ? 2 : size == 126 ? 4 : 10;
      if (c->have < need) continue;
      if (c->head[0] != 0x81) {
        fprintf(stderr, "unexpected frame: %02x\n", c->head[0]);
        exit(1);
      }
      if (need > 2) {
        size = 0;
        for (size_t i = 2; i < need; i++) size = size << 8 | c->head[i];
      }
      c->left = size, c->in_payload = 1;
      if (size) continue;
    }
    ended++;
    c->have = 0, c->in_payload = 0;
  }
  return ended;
}

static int upgrade(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address)) fail("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const char *request =
      "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  send_all(fd, request, strlen(request));
  char answer[4096];
  size_t have = 0;
  while (have < 4 || memcmp(answer + have - 4, "\r\n\r\n", 4)) {
    /* byte by byte: what follows the head is a frame */
    if (have == sizeof answer - 1 || recv(fd, answer + have, 1, 0) != 1) fail("upgrade");
    have++;
  }
  if (strncmp(answer, "HTTP/1.1 101", 12)) {
    fprintf(stderr, "unexpected answer: %.40s\n", answer);
    exit(1);
  }
  return fd;
}

int main(int argc, char **argv) {
  if (argc != 6) return 2;
  int port = atoi(argv[1]), count = atoi(argv[2]), publish = !strcmp(argv[5], "publish");
  double seconds = atof(argv[3]) / 1e3;
  make_frame(strtoul(argv[4], NULL, 10));
  struct pollfd *polls = calloc(count, sizeof *polls);
  struct connection *connections = calloc(count, sizeof *connections);
  for (int i = 0; i < count; i++) polls[i] = (struct pollfd){.fd = upgrade(port), .events = POLLIN};
  static unsigned char data[1 << 18];
  double start = now(), end = start + seconds;
  unsigned long received = 0, missing = 0;
  for (int i = 0; i < (publish ? 1 : count); i++) send_all(polls[i].fd, frame, frame_length);
  if (publish) missing = count - 1;
  while (now() < end) {
    if (poll(polls, count, 1000) <= 0) {
      fprintf(stderr, "no message within a second\n");
      return 1;
    }
    for (int i = 0; i < count; i++) {
      if (!polls[i].revents) continue;
      ssize_t got = recv(polls[i].fd, data, sizeof data, 0);
      if (got <= 0) fail("the server closed a connection");
      int ended = take(&connections[i], data, got);
      received += ended;
      if (publish) {
        missing -= ended;
        if (!missing) missing = count - 1, send_all(polls[0].fd, frame, frame_length);
      } else {
        while (ended--) send_all(polls[i].fd, frame, frame_length);
      }
    }
  }
  printf("%.0f\n", received / (now() - start));
  return 0;
}
