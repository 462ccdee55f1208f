// Many sockets of one show, as a browser opens them: WebSocket upgrade with a cookie, Socket.IO
// connect to /live, `join`; then claimers that comment "+1" and wait for the acknowledgement, people
// who chat at a fixed rate, and viewers who only receive. One thread, one epoll; every socket
// follows the room all the while and joins again when it is told to, or finds a gap.
//
//   load port=8710 show=shw_... cookies=FILE sockets=N [looking=K] [at_once=N] [deflate=1]
//
// `cookies`: one session token a line, socket i takes the i-th (and begins anew past the end).
// `looking`: every K-th socket reads all of its frames, for the stamps in what is chatted; the
// others read heads and let the kernel drop the rest (recv with MSG_TRUNC): on one machine the load
// must not take the processor from what it measures, and real viewers bring their own. With deflate=1
// compression is offered, as every browser does.
//
// A line of JSON is printed when all are in the room, and one for each command on standard input:
//
//   run warm_ms=1000 ms=5000 claimers=100 [rate=0] [chatters=0 chat=0] [text=A01+1] [answers_ms=30000]
//
// Sockets 0..claimers-1 claim: with rate=0 each as soon as it was answered (closed loop), else
// `rate` a second in all whether answered or not (open loop; latency counts from the moment at which
// a claim was due). The next `chatters` sockets say `chat` things a second. Counted is what is
// acknowledged in the `ms` after `warm_ms`; then answers still missing are awaited for `answers_ms`.
// Of what is chatted it is told too when the last of all sockets had it (`last_…`).
//
//   storm ms=10000 [timeout_ms=60000]
//
// All connections are cut, and each socket comes back at a moment of its own within `ms`, saying how
// far it had got; one that is turned away tries again a second later. Told is how long it took until
// all were in the room again, and how long each one's own way back was.
//
// The end of standard input ends the program, as does a quarter of an hour.
//
// Build: cc -O2 -o load load.c -lz
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/tcp.h>
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
#include <zlib.h>

enum { HEAD = 3072, WHOLE = 1 << 20, INFLATED = 1 << 23, GLANCE = 512, WAITING = 32, LATENCIES = 1 << 22, OFFSETS = 1 << 24 };
enum { CODES = 16, LIFE_S = 900, REACHES = 1 << 20, AGAIN_US = 1000000 };

enum state { CLOSED, UPGRADING, OPENING, CONNECTING, JOINING, IN_ROOM };

struct conn {
  int fd;
  enum state state;
  uint8_t lead[14];  // what has come of a frame's header
  int leading;
  uint64_t size, got;  // payload of the frame that is being read
  bool reading;
  char *head;  // the payload, or its beginning
  int kept;
  char epoch[48];
  int64_t offset, at_ms;
  int sent;  // acknowledgement numbers used
  int join;  // number of the join that is to be answered; -1: none
  int64_t since[WAITING];  // by number: when a claim was due; 0 when nothing is awaited
  int waiting;
  int64_t due, begun;  // in a storm: when it comes back, and when it did
};

static struct conn *conns;
static int count, opened, inside, dead, connecting, at_once = 64, port, looking = 10, deflate_ = 1, epoll;
static z_stream inflater;
static const char *show, *text = "A01+1";
static char **cookies;
static int cookie_count;

// What is counted
static int64_t measured_from, measured_to;
static int claimers, chatters;
static bool closed_loop, sending, storming;
static uint32_t *latencies, *seen;
static int latency_count, seen_count;
static uint64_t acks, acks_whole, held, repeated, refused, unanswered, skipped, frames, events, bytes;
static uint64_t rejoins, wholes, missed, chatted;
static uint8_t *offsets;
static int again;
// By offset, as far as REACHES: when it was said and acknowledged, how many have it, since when.
static int64_t *said_at, *had_at, newest;
static int *had;
static struct { char name[40]; uint64_t times; } codes[CODES];

static void fail(const char *what) {
  perror(what);
  exit(2);
}

