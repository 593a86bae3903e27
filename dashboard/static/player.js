// Player: shows one video in a place of the page, and tells how that went. Nobody else is asked for anything.

const version = new URL(import.meta.url).search;
const { Controls } = await import(`./controls.js${version}`);
const { Reports } = await import(`./reports.js${version}`);

// Show the video in the place; the one that is there stays as it is, however often it is asked for.
export function show(place, data) {
  if (place.player?.id !== data.id) {
    place.player?.end();
    place.player = new Player(place, data);
  }
  return place.player;
}

class Player {
  constructor(place, data) {
    this.id = data.id;
    this.data = data;
    this.place = place;
    this.root = place.shadowRoot ?? place.attachShadow({ mode: "open" });
    this.frame = frameFor(data);
    this.video = this.frame.querySelector("video");
    this.controls = new Controls(this);
    this.session = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
    this.reports = new Reports(this);
    this.root.replaceChildren(styleFor(data), this.frame);
    this.video.addEventListener("error", () => this.hls || this.fail(`native-${this.video.error?.code ?? 0}`));
    this.open();
  }

  // Apple's phones and tablets play HLS themselves, and everything else leaves it to hls.js where that can.
  async open() {
    if (!this.data.adapts || isApplePhone()) return this.playNatively();
    try {
      const Hls = await libraryFrom(this.data.library);
      if (this.ended) return;
      if (Hls.isSupported()) this.playWith(Hls);
      else this.playNatively();
    } catch {
      this.fail("library");
    }
  }

  playNatively() {
    this.video.src = this.data.url;
    this.ready();
  }

  playWith(Hls) {
    const told = { sessionId: this.session, contentId: this.id, useHeaders: false };
    const hls = (this.hls = new Hls({
      autoStartLoad: false, // nothing but the playlist is fetched before somebody wants to watch
      maxBufferLength: 30,
      backBufferLength: 60,
      cmcd: this.data.takesParameters ? told : undefined,
    }));
    hls.on(Hls.Events.MANIFEST_PARSED, () => {
      this.controls.offerQualities();
      this.ready();
    });
    hls.on(Hls.Events.LEVEL_SWITCHED, () => {
      this.controls.showQuality();
      this.reports.switched();
    });
    hls.on(Hls.Events.ERROR, (_, error) => error.fatal && this.recover(Hls, error));
    hls.loadSource(this.data.url);
    hls.attachMedia(this.video);
  }

  ready() {
    this.isReady = true;
    if (this.wanted) this.play(); // somebody was faster than the playlist
  }

  // What hls.js gives up on is tried once more: a decoder that stumbled, addresses that have expired.
  recover(Hls, error) {
    if (this.tried?.has(error.details)) return this.fail(error.details);
    (this.tried ??= new Set()).add(error.details);
    if (error.type === Hls.ErrorTypes.MEDIA_ERROR) return this.hls.recoverMediaError();
    if (!this.hls.levels.length) return this.fail(error.details);
    this.isReady = this.loading = false;
    this.hls.loadSource(this.data.url); // and goes on from where it is, once the playlist is there
  }

  fail(code) {
    if (this.ended) return;
    this.reports.error(code);
    this.controls.showFailure(code);
  }

  retry() {
    const { place, data } = this;
    this.end();
    place.player = new Player(place, data);
    place.player.play();
  }

  play() {
    this.wanted = true;
    this.controls.refresh();
    if (!this.isReady) return;
    if (!this.loading) this.hls?.startLoad(this.video.currentTime || -1);
    this.loading = true;
    this.video.play()?.catch((error) => error.name === "NotSupportedError" && this.fail("not-supported"));
  }

  end() {
    if (this.ended) return;
    this.ended = true;
    this.reports.quit();
    this.controls.end();
    this.hls?.destroy();
    this.video.removeAttribute("src");
    this.video.load();
    if (this.place.player === this) this.place.player = undefined;
  }
}

function frameFor(data) {
  const frame = document.createElement("div");
  frame.className = "frame";
  frame.tabIndex = 0;
  frame.setAttribute("role", "group");
  frame.setAttribute("aria-label", `Player: ${data.title}`);
  if (data.shape) frame.style.setProperty("--shape", `${data.shape[0]} / ${data.shape[1]}`);
  const video = document.createElement("video");
  video.playsInline = true;
  video.preload = "metadata";
  video.setAttribute("aria-label", data.title);
  if (data.poster) video.poster = data.poster;
  if (data.subtitles.length) video.crossOrigin = "anonymous";
  for (const each of data.subtitles) {
    const track = document.createElement("track");
    Object.assign(track, { kind: "subtitles", srclang: each.language, label: each.language, src: each.url });
    video.append(track);
  }
  frame.append(video);
  return frame;
}

function styleFor(data) {
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = data.style;
  return style;
}

let library;

function libraryFrom(address) {
  library ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => done(window.Hls);
    script.onerror = () => {
      library = undefined; // so that it can be tried again
      failed(new Error("hls.js could not be loaded"));
    };
    document.head.append(script);
  });
  return library;
}

function isApplePhone() {
  const tablet = /Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1;
  return /iPhone|iPad|iPod/.test(navigator.userAgent) || tablet;
}
