/* idle PORT CONNECTIONS [websocket]: opens connections to 127.0.0.1, asks once on each, or makes it a WebSocket, prints
   "ready" and keeps them until its input ends. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const char *request = argc == 3
                            ? "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
                            : "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                              "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  char answer[4096];
  for (int i = 0; i < atoi(argv[2]); i++) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) ||
        send(fd, request, strlen(request), MSG_NOSIGNAL) < 0 || recv(fd, answer, sizeof answer, 0) <= 0) {
      fprintf(stderr, "connection %d: %s\n", i, strerror(errno));
      return 1;
    }
  }
  puts("ready");
  fflush(stdout);
  return getchar() == EOF ? 0 : 0;
}