static int64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static void leave(struct conn *c) {
  if (c->state == CLOSED) return;
  if (c->state == IN_ROOM) inside--;
  else connecting--;
  unanswered += c->waiting;
  close(c->fd);
  c->state = CLOSED;
  if (storming) {
    again++;
    c->due = now_us() + AGAIN_US;
  } else {
    dead++;
  }
}

// Writes one masked text frame; the mask is zero, which is a mask like any other.
static void say(struct conn *c, const char *payload, int size) {
  uint8_t frame[2048];
  int head = size < 126 ? 2 : 4;
  frame[0] = 0x81;
  if (size < 126) {
    frame[1] = 0x80 | size;
  } else {
    frame[1] = 0x80 | 126;
    frame[2] = size >> 8;
    frame[3] = size & 255;
  }
  memset(frame + head, 0, 4);
  memcpy(frame + head + 4, payload, size);
  if (write(c->fd, frame, head + 4 + size) != head + 4 + size) leave(c);
}

static void comment(struct conn *c, const char *words, int64_t due) {
  char payload[1024];
  int number = c->sent++;
  int size = snprintf(payload, sizeof payload,
                      "42/live,%d[\"comment\",{\"request_id\":\"load-%d-%d-%d\",\"text\":\"%s\"}]", number,
                      (int)getpid(), (int)(c - conns), number, words);
  c->since[number % WAITING] = due;
  c->waiting++;
  say(c, payload, size);
}

static void join(struct conn *c, bool again) {
  char payload[512];
  int size;
  c->join = c->sent++;
  if (again && c->epoch[0])
    size = snprintf(payload, sizeof payload,
                    "42/live,%d[\"join\",{\"show\":\"%s\",\"since\":{\"epoch\":\"%s\",\"offset\":%" PRId64
                    ",\"at_ms\":%" PRId64 "}}]",
                    c->join, show, c->epoch, c->offset, c->at_ms);
  else
    size = snprintf(payload, sizeof payload, "42/live,%d[\"join\",{\"show\":\"%s\"}]", c->join, show);
  say(c, payload, size);
}

static void open_(struct conn *c) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  char request[1024];
  int one = 1, size;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (c->fd < 0) fail("socket");
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  c->join = -1;
  c->reading = false;
  c->leading = c->waiting = 0;
  memset(c->since, 0, sizeof c->since);
  c->begun = now_us();
  c->state = UPGRADING;
  connecting++;
  if (connect(c->fd, (void *)&to, sizeof to)) {
    leave(c);
    return;
  }
  size = snprintf(request, sizeof request,
                  "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                  "Origin: http://127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                  "%s%s%s%s\r\n",
                  port, port, deflate_ ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "", cookie_count ? "Cookie: plusone=" : "",
                  cookie_count ? cookies[(c - conns) % cookie_count] : "", cookie_count ? "\r\n" : "");
  if (write(c->fd, request, size) != size) {
    leave(c);
    return;
  }
  fcntl(c->fd, F_SETFL, O_NONBLOCK);
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &e)) fail("epoll_ctl");
}

static int64_t number_after(const char *in, int size, const char *name) {
  const char *at = memmem(in, size, name, strlen(name));
  return at ? strtoll(at + strlen(name), 0, 10) : -1;
}

static void count_code(const char *p, int size) {
  const char *at = memmem(p, size, "\"code\":\"", 8), *end;
  if (!at || !(end = memchr(at + 8, '"', p + size - at - 8))) return;
  for (int i = 0; i < CODES; i++) {
    int length = end - at - 8;
    if (!codes[i].name[0]) snprintf(codes[i].name, sizeof codes[i].name, "%.*s", length, at + 8);
    if (!strncmp(codes[i].name, at + 8, length) && !codes[i].name[length]) {
      codes[i].times++;
      return;
    }
  }
}

