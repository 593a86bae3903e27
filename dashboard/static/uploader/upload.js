// Upload: one file on its way, from the first look at it to the link of the video.

const version = new URL(import.meta.url).search;
const api = await import(`./api.js${version}`);
const { checksum, FileChanged } = await import(`./checksums.js${version}`);
const { combined } = await import(`./crc64.js${version}`);
const { described, fingerprint } = await import(`./files.js${version}`);
const { persist } = await import(`./patience.js${version}`);
const { sendPart, sendChunk } = await import(`./parts.js${version}`);
const { size } = await import(`./words.js${version}`);

const MOST_COMPLETIONS = 3;
let made = 0;

// States: checking, then refused or ready; waiting, sending, finishing, then done, duplicate or failed; paused between
// waiting and finishing; and gone, which is shown no more.
export class Upload {
  constructor(file, queue) {
    this.number = ++made;
    this.file = file;
    this.queue = queue;
    this.fingerprint = fingerprint(file);
    this.state = "checking";
    this.note = ""; // a sentence on what is the matter
    this.there = new Map(); // bytes of the parts that have arrived, by number
    this.flight = new Map(); // bytes of the parts that are travelling
    this.sums = new Map(); // checksums of our parts
    this.todo = [];
    this.completions = 0; // tries of it
    this.stop = new AbortController(); // another one each time that it begins
  }

  get arrived() {
    if (["done", "duplicate"].includes(this.state)) return this.file.size;
    let bytes = 0;
    for (const sent of this.there.values()) bytes += sent;
    for (const sent of this.flight.values()) bytes += sent;
    return Math.min(bytes, this.file.size);
  }

  get isActive() {
    return ["sending", "finishing"].includes(this.state);
  }

  get isUnderWay() {
    return this.isActive || ["waiting", "paused"].includes(this.state);
  }

  become(state, note = "") {
    this.state = state;
    this.note = note;
    this.queue.changed(this);
  }

  // Ask whether it would be taken; its first bytes decide, and how much room there is.
  async look() {
    this.become("checking");
    try {
      const about = await described(this.file, this.queue.options);
      this.verdict = await this.persist(() => api.check(about, this.stop.signal));
      const { finished } = this.verdict;
      if (finished) this.settle({ state: "done", existing: true, link: finished.link, monthly_cost_usd: null });
      else this.become("ready");
    } catch (error) {
      this.giveUp(error, this.stop.signal, "refused");
    }
  }

  // What was uploaded before, by its name, size and time, is to be sent all the same.
  sendAgain() {
    this.answer = undefined;
    this.become("waiting");
    this.queue.pump();
  }

