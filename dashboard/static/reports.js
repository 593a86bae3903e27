// Reports: tells the server by CMCD version 2 when watching began, stalled, failed and ended (CTA-5004-B, "ps" events).

const STARTING = "s", PLAYING = "p", SEEKING = "k", STALLED = "r", PAUSED = "a", ENDED = "e", FAILED = "f", QUIT = "q";
const OVER = [ENDED, FAILED, QUIT];

export class Reports {
  constructor(player) {
    this.player = player;
    this.number = 0;
    this.tells = 100 * Math.random() < (player.data.reportedPercent ?? 100); // those that tell stand for the others
    this.stop = new AbortController();
    const on = (name, then) => player.video.addEventListener(name, then, { signal: this.stop.signal });
    on("play", () => this.state(this.hasPlayed ? this.last : STARTING));
    on("playing", () => this.playing());
    on("waiting", () => this.hasPlayed && !player.video.seeking && this.state(STALLED));
    on("seeking", () => this.hasPlayed && this.state(SEEKING));
    on("seeked", () => this.hasPlayed && player.video.paused && this.state(PAUSED));
    on("pause", () => this.hasPlayed && !player.video.ended && this.state(PAUSED));
    on("ended", () => this.state(ENDED));
    addEventListener("pagehide", () => this.quit(), { signal: this.stop.signal });
  }

  playing() {
    const waited = this.hasPlayed ? {} : { msd: Math.round(performance.now() - this.startedAt) };
    this.hasPlayed = true;
    this.state(PLAYING, waited);
  }

  state(state, more = {}) {
    if (state === this.last) return;
    if (state === STARTING) this.startedAt = performance.now();
    this.last = state;
    this.player.place.dataset.state = state;
    this.send({ e: "ps", sta: state, ...more });
  }

  error(code) {
    this.send({ e: "e", ec: [`"${String(code).replace(/[^\w.-]/g, "")}"`] });
    this.state(FAILED);
  }

  // Whoever leaves before the end, also before the first picture.
  quit() {
    if (this.last && !OVER.includes(this.last)) this.state(QUIT);
    if (this.player.ended) this.stop.abort();
  }

  // The picture goes on in another quality.
  switched() {
    if (this.hasPlayed && !OVER.includes(this.last)) this.send({ e: "bc" });
  }

  send(event) {
    if (!this.tells) return;
    const { video, hls, data, session } = this.player;
    const level = hls?.levels?.[hls.currentLevel];
    const told = {
      bl: Math.round(1000 * buffered(video)),
      br: level && [Math.round(level.bitrate / 1000)],
      cid: `"${this.player.id}"`,
      pt: Math.round(1000 * video.currentTime),
      sf: data.adapts ? "h" : "o",
      sid: `"${session}"`,
      sn: this.number++,
      st: "v",
      ts: Date.now(),
      v: 2,
      ...event,
    };
    const body = Object.keys(told).sort().filter((key) => told[key] !== undefined).map((key) => written(key, told[key]));
    const options = { method: "POST", headers: { "Content-Type": "application/cmcd" }, body: `${body.join(",")}\n` };
    fetch(data.reports, { ...options, keepalive: true }).catch(() => {}); // watching goes on without it
  }
}

function written(key, value) {
  return `${key}=${Array.isArray(value) ? `(${value.join(" ")})` : value}`;
}

function buffered(video) {
  for (let n = 0; n < video.buffered.length; n++) {
    const [start, end] = [video.buffered.start(n), video.buffered.end(n)];
    if (start <= video.currentTime + 0.1 && video.currentTime < end) return end - video.currentTime;
  }
  return 0;
}