// Takes over {epoch, offset|to, at_ms} from a snapshot or a frame.
static void take_place(struct conn *c, const char *p, int size) {
  int64_t before = c->offset, t = now_us();
  const char *epoch = memmem(p, size, "\"epoch\":\"", 9);
  if (!epoch) return;
  int left = p + size - epoch;
  const char *end = memchr(epoch + 9, '"', left - 9);
  int64_t offset = number_after(epoch, left, "\"offset\":");
  int64_t to = number_after(epoch, left < 200 ? left : 200, "\"to\":");
  if (!end) return;
  snprintf(c->epoch, sizeof c->epoch, "%.*s", (int)(end - epoch - 9), epoch + 9);
  c->offset = to >= 0 ? to : offset;
  c->at_ms = number_after(epoch, left, "\"at_ms\":");
  for (int64_t i = before + 1; before && i <= c->offset && i < REACHES; i++) {
    had[i]++;
    had_at[i] = t;
  }
}

static void joined(struct conn *c, const char *p, int size) {
  c->join = -1;
  if (!memmem(p, size < 60 ? size : 60, "\"ok\":true", 9)) {
    count_code(p, size);
    leave(c);
    return;
  }
  if (memmem(p, size < 200 ? size : 200, "\"missed\":", 9)) missed++;
  else wholes++;
  take_place(c, p, size);
  if (c->state == JOINING) {
    c->state = IN_ROOM;
    connecting--;
    inside++;
    if (storming && latency_count < LATENCIES) latencies[latency_count++] = now_us() - c->begun;
  }
}

static void acknowledged(struct conn *c, const char *p, int size) {
  int number = atoi(p);
  int64_t t = now_us();
  if (number == c->join) {
    joined(c, p, size);
    return;
  }
  int64_t due = c->since[number % WAITING];
  if (!due) return;
  c->since[number % WAITING] = 0;
  c->waiting--;
  bool claims = c - conns < claimers;
  if (!memmem(p, size < 60 ? size : 60, "\"ok\":true", 9)) {
    refused++;
    count_code(p, size);
  } else if (claims) {
    int64_t first = number_after(p, size, "\"first\":");
    acks_whole++;
    if (memmem(p, size, "\"claim.held\"", 12)) held++;
    if (first >= 0 && first < OFFSETS) {
      if (offsets[first >> 3] & 1 << (first & 7)) repeated++;
      offsets[first >> 3] |= 1 << (first & 7);
    }
    if (t >= measured_from && t < measured_to) {
      acks++;
      if (latency_count < LATENCIES) latencies[latency_count++] = t - due;
    }
  } else {
    int64_t first = number_after(p, size, "\"first\":");
    chatted++;
    if (first > newest) newest = first;
    if (first >= 0 && first < REACHES && due >= measured_from && due < measured_to)
      said_at[first] = due;
  }
  if (closed_loop && claims && sending && c->state == IN_ROOM) comment(c, text, now_us());
}

static void look_for_stamps(const char *p, int size) {
  int64_t t = now_us();
  const char *end = p + size, *at = p;
  while ((at = memmem(at, end - at, "\"text\":\"said at ", 16))) {
    int64_t said = strtoll(at + 16, 0, 10);
    if (said >= measured_from && said < measured_to && seen_count < LATENCIES)
      seen[seen_count++] = t - said;
    at += 16;
  }
}

static void framed(struct conn *c, const char *p, int size) {
  int64_t t = now_us();
  bool counts = t >= measured_from && t < measured_to;
  int64_t from = number_after(p, size < 300 ? size : 300, "\"from\":");
  int64_t to = number_after(p, size < 300 ? size : 300, "\"to\":");
  if (counts) {
    frames++;
    bytes += c->size;
  }
  if ((c - conns) % looking == 0) look_for_stamps(p, size);
  if (from < 0) {  // a server that sends each event by itself
    if (counts) events++;
    return;
  }
  if (c->join >= 0 || to <= c->offset) return;
  if (from != c->offset + 1) {
    rejoins++;
    join(c, true);
    return;
  }
  if (counts) events += to - from + 1;
  take_place(c, p, size);
}

// The text of a compressed message (RFC 7692), or as much of its beginning as is looked at.
static char *inflated(const struct conn *c, char *p, int *size) {
  static char whole[INFLATED];
  bool looks = (c - conns) % looking == 0;
  inflateReset(&inflater);
  inflater.next_in = (uint8_t *)p;
  inflater.avail_in = *size;
  inflater.next_out = (uint8_t *)whole;
  inflater.avail_out = looks ? INFLATED : GLANCE;
  int done = inflate(&inflater, Z_SYNC_FLUSH);
  if (done != Z_OK && done != Z_BUF_ERROR && done != Z_STREAM_END) {
    fprintf(stderr, "not deflated: %s\n", inflater.msg ? inflater.msg : "");
    exit(2);
  }
  *size = (char *)inflater.next_out - whole;
  return whole;
}

