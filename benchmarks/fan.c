// One frame to many sockets: who receives them, and the least that sending them can cost.
//
//   fan sink port=8710 sockets=N [namespace=/auction join='["join",{"room":"auc_1"}]'] [at_once=64]
//   fan send text=PAYLOAD
//
// `sink` opens N WebSockets as Socket.IO's client does, or without `namespace` as WebSockets alone,
// and counts what comes by the words `"type":"said"`, of which each event has one. A line of JSON is
// printed when all are in the room; then `await EVENTS TIMEOUT_MS` on standard input waits until
// each socket has had so many since it came in, and prints what came since the last time. `send` is a server with one WebSocket for
// each connection and nothing else: it prints its port, `send FRAMES GAP_MS` writes PAYLOAD to all of
// them by send(2), and prints `done`. The end of standard input ends both, as does a quarter of an
// hour.
//
// Build: cc -O2 -o fan fan.c
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LIFE_S = 900, READ = 1 << 18, LINE = 256, EVENTS_AT_ONCE = 256 };
static const char MARK[] = "\"type\":\"said\"";

static void fail(const char *what) {
  perror(what);
  exit(2);
}

static int64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static const char *given(int argc, char **argv, const char *name) {
  size_t size = strlen(name);
  for (int i = 2; i < argc; i++)
    if (!strncmp(argv[i], name, size) && argv[i][size] == '=') return argv[i] + size + 1;
  return 0;
}

// Whether a line came on standard input; the end of it ends the program.
static bool told(char *line) {
  ssize_t n = read(0, line, LINE - 1);
  if (n == 0) exit(0);
  if (n < 0) return false;
  line[n] = 0;
  return true;
}

// Sink

enum state { CLOSED, UPGRADING, OPENING, CONNECTING, JOINING, IN_ROOM };

struct conn {
  int fd;
  enum state state;
  char *rest;  // what has come of a frame that is not whole
  int kept;
  int64_t events;
};

static struct conn *conns;
static int count, inside, dead, connecting, epoll;
static const char *namespace, *join_;
static int64_t frames, bytes, wanted = -1, satisfied;

static void leave(struct conn *c) {
  if (c->state == IN_ROOM) inside--;
  else connecting--;
  close(c->fd);
  c->state = CLOSED;
  dead++;
}

static void say(struct conn *c, const char *payload) {
  uint8_t frame[512];
  int size = strlen(payload), head = size < 126 ? 2 : 4;
  frame[0] = 0x81;
  frame[1] = 0x80 | (size < 126 ? size : 126);
  if (size >= 126) {
    frame[2] = size >> 8;
    frame[3] = size & 255;
  }
  memset(frame + head, 0, 4);  // a mask of zeros is a mask like any other
  memcpy(frame + head + 4, payload, size);
  if (write(c->fd, frame, head + 4 + size) != head + 4 + size) leave(c);
}

static void enter(struct conn *c) {
  c->state = IN_ROOM;
  connecting--;
  inside++;
}

static void open_one(struct conn *c, int port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  char request[512];
  int one = 1, size;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (c->fd < 0) fail("socket");
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  c->state = UPGRADING;
  connecting++;
  size = snprintf(request, sizeof request,
                  "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                  "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                  port);
  if (connect(c->fd, (void *)&to, sizeof to) || write(c->fd, request, size) != size) {
    leave(c);
    return;
  }
  fcntl(c->fd, F_SETFL, O_NONBLOCK);
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &e)) fail("epoll_ctl");
}

static void message(struct conn *c, int opcode, const char *p, int size) {
  char words[LINE];
  if (opcode == 8) {
    leave(c);
  } else if (c->state == OPENING) {
    snprintf(words, sizeof words, "40%s,", namespace);
    c->state = CONNECTING;
    say(c, words);
  } else if (c->state == CONNECTING) {
    snprintf(words, sizeof words, "42%s,1%s", namespace, join_);
    c->state = JOINING;
    say(c, words);
  } else if (size == 1 && p[0] == '2') {
    say(c, "3");
  } else if (c->state == JOINING) {
    if (size > 2 && !memcmp(p, "43", 2)) enter(c);
  } else if (opcode == 1) {
    int64_t before = c->events;
    const char *at = p, *end = p + size;
    while ((at = memmem(at, end - at, MARK, sizeof MARK - 1))) {
      c->events++;
      at += sizeof MARK - 1;
    }
    frames++;
    bytes += size;
    if (before < wanted && c->events >= wanted) satisfied++;
  }
}

