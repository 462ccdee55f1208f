// The official Socket.IO client, as a page uses it: joins an auction, keeps its place in the log,
// comes back by itself, sends what was not answered again. Prints what each client saw as JSON.
//
//   node client.cjs URL CLIENTS        CLIENTS: {name: options of io()}
//
// On standard input: one line with the offset to reach, then it ends.
const { createRequire } = require("node:module");
const path = require("node:path");
const readline = require("node:readline");

const require_ = createRequire(path.join(__dirname, "../../web/ui/package.json"));
const { io } = require_("socket.io-client");

const [url, clients] = process.argv.slice(2);

class Client {
  constructor(name, options) {
    this.name = name;
    this.place = null;
    this.texts = [];
    this.problems = [];
    this.reasons = [];
    this.frames = 0;
    this.transports = new Set();
    this.acknowledged = 0;
    this.socket = io(`${url}/auction`, {
      forceNew: true,
      reconnectionDelay: 20,
      reconnectionDelayMax: 50,
      auth: { id: name },
      ...options,
    });
    this.socket.on("connect", () => this.join());
    this.socket.on("catch_up", () => this.join());
    this.socket.on("disconnect", (reason) => this.reasons.push(reason));
    this.socket.on("connect_error", (error) => this.problems.push(`connect: ${error.message}`));
    this.socket.on("frame", (frame) => this.take(frame));
  }

  join() {
    this.joined = false;
    // Not a promise: the next frame may come with the same bytes, before a promise is looked at.
    this.socket.emit("join", { since: this.place }, (reply) => this.enter(reply));
  }

  enter(reply) {
    if (!reply.ok) return this.problems.push(`join: ${JSON.stringify(reply)}`);
    this.joined = true;
    if (reply.missed) return this.take(reply.missed);
    if (this.place) this.problems.push("a whole snapshot where what was missed would have done");
    const { epoch, offset, at_ms, comments } = reply.whole;
    this.place = { epoch, offset, at_ms };
    this.texts = comments.map((comment) => comment.text);
  }

  take(frame) {
    if (!this.joined) return this.problems.push("a frame before the answer to join");
    if (frame.from !== this.place.offset + 1)
      return this.problems.push(`${frame.from}..${frame.to} after ${this.place.offset}`);
    this.frames += 1;
    this.transports.add(this.socket.io.engine.transport.name);
    for (const event of frame.events) if (event.type === "said") this.texts.push(event.text);
    this.place = { epoch: frame.epoch, offset: frame.to, at_ms: frame.at_ms };
  }

  async speak() {
    for (let number = 0; number < 20; number += 1) {
      const said = { text: `${this.name} ${number} +1 ünï漢 "q"`, request_id: `${this.name}-${number}` };
      for (;;) {
        try {
          const reply = await this.socket.timeout(2000).emitWithAck("say", said);
          if (!reply.ok) this.problems.push(`say: ${JSON.stringify(reply)}`);
          break;
        } catch {
          // Not answered, since the connection was cut: again, under the same name.
        }
      }
      this.acknowledged += 1;
    }
  }
}

async function main() {
  const all = Object.entries(JSON.parse(clients)).map(([name, options]) => new Client(name, options));
  await Promise.all(all.map((client) => new Promise((done) => client.socket.once("connect", done))));
  console.log("connected");
  const spoken = Promise.all(all.map((client) => client.speak()));
  const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  await spoken;
  console.log("spoken");
  const until = Number((await lines.next()).value);
  while (all.some((client) => client.place.offset < until))
    await new Promise((done) => setTimeout(done, 10));
  const seen = all.map(({ name, texts, frames, problems, reasons, transports, acknowledged }) => [
    name,
    { texts, frames, problems, reasons, transports: [...transports], acknowledged },
  ]);
  const told = JSON.stringify(Object.fromEntries(seen));
  for (const client of all) client.socket.close();
  process.stdout.write(`${told}\n`, () => process.exit(0));
}

main();
