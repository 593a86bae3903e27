// Queue: all files of this browser's tab, and which of their parts travel next. It outlives the page it is shown on.

const version = new URL(import.meta.url).search;
const api = await import(`./api.js${version}`);
const { fingerprint } = await import(`./files.js${version}`);
const { Pace } = await import(`./pace.js${version}`);
const { Upload } = await import(`./upload.js${version}`);

const FILES_AT_ONCE = 3;
const LOOKS_AT_ONCE = 4;

class Queue extends EventTarget {
  uploads = [];
  leftovers = []; // unfinished uploads whose files have to be picked again
  options = { residency: "", visibility: "public" };
  pace = new Pace();
  flying = 0; // parts
  isOffline = false;
  trouble = ""; // why it is not known what was left unfinished

  constructor() {
    super();
    setInterval(() => this.tick(), 1000);
    window.addEventListener("online", () => this.changed());
    window.addEventListener("offline", () => this.changed());
    window.addEventListener("beforeunload", (event) => this.some("isUnderWay") && event.preventDefault());
  }

  some(property) {
    return this.uploads.some((upload) => upload[property]);
  }

  in(...states) {
    return this.uploads.filter((upload) => states.includes(upload.state));
  }

  async load() {
    try {
      const found = await api.unfinished();
      const ours = new Set(this.uploads.map((upload) => upload.session?.id));
      this.leftovers = found.filter((each) => !ours.has(each.id));
      this.trouble = "";
    } catch (error) {
      this.trouble = `${error.message} ${error.advice ?? ""}`.trim();
    }
    this.changed();
  }

  // Another choice of who may watch, or of where it has to lie, counts for what is not on its way yet.
  choose(options) {
    const isSame = Object.keys(options).every((name) => options[name] === this.options[name]);
    this.options = options;
    if (!isSame) this.lookAt(this.in("ready", "refused"));
  }

  add(files) {
    const known = new Set(this.uploads.map((upload) => upload.fingerprint));
    const added = [];
    for (const file of files) {
      const same = fingerprint(file);
      const failed = this.in("failed", "paused").find((upload) => upload.fingerprint === same);
      if (failed) failed.file = file; // picked again, after it could not be read any more
      if (known.has(same)) continue;
      known.add(same);
      added.push(new Upload(file, this));
    }
    this.uploads.push(...added);
    this.lookAt(added);
  }

  async lookAt(uploads) {
    const left = [...uploads];
    const look = async () => {
      for (let upload = left.shift(); upload; upload = left.shift()) await upload.look();
    };
    await Promise.all(Array.from({ length: LOOKS_AT_ONCE }, look));
  }

  start() {
    for (const upload of this.in("ready")) upload.become("waiting");
    this.pump();
  }

  forget(...states) {
    for (const upload of this.in(...states)) upload.become("gone");
  }

  pauseAll() {
    for (const upload of this.in("waiting", "sending")) upload.pause();
  }

  goOnAll(...states) {
    for (const upload of this.in(...states)) upload.goOn();
  }

  cancelAll() {
    for (const upload of this.uploads.filter((each) => each.isUnderWay && each.state !== "finishing")) upload.cancel();
  }

  // Unfinished uploads whose files nobody has picked again yet.
  get unpicked() {
    const picked = new Set(this.uploads.map((upload) => upload.fingerprint));
    return this.leftovers.filter((each) => !picked.has(each.fingerprint));
  }

  async useAllExisting() {
    await Promise.all(this.in("duplicate").map((upload) => upload.useExisting()));
  }

  async discard(leftover) {
    this.leftovers = this.leftovers.filter((each) => each !== leftover);
    this.changed();
    await api.abort(leftover.id).catch(() => this.load());
  }

  // Have a second video of what was sent whole on an earlier visit.
  async keep(leftover) {
    const told = { crc64nvme: "0", keep_duplicate: true }; // the server has the checksum, from when it was completed
    await api.complete(leftover.id, told).catch((error) => { this.trouble = error.message; });
    await this.load();
    this.dispatchEvent(new Event("finished"));
  }

  // Let as many parts go as may travel at once, those of the first files first.
  pump() {
    for (let upload = this.nextToSend(); upload && this.flying < this.pace.limit; upload = this.nextToSend()) {
      this.flying++;
      upload.sendPart(upload.take()).finally(() => {
        this.flying--;
        this.pump();
      });
    }
    this.changed();
  }

  nextToSend() {
    const waiting = this.in("waiting");
    if (waiting.length && this.in("sending").length < FILES_AT_ONCE) waiting[0].begin();
    return this.uploads.find((upload) => upload.hasPart);
  }

  sent(bytes) {
    this.pace.note(bytes);
  }

  tick() {
    if (!this.some("isActive")) return this.pace.rest();
    this.pace.tick();
    this.pump();
  }

  changed(upload) {
    if (upload?.session) this.leftovers = this.leftovers.filter((each) => each.id !== upload.session.id);
    this.uploads = this.uploads.filter((each) => each.state !== "gone");
    this.dispatchEvent(new Event("change"));
  }

  finished() {
    this.pump();
    this.dispatchEvent(new Event("finished"));
  }

  // What Patience tells: the line, the sign-in, and failures that are tried again.
  offline() {
    this.changed();
  }

  failed() {
    this.pace.slower();
  }

  signedOut(signal) {
    this.isSignedOut = true;
    this.changed();
    return new Promise((resolve, reject) => {
      this.addEventListener("signed in", resolve, { once: true, signal });
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  }

  signedIn() {
    this.isSignedOut = false;
    this.dispatchEvent(new Event("signed in"));
    this.changed();
  }

  get totals() {
    const counted = this.uploads.filter((upload) => upload.isUnderWay || ["done", "duplicate"].includes(upload.state));
    const bytes = counted.reduce((all, upload) => all + upload.file.size, 0);
    const arrived = counted.reduce((all, upload) => all + upload.arrived, 0);
    const { speed } = this.pace;
    return { files: counted.length, bytes, arrived, speed, seconds: speed ? (bytes - arrived) / speed : Infinity };
  }
}

export const queue = new Queue();