// One message, of which `size` bytes were kept.
static void message(struct conn *c, char *p, int size) {
  int opcode = c->lead[0] & 15;
  if (c->lead[0] & 0x40) p = inflated(c, p, &size);
  if (opcode == 8) {
    leave(c);
  } else if (opcode == 9) {
    return;
  } else if (size == 1 && p[0] == '2') {
    say(c, "3", 1);
  } else if (c->state == OPENING) {
    say(c, "40/live,", 8);
    c->state = CONNECTING;
  } else if (c->state == CONNECTING) {
    if (size < 3 || memcmp(p, "40", 2)) {
      count_code(p, size);
      leave(c);
      return;
    }
    c->state = JOINING;
    join(c, true);
  } else if (size > 8 && !memcmp(p, "43/live,", 8)) {
    acknowledged(c, p + 8, size - 8);
  } else if (size > 11 && !memcmp(p, "42/live,[\"", 10)) {
    if (!memcmp(p + 10, "catch_up", 8)) {
      if (c->join < 0) {
        rejoins++;
        join(c, true);
      }
    } else if (memcmp(p + 10, "pulse", 5)) {
      framed(c, p, size);
    }
  }
}

// Bytes of the frame's header that are needed, as far as can be told.
static int lead_size(const struct conn *c) {
  if (c->leading < 2) return 2;
  int size = c->lead[1] & 127;
  return size == 126 ? 4 : size == 127 ? 10 : 2;
}

static void begin_payload(struct conn *c) {
  int size = c->lead[1] & 127;
  c->size = size;
  if (size >= 126) {
    c->size = 0;
    for (int i = 2; i < lead_size(c); i++) c->size = c->size << 8 | c->lead[i];
  }
  c->got = 0;
  c->kept = 0;
  c->reading = true;
}

static int wanted(const struct conn *c) {
  uint64_t most = (c - conns) % looking == 0 ? WHOLE : HEAD;
  return c->size < most ? c->size : most;
}

static void feed(struct conn *c, const char *p, int size) {
  while (size > 0 && c->state != CLOSED) {
    if (!c->reading) {
      int n = lead_size(c) - c->leading;
      if (n > size) n = size;
      memcpy(c->lead + c->leading, p, n);
      c->leading += n;
      p += n;
      size -= n;
      if (c->leading < 2 || c->leading < lead_size(c)) continue;
      begin_payload(c);
    }
    uint64_t left = c->size - c->got;
    int n = left < (uint64_t)size ? (int)left : size, keep = wanted(c) - c->kept;
    if (keep > n) keep = n;
    if (keep > 0) {
      memcpy(c->head + c->kept, p, keep);
      c->kept += keep;
    }
    c->got += n;
    p += n;
    size -= n;
    if (c->got == c->size) {
      c->reading = false;
      c->leading = 0;
      message(c, c->head, c->kept);
    }
  }
}

static void upgrade(struct conn *c, char *p, int size) {
  char *end = memmem(p, size, "\r\n\r\n", 4);
  if (!end || size < 12 || memcmp(p, "HTTP/1.1 101", 12)) {
    fprintf(stderr, "not upgraded: %.*s\n", size < 300 ? size : 300, p);
    leave(c);
    return;
  }
  c->state = OPENING;
  feed(c, end + 4, p + size - end - 4);
}

