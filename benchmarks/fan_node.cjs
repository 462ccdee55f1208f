// Socket.IO's own server, as it comes, sending what it is given to all who have joined.
//
//   node fan_node.cjs FRAME        FRAME: what is sent, as JSON
//
// Obeys the same lines as `fan_servers.py`: prints its port, then does `send EVENTS GAP_MS`.
const { createServer } = require("node:http");
const { createRequire } = require("node:module");
const path = require("node:path");
const readline = require("node:readline");
const { setTimeout: sleep, setImmediate: turn } = require("node:timers/promises");

const require_ = createRequire(path.join(__dirname, "../web/ui/package.json"));
const { Server } = require_("socket.io");

const frame = JSON.parse(process.argv[2]);
const http = createServer();
const auction = new Server(http).of("/auction");

auction.on("connection", (socket) => {
  socket.on("join", (asked, answer) => {
    socket.join(asked.room);
    answer({ ok: true });
  });
});

async function send(events, gapMs) {
  let due = performance.now();
  for (let i = 0; i < events; i += 1) {
    auction.emit("frame", frame);
    due += gapMs;
    const early = due - performance.now();
    await (early > 0 ? sleep(early) : turn());
  }
  console.log("done");
}

http.listen({ port: 0, host: "127.0.0.1", backlog: 2048 }, () => console.log(http.address().port));
readline
  .createInterface({ input: process.stdin })
  .on("line", (line) => {
    const [, events, gapMs] = line.split(" ").map(Number);
    void send(events, gapMs);
  })
  .on("close", () => process.exit(0));