static void receive(struct conn *c) {
  static char buffer[2 * READ];
  int kept = c->kept, at = 0;
  if (kept) memcpy(buffer, c->rest, kept);
  c->kept = 0;
  ssize_t n = read(c->fd, buffer + kept, READ);
  if (n < 0 && errno == EAGAIN) n = 0;
  else if (n <= 0) {
    leave(c);
    return;
  }
  n += kept;
  if (c->state == UPGRADING) {
    char *end = memmem(buffer, n, "\r\n\r\n", 4);
    if (end && memcmp(buffer, "HTTP/1.1 101", 12)) {
      leave(c);
      return;
    }
    if (end) {
      at = end + 4 - buffer;
      if (namespace) c->state = OPENING;
      else enter(c);
    }
  }
  while (c->state != UPGRADING && n - at >= 2) {
    const uint8_t *b = (const uint8_t *)buffer + at;
    int64_t size = b[1] & 127;
    int head = size == 126 ? 4 : size == 127 ? 10 : 2;
    if (n - at < head) break;
    if (head > 2) {
      size = 0;
      for (int i = 2; i < head; i++) size = size << 8 | b[i];
    }
    if (size > READ - 16) {
      fprintf(stderr, "a frame of %" PRId64 " bytes\n", size);
      exit(2);
    }
    if (n - at < head + size) break;
    message(c, b[0] & 15, buffer + at + head, size);
    if (c->state == CLOSED) return;
    at += head + size;
  }
  if (at < n) {
    c->rest = realloc(c->rest, n - at);
    if (!c->rest) fail("memory");
    memcpy(c->rest, buffer + at, n - at);
    c->kept = n - at;
  }
}

static int64_t busy_us;  // with what came, not with waiting for it

static void poll_once(int timeout_ms) {
  struct epoll_event happened[EVENTS_AT_ONCE];
  int n = epoll_wait(epoll, happened, EVENTS_AT_ONCE, timeout_ms);
  int64_t begun = now_us();
  for (int i = 0; i < n; i++) {
    struct conn *c = happened[i].data.ptr;
    if (c->state != CLOSED) receive(c);
  }
  if (n > 0) busy_us += now_us() - begun;
}

// Waits until each socket has had `events` since it came in; counts what came since the last time.
// Never asleep: to wake who sleeps is the sender's work, which it would not be if we were elsewhere.
static void await(int64_t events, int64_t timeout_ms) {
  static int64_t begun, had, busy;
  int64_t all = 0, end = now_us() + timeout_ms * 1000;
  if (!begun) begun = now_us();
  satisfied = 0;
  for (int i = 0; i < count; i++) satisfied += conns[i].events >= events;
  wanted = events;
  while (satisfied < count && now_us() < end) poll_once(0);
  for (int i = 0; i < count; i++) all += conns[i].events;
  printf("{\"whole\":%s,\"deliveries\":%" PRId64 ",\"frames\":%" PRId64 ",\"bytes\":%" PRId64
         ",\"seconds\":%.4f,\"busy_s\":%.3f,\"dead\":%d}\n",
         satisfied >= count ? "true" : "false", all - had, frames, bytes, (now_us() - begun) / 1e6,
         (busy_us - busy) / 1e6, dead);
  fflush(stdout);
  wanted = -1;
  had = all;
  frames = bytes = 0;
  begun = now_us();
  busy = busy_us;
}

