// Controls: buttons, the time line, the menu of qualities and the keys of the player.

const { Storyboard } = await import(`./storyboard.js${new URL(import.meta.url).search}`);

const ICONS = {
  play: "M8 5v14l11-7z",
  pause: "M6 5h4v14H6zm8 0h4v14h-4z",
  loud: "M3 9v6h4l5 5V4L7 9zm13.5 3a4.5 4.5 0 0 0-2.5-4v8a4.5 4.5 0 0 0 2.5-4z",
  muted: "M3 9v6h4l5 5V4L7 9zm18 .9L19.1 8 17 10.1 14.9 8 13 9.9l2.1 2.1-2.1 2.1 1.9 1.9 2.1-2.1 2.1 2.1 1.9-1.9-2.1-2.1z",
  captions: "M4 5h16v14H4zm3 5v4h4v-1.5H8.5v-1H11V10zm6 0v4h4v-1.5h-2.5v-1H17V10z",
  whole: "M5 5h6v2H7v4H5zm8 0h6v6h-2V7h-4zM5 13h2v4h4v2H5zm12 0h2v6h-6v-2h4z",
};
const HIDE_AFTER_MS = 2500;
const UNREADABLE = new Set(["native-3", "native-4", "not-supported"]); // as MediaError counts

export class Controls {
  constructor(player) {
    this.player = player;
    this.video = player.video;
    this.frame = player.frame;
    this.stop = new AbortController();
    this.chosen = -1; // the quality: left to the connection
    this.storyboard = player.data.storyboard && new Storyboard(player.data.storyboard);
    this.build();
    this.listen();
    this.refresh();
  }

  build() {
    this.big = button("Play", "play", () => this.toggle());
    this.big.className = "big";
    this.toggler = button("Play", "play", () => this.toggle());
    this.muter = button("Mute", "loud", () => this.mute());
    this.volume = slider("Volume", 0, 1, 0.05, () => this.setVolume(Number(this.volume.value)));
    this.volume.className = "volume";
    this.clock = element("span", "clock");
    this.line = slider("Time", 0, this.duration || 1, 0.1, () => this.seek(Number(this.line.value)));
    this.line.className = "line";
    this.preview = element("div", "preview");
    this.picture = element("div", "picture");
    this.moment = element("span", "moment");
    this.preview.append(this.picture, this.moment);
    this.preview.hidden = this.picture.hidden = true;
    this.captioner = button("Subtitles", "captions", () => this.caption());
    this.captioner.hidden = !this.player.data.subtitles.length;
    this.quality = button("Quality", null, () => this.openMenu());
    this.quality.classList.add("quality");
    this.quality.setAttribute("aria-haspopup", "menu");
    this.quality.hidden = true;
    this.menu = element("div", "menu");
    this.menu.setAttribute("role", "menu");
    this.menu.setAttribute("aria-label", "Quality");
    this.menu.hidden = true;
    this.whole = button("Full screen", "whole", () => this.fill());
    const time = element("div", "time");
    time.append(this.line, this.preview);
    const row = element("div", "row");
    row.append(this.toggler, this.muter, this.volume, this.clock, this.captioner, this.quality, this.whole);
    this.bar = element("div", "bar");
    this.bar.append(time, row);
    this.spinner = element("div", "spinner");
    this.spinner.hidden = true;
    this.failure = element("div", "failure");
    this.failure.hidden = true;
    this.frame.append(this.spinner, this.big, this.bar, this.menu, this.failure);
  }

  listen() {
    const on = (target, name, then) => target.addEventListener(name, then, { signal: this.stop.signal });
    for (const name of ["play", "pause", "ended", "timeupdate", "durationchange", "volumechange", "progress"]) {
      on(this.video, name, () => this.refresh());
    }
    on(this.video, "waiting", () => (this.spinner.hidden = false));
    for (const name of ["playing", "pause", "ended", "seeked"]) on(this.video, name, () => (this.spinner.hidden = true));
    on(this.video, "click", () => this.toggle());
    on(this.frame, "keydown", (event) => this.key(event));
    for (const name of ["pointermove", "focusin", "keydown", "touchstart"]) on(this.frame, name, () => this.wake());
    on(this.frame, "pointerleave", () => this.sleep());
    on(this.line, "pointermove", (event) => this.hover(event));
    on(this.line, "pointerleave", () => (this.preview.hidden = true));
    on(this.frame, "focusout", (event) => this.frame.contains(event.relatedTarget) || this.closeMenu());
  }