static void receive(struct conn *c) {
  static char buffer[1 << 18];
  for (int rounds = 0; rounds < 8 && c->state != CLOSED; rounds++) {
    ssize_t n;
    bool drop = c->reading && c->kept >= wanted(c) && c->got < c->size;
    if (drop) {
      uint64_t left = c->size - c->got;
      n = recv(c->fd, 0, left, MSG_TRUNC);
    } else {
      // The kernel can only drop what was not read along with the head.
      n = recv(c->fd, buffer, (c - conns) % looking == 0 ? sizeof buffer : HEAD, 0);
    }
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
      leave(c);
      return;
    }
    if (!drop) {
      if (c->state == UPGRADING) upgrade(c, buffer, n);
      else feed(c, buffer, n);
    } else if ((c->got += n) == c->size) {
      c->reading = false;
      c->leading = 0;
      message(c, c->head, c->kept);
    }
  }
}

static int by_size(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static double share(const uint32_t *sorted, int n, double part) {
  return n ? sorted[(int)((n - 1) * part)] / 1000.0 : 0;
}

static double cpu_s(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void poll_once(int timeout_ms) {
  struct epoll_event happened[256];
  int n = epoll_wait(epoll, happened, 256, timeout_ms);
  for (int i = 0; i < n; i++) {
    struct conn *c = happened[i].data.ptr;
    if (c->state != CLOSED) receive(c);
  }
}

static int outstanding(void) {
  int n = 0;
  for (int i = 0; i < opened; i++)
    if (conns[i].state != CLOSED) n += conns[i].waiting;
  return n;
}

// Whether some socket has not got yet what others said.
static bool lags(void) {
  for (int i = 0; i < count; i++)
    if (conns[i].state == IN_ROOM && conns[i].offset < newest) return true;
  return false;
}

// From when each thing was said until the last of all sockets had it.
static void print_last(void) {
  int n = 0, missing = 0;
  for (int64_t i = 0; i <= newest && i < REACHES; i++) {
    if (!said_at[i]) continue;
    if (had[i] < count) missing++;
    else if (n < LATENCIES) latencies[n++] = had_at[i] - said_at[i];
  }
  qsort(latencies, n, sizeof *latencies, by_size);
  printf(",\"last\":%d,\"last_missing\":%d,\"last_p50_ms\":%.2f,\"last_p99_ms\":%.2f", n, missing,
         share(latencies, n, 0.5), share(latencies, n, 0.99));
}

static void print_run(double seconds, double cpu) {
  qsort(latencies, latency_count, sizeof *latencies, by_size);
  qsort(seen, seen_count, sizeof *seen, by_size);
  printf("{\"seconds\":%.3f,\"acks\":%" PRIu64 ",\"acks_whole\":%" PRIu64 ",\"held\":%" PRIu64
         ",\"repeated\":%" PRIu64 ",\"refused\":%" PRIu64 ",\"unanswered\":%" PRIu64
         ",\"skipped\":%" PRIu64 ",\"chatted\":%" PRIu64,
         seconds, acks, acks_whole, held, repeated, refused, unanswered, skipped, chatted);
  printf(",\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f", share(latencies, latency_count, 0.5),
         share(latencies, latency_count, 0.99), share(latencies, latency_count, 1));
  printf(",\"seen\":%d,\"seen_p50_ms\":%.2f,\"seen_p99_ms\":%.2f", seen_count,
         share(seen, seen_count, 0.5), share(seen, seen_count, 0.99));
  printf(",\"frames\":%" PRIu64 ",\"events\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"rejoins\":%" PRIu64
         ",\"wholes\":%" PRIu64 ",\"missed\":%" PRIu64 ",\"inside\":%d,\"dead\":%d,\"cpu_s\":%.2f,\"codes\":{",
         frames, events, bytes, rejoins, wholes, missed, inside, dead, cpu);
  for (int i = 0; i < CODES && codes[i].name[0]; i++)
    printf("%s\"%s\":%" PRIu64, i ? "," : "", codes[i].name, codes[i].times);
  printf("}");
  print_last();
  printf("}\n");
  fflush(stdout);
}

static void run(int64_t warm_ms, int64_t ms, double rate, double chat, int64_t answers_ms) {
  int64_t begun = now_us();
  int64_t claims_due = 0, chats_due = 0;
  int claimer = 0, chatter = 0;
  double cpu = 0;
  char words[64];
  latency_count = seen_count = 0;
  acks = acks_whole = held = repeated = refused = skipped = frames = events = bytes = 0;
  rejoins = wholes = missed = chatted = unanswered = 0;
  memset(codes, 0, sizeof codes);
  memset(said_at, 0, REACHES * sizeof *said_at);
  newest = 0;
  measured_from = begun + warm_ms * 1000;
  measured_to = measured_from + ms * 1000;
  closed_loop = rate == 0;
  sending = true;
  if (closed_loop)
    for (int i = 0; i < claimers; i++)
      if (conns[i].state == IN_ROOM) comment(&conns[i], text, now_us());
  for (int64_t t = begun; t < measured_to; t = now_us()) {
    if (!cpu && t >= measured_from) cpu = cpu_s();
    for (; !closed_loop && begun + claims_due / rate * 1e6 <= t; claims_due++) {
      struct conn *c = &conns[claimer++ % claimers];
      if (c->state != IN_ROOM || c->waiting >= WAITING) skipped++;
      else comment(c, text, begun + claims_due / rate * 1e6);
    }
    for (; chat > 0 && begun + chats_due / chat * 1e6 <= t; chats_due++) {
      struct conn *c = &conns[claimers + chatter++ % chatters];
      if (c->state != IN_ROOM || c->waiting >= WAITING) {
        skipped++;
        continue;
      }
      snprintf(words, sizeof words, "said at %" PRId64, now_us());
      comment(c, words, now_us());
    }
    poll_once(closed_loop && chat == 0 ? 50 : 1);
  }
  cpu = cpu_s() - cpu;
  sending = false;
  for (int64_t end = now_us() + answers_ms * 1000; (outstanding() || lags()) && now_us() < end;)
    poll_once(10);
  unanswered += outstanding();
  print_run(ms / 1000.0, cpu);
}

static void storm(int64_t ms, int64_t timeout_ms) {
  int64_t begun = now_us();
  double cpu = cpu_s();
  storming = true;
  latency_count = again = 0;
  wholes = missed = 0;
  for (int i = 0; i < count; i++) {
    struct conn *c = &conns[i];
    if (c->state != CLOSED) close(c->fd);
    c->state = CLOSED;
    c->due = begun + ms * 1000 / count * i;
  }
  // Each at a place of its own, but in no order: whoever sits together does not come together.
  for (int i = count - 1; i > 0; i--) {
    int j = rand() % (i + 1);
    int64_t due = conns[i].due;
    conns[i].due = conns[j].due;
    conns[j].due = due;
  }
  inside = connecting = dead = 0;
  while (inside < count && now_us() < begun + timeout_ms * 1000) {
    int64_t t = now_us();
    for (int i = 0; i < count; i++)
      if (conns[i].state == CLOSED && conns[i].due <= t) open_(&conns[i]);
    poll_once(1);
  }
  double seconds = (now_us() - begun) / 1e6;
  storming = false;
  qsort(latencies, latency_count, sizeof *latencies, by_size);
  printf("{\"seconds\":%.3f,\"inside\":%d,\"again\":%d,\"wholes\":%" PRIu64 ",\"missed\":%" PRIu64
         ",\"way_p50_ms\":%.1f,\"way_p99_ms\":%.1f,\"cpu_s\":%.2f}\n",
         seconds, inside, again, wholes, missed, share(latencies, latency_count, 0.5),
         share(latencies, latency_count, 0.99), cpu_s() - cpu);
  fflush(stdout);
}

static void obey(const char *line) {
  int64_t warm_ms = 1000, ms = 5000, answers_ms = 30000, timeout_ms = 60000;
  double rate = 0, chat = 0;
  char copy[256], *word, *rest = 0;
  snprintf(copy, sizeof copy, "%s", line);
  claimers = chatters = 0;
  word = strtok_r(copy, " \n", &rest);
  bool storms = word && !strcmp(word, "storm");
  if (!word || (!storms && strcmp(word, "run"))) {
    fprintf(stderr, "not a command: %s", line);
    exit(2);
  }
  while ((word = strtok_r(0, " \n", &rest))) {
    if (!strncmp(word, "warm_ms=", 8)) warm_ms = atoll(word + 8);
    else if (!strncmp(word, "ms=", 3)) ms = atoll(word + 3);
    else if (!strncmp(word, "claimers=", 9)) claimers = atoi(word + 9);
    else if (!strncmp(word, "chatters=", 9)) chatters = atoi(word + 9);
    else if (!strncmp(word, "answers_ms=", 11)) answers_ms = atoll(word + 11);
    else if (!strncmp(word, "rate=", 5)) rate = atof(word + 5);
    else if (!strncmp(word, "chat=", 5)) chat = atof(word + 5);
    else if (!strncmp(word, "text=", 5)) text = strdup(word + 5);
    else if (!strncmp(word, "timeout_ms=", 11)) timeout_ms = atoll(word + 11);
  }
  if (storms) {
    storm(ms, timeout_ms);
    return;
  }
  if (claimers + chatters > count || (rate > 0 && !claimers) || (chat > 0 && !chatters)) {
    fprintf(stderr, "not enough sockets\n");
    exit(2);
  }
  run(warm_ms, ms, rate, chat, answers_ms);
}

static void read_cookies(const char *file) {
  char line[256];
  FILE *f = fopen(file, "r");
  if (!f) fail(file);
  while (fgets(line, sizeof line, f)) {
    line[strcspn(line, "\r\n")] = 0;
    if (!line[0]) continue;
    cookies = realloc(cookies, (cookie_count + 1) * sizeof *cookies);
    cookies[cookie_count++] = strdup(line);
  }
  fclose(f);
}

int main(int argc, char **argv) {
  struct rlimit files;
  for (int i = 1; i < argc; i++) {
    if (!strncmp(argv[i], "port=", 5)) port = atoi(argv[i] + 5);
    else if (!strncmp(argv[i], "show=", 5)) show = argv[i] + 5;
    else if (!strncmp(argv[i], "cookies=", 8)) read_cookies(argv[i] + 8);
    else if (!strncmp(argv[i], "sockets=", 8)) count = atoi(argv[i] + 8);
    else if (!strncmp(argv[i], "looking=", 8)) looking = atoi(argv[i] + 8);
    else if (!strncmp(argv[i], "at_once=", 8)) at_once = atoi(argv[i] + 8);
    else if (!strncmp(argv[i], "deflate=", 8)) deflate_ = atoi(argv[i] + 8);
  }
  if (!port || !show || count < 1 || looking < 1) {
    fprintf(stderr, "usage: load port= show= cookies= sockets= [looking=] [at_once=]\n");
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  alarm(LIFE_S);
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  conns = calloc(count, sizeof *conns);
  latencies = malloc(LATENCIES * sizeof *latencies);
  seen = malloc(LATENCIES * sizeof *seen);
  offsets = calloc(OFFSETS / 8, 1);
  said_at = calloc(REACHES, sizeof *said_at);
  had_at = calloc(REACHES, sizeof *had_at);
  had = calloc(REACHES, sizeof *had);
  if (!conns || !latencies || !seen || !offsets || !said_at || !had_at || !had) fail("memory");
  for (int i = 0; i < count; i++)
    if (!(conns[i].head = malloc(i % looking == 0 ? WHOLE : HEAD))) fail("memory");
  if (inflateInit2(&inflater, -MAX_WBITS) != Z_OK) fail("zlib");
  epoll = epoll_create1(0);
  int64_t begun = now_us();
  while (inside + dead < count && now_us() < begun + 120000000LL) {
    while (opened < count && connecting < at_once) open_(&conns[opened++]);
    poll_once(20);
  }
  printf("{\"inside\":%d,\"dead\":%d,\"seconds\":%.3f}\n", inside, dead, (now_us() - begun) / 1e6);
  fflush(stdout);

  // Commands come on standard input; while none is there the sockets are kept alive.
  int flags = fcntl(0, F_GETFL);
  fcntl(0, F_SETFL, flags | O_NONBLOCK);
  for (;;) {
    char line[256];
    ssize_t n = read(0, line, sizeof line - 1);
    if (n == 0) return 0;
    if (n > 0) {
      line[n] = 0;
      obey(line);
    }
    poll_once(20);
  }
}
