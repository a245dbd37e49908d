/* A server that does nothing but the kernel's part of a WebSocket's: it upgrades whatever comes first, and then copies
   frames, whose mask is zero, to where they go. They go back, or with PUBLISH to all others. Prints its port. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 1 << 16, ROOM = 1 << 18 };

static struct {
  int upgraded;
  size_t have;
  unsigned char *bytes;
} connections[MOST];
static int upgraded[MOST], count;

static void send_all(int fd, const unsigned char *data, size_t length) {
  while (length) {
    ssize_t sent = send(fd, data, length, MSG_NOSIGNAL);
    if (sent < 0) {
      struct pollfd room = {.fd = fd, .events = POLLOUT};
      if (poll(&room, 1, 1000) <= 0) return;
      continue;
    }
    data += sent, length -= sent;
  }
}

static void pass_on(int from, const unsigned char *frame, size_t length) {
#ifdef PUBLISH
  for (int i = 0; i < count; i++)
    if (upgraded[i] != from) send_all(upgraded[i], frame, length);
#else
  send_all(from, frame, length);
#endif
}

static void leave(int fd) {
  for (int i = 0; i < count; i++)
    if (upgraded[i] == fd) upgraded[i] = upgraded[--count];
  free(connections[fd].bytes);
  memset(&connections[fd], 0, sizeof connections[fd]);
  close(fd);
}

/* Takes the whole frames off what a connection has sent. */
static void take(int fd) {
  static unsigned char frame[ROOM];
  unsigned char *at = connections[fd].bytes;
  size_t have = connections[fd].have;
  for (;;) {
    if (have < 2) break;
    size_t size = at[1] & 127, head = size < 126 ? 2 : size == 126 ? 4 : 10;
    if (have < head + 4) break;
    if (head > 2) {
      size = 0;
      for (size_t i = 2; i < head; i++) size = size << 8 | at[i];
    }
    if (size > ROOM) {
      leave(fd);
      return;
    }
    if (have < head + 4 + size) break;
    memcpy(frame, at, head);
    frame[1] &= 127;
    memcpy(frame + head, at + head + 4, size);
    pass_on(fd, frame, head + size);
    at += head + 4 + size, have -= head + 4 + size;
  }
  memmove(connections[fd].bytes, at, have);
  connections[fd].have = have;
}

int main(void) {
  static const char answer[] =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0), loop = epoll_create1(0);
  struct sockaddr_in address = {.sin_family = AF_INET};
  socklen_t length = sizeof address;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 512)) return 1;
  getsockname(listener, (struct sockaddr *)&address, &length);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[1024];
  epoll_ctl(loop, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    int ready = epoll_wait(loop, events, 1024, -1);
    for (int i = 0; i < ready; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) {
        int socket = accept(listener, NULL, NULL);
        if (socket < 0 || socket >= MOST) continue;
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        connections[socket].bytes = malloc(ROOM);
        event = (struct epoll_event){.events = EPOLLIN, .data.fd = socket};
        epoll_ctl(loop, EPOLL_CTL_ADD, socket, &event);
        continue;
      }
      unsigned char *bytes = connections[fd].bytes;
      ssize_t got = recv(fd, bytes + connections[fd].have, ROOM - connections[fd].have, 0);
      if (got <= 0) {
        leave(fd);
      } else if (!connections[fd].upgraded) {
        connections[fd].upgraded = 1;
        upgraded[count++] = fd;
        send_all(fd, (const unsigned char *)answer, sizeof answer - 1);
      } else {
        connections[fd].have += got;
        take(fd);
      }
    }
  }
}