static int sink(int argc, char **argv) {
  const char *port = given(argc, argv, "port"), *sockets = given(argc, argv, "sockets");
  const char *some = given(argc, argv, "at_once");
  int opened = 0, at_once = some ? atoi(some) : 64;
  namespace = given(argc, argv, "namespace");
  join_ = given(argc, argv, "join");
  count = sockets ? atoi(sockets) : 0;
  if (!port || count < 1 || (namespace && !join_)) return 2;
  conns = calloc(count, sizeof *conns);
  epoll = epoll_create1(0);
  if (!conns || epoll < 0) fail("sink");
  int64_t begun = now_us();
  while (inside + dead < count && now_us() < begun + 120000000LL) {
    while (opened < count && connecting < at_once) open_one(&conns[opened++], atoi(port));
    poll_once(20);
  }
  printf("{\"inside\":%d,\"dead\":%d,\"seconds\":%.3f}\n", inside, dead, (now_us() - begun) / 1e6);
  fflush(stdout);
  for (;;) {
    char line[LINE];
    int64_t events, timeout_ms;
    if (told(line)) {
      if (sscanf(line, "await %" SCNd64 " %" SCNd64, &events, &timeout_ms) != 2) return 2;
      await(events, timeout_ms);
    }
    poll_once(20);
  }
}

// Send

static void answer(int fd) {
  static const char yes[] =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
  char request[4096];
  int one = 1;
  // The sink's request is one segment, and the only thing that it ever says.
  if (read(fd, request, sizeof request) <= 0) fail("request");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (write(fd, yes, sizeof yes - 1) != sizeof yes - 1) fail("answer");
}

static void to_all(const int *fds, int n, const char *frame, int size) {
  for (int i = 0; i < n; i++) {
    int sent = 0;
    while (sent < size) {
      ssize_t part = send(fds[i], frame + sent, size - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (part > 0) {
        sent += part;
      } else if (errno == EAGAIN) {
        struct pollfd full = {.fd = fds[i], .events = POLLOUT};
        poll(&full, 1, 1000);
      } else {
        fail("send");
      }
    }
  }
}

static int send_(int argc, char **argv) {
  const char *text = given(argc, argv, "text");
  static int fds[1 << 16];
  static char frame[1 << 16];
  int n = 0, size = text ? strlen(text) : 0, head = size < 126 ? 2 : 4;
  struct sockaddr_in at = {.sin_family = AF_INET};
  socklen_t length = sizeof at;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (size < 1 || size > 60000) return 2;
  frame[0] = (char)0x81;
  frame[1] = size < 126 ? size : 126;
  if (size >= 126) {
    frame[2] = size >> 8;
    frame[3] = size & 255;
  }
  memcpy(frame + head, text, size);
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (listener < 0 || bind(listener, (void *)&at, sizeof at) || listen(listener, 4096)) fail("listen");
  getsockname(listener, (void *)&at, &length);
  printf("%d\n", ntohs(at.sin_port));
  fflush(stdout);
  struct pollfd both[] = {{.fd = 0, .events = POLLIN}, {.fd = listener, .events = POLLIN}};
  while (poll(both, 2, -1) > 0) {
    if (both[1].revents && n < 1 << 16) {
      int fd = accept(listener, 0, 0);
      if (fd < 0) fail("accept");
      answer(fd);
      fds[n++] = fd;
    }
    if (both[0].revents) {
      char line[LINE];
      int times, gap_ms;
      if (!told(line)) continue;
      if (sscanf(line, "send %d %d", &times, &gap_ms) != 2) return 2;
      for (int i = 0; i < times; i++) {
        to_all(fds, n, frame, head + size);
        if (gap_ms) usleep(gap_ms * 1000);
      }
      printf("done\n");
      fflush(stdout);
    }
  }
  return 0;
}

int main(int argc, char **argv) {
  struct rlimit files;
  signal(SIGPIPE, SIG_IGN);
  alarm(LIFE_S);
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (argc > 1 && !strcmp(argv[1], "sink")) {
    fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK);
    return sink(argc, argv);
  }
  if (argc > 1 && !strcmp(argv[1], "send")) return send_(argc, argv);
  fprintf(stderr, "usage: fan sink port= sockets= [namespace= join=] [at_once=] | fan send text=\n");
  return 2;
}