  get duration() {
    const { duration } = this.video;
    return Number.isFinite(duration) && duration > 0 ? duration : this.player.data.duration ?? 0;
  }

  refresh() {
    const { video } = this, paused = video.paused || video.ended;
    for (const each of [this.toggler, this.big]) draw(each, paused ? "Play" : "Pause", paused ? "play" : "pause");
    draw(this.muter, video.muted ? "Unmute" : "Mute", video.muted || !video.volume ? "muted" : "loud");
    this.volume.value = video.muted ? 0 : video.volume;
    this.line.max = this.duration || 1;
    this.line.value = video.currentTime;
    this.line.setAttribute("aria-valuetext", `${clock(video.currentTime)} of ${clock(this.duration)}`);
    this.line.style.setProperty("--done", share(video.currentTime, this.duration));
    this.line.style.setProperty("--there", share(loadedUntil(video), this.duration));
    this.volume.style.setProperty("--done", share(Number(this.volume.value), 1));
    this.clock.textContent = `${clock(video.currentTime)} / ${clock(this.duration)}`;
    this.frame.classList.toggle("paused", paused);
    const isWanted = Boolean(this.player.wanted) && !this.player.isReady;
    if (isWanted) this.spinner.hidden = false;
    this.frame.classList.toggle("begun", video.currentTime > 0 || !paused || isWanted);
  }

  toggle() {
    this.closeMenu();
    if (this.video.paused || this.video.ended) this.player.play();
    else this.video.pause();
  }

  seek(seconds) {
    this.video.currentTime = Math.min(Math.max(seconds, 0), this.duration);
  }

  setVolume(volume) {
    this.video.muted = false;
    this.video.volume = Math.min(Math.max(volume, 0), 1);
  }

  mute() {
    this.video.muted = !this.video.muted;
  }

  caption() {
    const tracks = [...this.video.textTracks], shown = tracks.findIndex((each) => each.mode === "showing");
    tracks.forEach((each, n) => (each.mode = n === shown + 1 ? "showing" : "disabled"));
    this.captioner.setAttribute("aria-pressed", String(shown + 1 < tracks.length));
  }