  // Get a session for it, and learn what of it has arrived.
  async begin() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.todo = [];
    this.completions = 0;
    this.become("sending");
    try {
      const about = await described(this.file, this.queue.options);
      await this.join(await this.persist(() => api.start(about, signal)), signal);
    } catch (error) {
      this.giveUp(error, signal);
    }
  }

  async join(session, signal) {
    if (this.session?.part_bytes !== session.part_bytes) this.sums.clear(); // it is cut otherwise by another provider
    this.session = session;
    await this.compare(session, signal);
    this.queue.pump();
    await this.finishIfWhole();
  }

  // What has arrived counts where it is what the file has there: it may be another one by the same name.
  async compare(session, signal) {
    const received = Object.entries(session.received).map(([number, sum]) => [Number(number), sum]);
    this.there = new Map(received.map(([number]) => [number, this.size(number)]));
    this.todo = [...session.missing];
    if (session.state !== "receiving") return;
    this.comparing = true;
    this.queue.pump(); // what is missing is missing in any case
    for (const [number, sum] of received) {
      if (!this.sums.has(number)) this.sums.set(number, await checksum(this.piece(number)));
      signal.throwIfAborted();
      if (sum !== null && sum !== String(this.sums.get(number))) this.again(number);
    }
    this.comparing = false;
  }

  again(number) {
    this.there.delete(number);
    this.todo.unshift(number);
  }

  // Whether there is a part to be sent now; one at a time where the provider wants the file from start to end.
  get hasPart() {
    if (this.state !== "sending" || !this.todo.length) return false;
    return this.session.mode !== "tus" || (!this.flight.size && !this.comparing);
  }

  take() {
    const number = this.todo.shift();
    this.flight.set(number, 0);
    return number;
  }

  async sendPart(number) {
    const { signal } = this.stop;
    const send = this.session.mode === "tus" ? sendChunk : sendPart;
    try {
      const sum = await this.persist(() => send(this, number, signal));
      if (signal.aborted) return;
      this.sums.set(number, sum);
      this.there.set(number, this.size(number));
      this.flight.delete(number);
    } catch (error) {
      this.giveUp(error, signal);
      return;
    }
    await this.finishIfWhole();
  }

  progress(number, bytes) {
    const before = this.flight.get(number) ?? 0;
    this.flight.set(number, bytes);
    this.queue.sent(bytes - before);
  }

  async finishIfWhole() {
    if (this.state !== "sending" || !this.session || this.comparing || this.todo.length || this.flight.size) return;
    const { signal } = this.stop;
    this.become("finishing");
    try {
      await this.finish(signal);
    } catch (error) {
      this.giveUp(error, signal);
    }
  }

  async finish(signal) {
    this.completions++;
    const whole = { crc64nvme: String(this.whole()) };
    try {
      this.settle(await this.persist(() => api.complete(this.session.id, whole, signal)));
    } catch (error) {
      if (![409, 422].includes(error.status) || this.completions >= MOST_COMPLETIONS) throw error;
      const now = await this.persist(() => api.standing(this.session.id, signal));
      if (now.state !== "receiving") throw error;
      this.become("sending"); // a part is gone, or is not what was sent: those that differ are sent again
      await this.join(now, signal);
    }
  }

  whole() {
    const numbers = [...this.sums.keys()].sort((a, b) => a - b);
    return combined(numbers.map((number) => [this.sums.get(number), this.size(number)]));
  }

  settle(answer) {
    this.answer = answer;
    this.become(answer.state);
    this.queue.finished(this);
  }

  // Have a second video of bytes that the library has already, or drop them.
  async keepBoth() {
    await this.decide(async () => {
      const told = { crc64nvme: String(this.whole()), keep_duplicate: true };
      this.settle(await this.persist(() => api.complete(this.session.id, told, this.stop.signal)));
    });
  }

  async useExisting() {
    await this.decide(async () => {
      await this.persist(() => api.abort(this.session.id));
      this.settle({ ...this.answer, state: "done", existing: true });
    });
  }

  async decide(work) {
    this.become("finishing");
    await work().catch((error) => this.become("duplicate", words(error)));
  }

  pause() {
    if (!["waiting", "sending"].includes(this.state)) return;
    const halfSent = [...this.flight.values()].reduce((all, bytes) => all + bytes, 0);
    this.halt();
    this.become("paused", halfSent ? `${size(halfSent)} of parts that were on their way will be sent again.` : "");
  }

  // Stop what travels; what is missing is asked for again when it goes on.
  halt() {
    this.stop.abort(new DOMException("It was stopped.", "AbortError"));
    this.flight.clear();
    this.comparing = false;
  }

  goOn() {
    if (!["paused", "failed"].includes(this.state)) return;
    this.become("waiting");
    this.queue.pump();
  }

  async cancel() {
    this.halt();
    this.become("gone");
    if (!this.session) return;
    const stop = new AbortController();
    await persist(() => api.abort(this.session.id), stop.signal, this.queue).catch(() => {
      // the server gives up by itself what nobody goes on with
    });
  }

  giveUp(error, signal, state = "failed") {
    if (signal.aborted) return; // it was paused or cancelled
    this.halt();
    this.become(state, words(error));
    this.queue.pump();
  }

  persist(work) {
    return persist(work, this.stop.signal, this.queue);
  }

  size(number) {
    return Math.min(this.session.part_bytes, this.file.size - (number - 1) * this.session.part_bytes);
  }

  piece(number) {
    const start = (number - 1) * this.session.part_bytes;
    return this.file.slice(start, start + this.size(number));
  }
}

function words(error) {
  if (error instanceof FileChanged || error.name === "NotReadableError" || error.name === "NotFoundError") {
    return "The file was moved or changed since it was picked. Pick it again.";
  }
  return `${error.message} ${error.advice ?? ""}`.trim();
}