  fill() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.frame.requestFullscreen) this.frame.requestFullscreen();
    else this.video.webkitEnterFullscreen?.();
  }

  // 0 to 9 go to that tenth, as people know it from elsewhere; the rest is in the table.
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && !this.menu.hidden) return this.taken(event, () => this.closeMenu(true));
    if (this.menu.contains(event.composedPath()[0])) return this.menuKey(event);
    const onButton = event.composedPath()[0].tagName === "BUTTON";
    if ((event.key === " " || event.key === "Enter") && onButton) return event.stopPropagation(); // it is clicked
    const then = /^\d$/.test(event.key) ? () => this.seek((event.key / 10) * this.duration) : this.keys()[event.key];
    if (then) this.taken(event, then);
  }

  keys() {
    const { currentTime, volume } = this.video;
    return {
      " ": () => this.toggle(),
      k: () => this.toggle(),
      ArrowLeft: () => this.seek(currentTime - 5),
      ArrowRight: () => this.seek(currentTime + 5),
      j: () => this.seek(currentTime - 10),
      l: () => this.seek(currentTime + 10),
      ArrowUp: () => this.setVolume(volume + 0.1),
      ArrowDown: () => this.setVolume(volume - 0.1),
      Home: () => this.seek(0),
      End: () => this.seek(this.duration),
      m: () => this.mute(),
      c: () => this.caption(),
      f: () => this.fill(),
    };
  }

  taken(event, then) {
    event.preventDefault();
    event.stopPropagation();
    then();
  }

  // The best first; "Auto" leaves it to the connection.
  offerQualities() {
    const { levels } = this.player.hls;
    if (levels.length < 2) return;
    const named = levels.map((level, n) => ({ n, level, name: nameOf(level) }));
    named.sort((a, b) => b.level.bitrate - a.level.bitrate);
    this.choices = [{ n: -1, name: "Auto" }, ...named];
    this.menu.replaceChildren(...this.choices.map(({ n, name }) => this.choice(n, name)));
    this.quality.hidden = false;
    this.showQuality();
  }

  choice(n, name) {
    const each = button(name, null, () => this.choose(n));
    each.textContent = name;
    each.setAttribute("role", "menuitemradio");
    each.dataset.level = n;
    return each;
  }

  choose(n) {
    this.chosen = n;
    this.player.hls.nextLevel = n; // without a stop: what is being shown is shown to its end
    this.closeMenu(true);
    this.showQuality();
  }

  showQuality() {
    const { hls, place } = this.player, level = hls.levels[hls.currentLevel];
    const chosen = hls.levels[this.chosen];
    this.quality.textContent = chosen ? nameOf(chosen) : level ? `Auto ${nameOf(level)}` : "Auto";
    this.quality.setAttribute("aria-label", `Quality: ${this.quality.textContent}`);
    for (const each of this.menu.children) {
      each.setAttribute("aria-checked", String(Number(each.dataset.level) === this.chosen));
    }
    if (level) place.dataset.quality = nameOf(level);
  }

  openMenu() {
    if (!this.menu.hidden) return this.closeMenu(true);
    this.menu.hidden = false;
    this.quality.setAttribute("aria-expanded", "true");
    (this.menu.querySelector('[aria-checked="true"]') ?? this.menu.firstElementChild)?.focus();
  }

  closeMenu(goBack = false) {
    if (this.menu.hidden) return;
    this.menu.hidden = true;
    this.quality.setAttribute("aria-expanded", "false");
    if (goBack) this.quality.focus();
  }

  menuKey(event) {
    const each = event.composedPath()[0];
    if (event.key === "ArrowDown") this.taken(event, () => (each.nextElementSibling ?? this.menu.firstElementChild).focus());
    if (event.key === "ArrowUp") this.taken(event, () => (each.previousElementSibling ?? this.menu.lastElementChild).focus());
  }

  hover(event) {
    const box = this.line.getBoundingClientRect();
    const part = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
    const seconds = part * this.duration;
    this.moment.textContent = clock(seconds);
    this.preview.hidden = false;
    this.preview.style.left = `${100 * part}%`;
    this.storyboard?.draw(this.picture, seconds);
  }

  // A file that the browser cannot read stays so, however good the connection is.
  showFailure(code) {
    const text = element("p", ""), again = button("Try again", null, () => this.player.retry());
    text.textContent = UNREADABLE.has(code)
      ? "This browser cannot play this file as it was uploaded. Another one may."
      : "This video could not be played. Check your connection and try again.";
    again.textContent = "Try again";
    this.failure.replaceChildren(text, ...(UNREADABLE.has(code) ? [] : [again]));
    this.failure.setAttribute("role", "alert");
    this.failure.hidden = false;
    this.big.hidden = this.spinner.hidden = true;
  }

  wake() {
    this.frame.classList.remove("idle");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.sleep(), HIDE_AFTER_MS);
  }

  sleep() {
    if (this.menu.hidden && !this.bar.matches(":focus-within")) this.frame.classList.add("idle");
  }

  end() {
    clearTimeout(this.timer);
    this.stop.abort();
  }
}

function nameOf(level) {
  const { width, height, bitrate } = level;
  return height ? `${Math.min(width || height, height)}p` : `${Math.round(bitrate / 1000)} kb/s`;
}

function element(kind, name) {
  const made = document.createElement(kind);
  if (name) made.className = name;
  return made;
}

function button(label, icon, then) {
  const made = element("button", "");
  made.type = "button";
  made.addEventListener("click", then);
  draw(made, label, icon);
  return made;
}

function draw(made, label, icon) {
  if (made.dataset.icon === icon && made.getAttribute("aria-label") === label) return;
  made.setAttribute("aria-label", label);
  if (!icon) return;
  made.dataset.icon = icon;
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[icon]);
  picture.append(path);
  made.replaceChildren(picture);
}

function slider(label, min, max, step, then) {
  const made = element("input", "");
  Object.assign(made, { type: "range", min, max, step, value: 0 });
  made.setAttribute("aria-label", label);
  made.addEventListener("input", then);
  return made;
}

function loadedUntil(video) {
  const { buffered } = video;
  return buffered.length ? buffered.end(buffered.length - 1) : 0;
}

function share(part, whole) {
  return `${whole ? Math.min(100, (100 * part) / whole) : 0}%`;
}

function clock(seconds) {
  const whole = Math.floor(seconds || 0), two = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
