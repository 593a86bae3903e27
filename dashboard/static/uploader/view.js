// View: the uploader as it is seen. The queue is the truth; it is drawn at most four times a second.

const version = new URL(import.meta.url).search;
const { Row } = await import(`./row.js${version}`);
const { dropped } = await import(`./files.js${version}`);
const { isShut } = await import(`./parts.js${version}`);
const { button, copy, element, icon, setShown, setText } = await import(`./elements.js${version}`);
const { count, duration, money, size } = await import(`./words.js${version}`);

const DRAWN_EVERY_MS = 250;
const MOST_ROWS = 100;
const KINDS = "video/*,.mkv,.ts,.mts,.m2ts,.mpg,.flv,.wmv,.asf,.ogv"; // a hint for the dialog: the content decides
// Failures first, what is done last. What is under way keeps its place: nothing moves under a pointer that pauses it.
const ORDER = { failed: 0, duplicate: 1, finishing: 2, sending: 2, paused: 2, waiting: 2, done: 3 };

export class View {
  constructor(queue) {
    this.queue = queue;
    this.rows = new Map();
    this.node = element("div", { class: "uploader" }, this.dropZone(), this.notices(), this.readyPart(), this.refusedPart(),
      this.overallPart(), this.listPart());
    this.redraw = () => this.soon();
    queue.addEventListener("change", this.redraw);
    this.timer = setInterval(() => queue.some("isActive") && this.draw(), DRAWN_EVERY_MS);
    this.draw();
  }

  end() {
    this.queue.removeEventListener("change", this.redraw);
    clearInterval(this.timer);
    this.node.remove();
  }

  soon() {
    this.later ??= setTimeout(() => {
      this.later = undefined;
      this.draw();
    }, DRAWN_EVERY_MS / 5);
  }

  limits(text) {
    setText(this.taken, text);
  }

  dropZone() {
    const picker = (isFolder) => {
      const input = element("input", { type: "file", multiple: true, hidden: true, accept: KINDS });
      input.webkitdirectory = isFolder;
      input.onchange = () => {
        this.queue.add([...input.files]);
        input.value = ""; // so that the same file may be picked again
      };
      return input;
    };
    const files = picker(false), folder = picker(true);
    this.taken = element("p", { class: "quiet" });
    const zone = element("section", { class: "drop", "aria-label": "Files to upload" }, icon("upload"),
      element("p", { class: "lead" }, "Drop videos or folders here"),
      element("div", { class: "choices" }, button("Choose files", () => files.click(), { class: "main" }),
        button("Choose a folder", () => folder.click())), this.taken, files, folder);
    zone.ondragover = (event) => {
      event.preventDefault();
      zone.classList.add("over");
    };
    zone.ondragleave = (event) => zone.contains(event.relatedTarget) || zone.classList.remove("over");
    zone.ondrop = async (event) => {
      event.preventDefault();
      zone.classList.remove("over");
      this.queue.add(await dropped(event.dataTransfer));
    };
    return zone;
  }

  notices() {
    this.offline = element("p", { class: "notice warn", role: "status" }, "You are offline. It goes on by itself.");
    this.signedOut = element("p", { class: "notice warn", role: "alert" }, "You are signed out. ",
      element("a", { href: "/sign-in", target: "_blank" }, "Sign in in another tab"), ", then ",
      button("Go on", () => this.queue.signedIn()));
    this.trouble = element("p", { class: "notice warn", role: "alert" });
    this.shut = element("p", { class: "notice" }, "The bucket lets no browser in, so parts go through this server. ",
      "Set-up can give it a CORS rule: then they go directly.");
    this.undecidedList = element("ul", { class: "left" });
    this.undecided = element("section", { class: "notice warn" }, element("h3", {}, "In the library already"),
      element("p", { class: "quiet" }, "These were sent whole, and the library has the same bytes."), this.undecidedList);
    this.leftList = element("ul", { class: "left" });
    this.left = element("section", { class: "notice" }, element("h3", {}, "Pick the same files again to go on"),
      element("p", { class: "quiet" }, "What has arrived is kept; only the rest is sent."), this.leftList);
    return element("div", { class: "notices" }, this.offline, this.signedOut, this.trouble, this.shut, this.undecided,
      this.left);
  }

  readyPart() {
    this.readyLine = element("p", { class: "lead" });
    this.readyNote = element("p", { class: "quiet" });
    this.startButton = button("", () => this.queue.start(), { class: "main" });
    this.ready = element("section", { class: "ready", "aria-label": "Ready to upload" },
      element("div", {}, this.readyLine, this.readyNote),
      element("div", { class: "tools" }, this.startButton, button("Clear", () => this.queue.forget("ready", "checking"))));
    return this.ready;
  }

  refusedPart() {
    this.refusedHead = element("h3");
    this.refusedList = element("ul", { class: "refusals" });
    this.refused = element("section", { class: "notice bad", role: "status" }, this.refusedHead, this.refusedList,
      button("Dismiss", () => this.queue.forget("refused")));
    return this.refused;
  }

  overallPart() {
    const { queue } = this;
    this.overallBar = element("progress", { max: 1, value: 0, "aria-label": "Progress of all files" });
    this.overallLine = element("p", { class: "lead" });
    this.overallNote = element("p", { class: "quiet" });
    this.said = element("p", { class: "unseen", "aria-live": "polite" });
    this.tools = {
      retry: button("Retry failed", () => queue.goOnAll("failed"), { class: "main" }),
      pause: button("Pause all", () => queue.pauseAll()),
      goOn: button("Go on with all", () => queue.goOnAll("paused"), { class: "main" }),
      copy: button("Copy all links", () => this.copyAll()),
      cancel: button("Cancel all", () => this.askToCancel()),
      use: button("Use all those there", () => queue.useAllExisting(), { class: "main" }),
      clear: button("Clear done", () => queue.forget("done")),
    };
    this.overall = element("section", { class: "overall", "aria-label": "All files" },
      element("div", {}, this.overallLine, this.overallNote), element("div", { class: "tools" }, ...Object.values(this.tools)),
      this.overallBar, this.said);
    return this.overall;
  }

  listPart() {
    this.list = element("ul", { class: "rows", "aria-label": "Files" });
    this.more = element("p", { class: "quiet" });
    return element("div", {}, this.list, this.more);
  }

  async copyAll() {
    const links = this.queue.in("done").map((upload) => new URL(upload.answer.link, location.href).href);
    await copy(links.join("\n"), this.node);
    setText(this.tools.copy, `Copied ${count(links.length, "link")}`);
    setTimeout(() => setText(this.tools.copy, "Copy all links"), 2000);
  }

  // What is under way is lost with it, so it asks once more.
  askToCancel() {
    if (this.tools.cancel.dataset.sure) this.queue.cancelAll();
    this.tools.cancel.dataset.sure = this.tools.cancel.dataset.sure ? "" : "yes";
    setText(this.tools.cancel, this.tools.cancel.dataset.sure ? "Cancel: really?" : "Cancel all");
    setTimeout(() => {
      this.tools.cancel.dataset.sure = "";
      setText(this.tools.cancel, "Cancel all");
    }, 4000);
  }

  draw() {
    this.drawNotices();
    this.drawReady();
    this.drawRefused();
    this.drawOverall();
    this.drawRows();
  }

  drawNotices() {
    const { queue } = this;
    setShown(this.offline, !navigator.onLine);
    setShown(this.signedOut, Boolean(queue.isSignedOut));
    setText(this.trouble, queue.trouble);
    setShown(this.trouble, queue.trouble !== "");
    setShown(this.shut, queue.uploads.some((upload) => upload.session && isShut(upload.session.provider)));
    this.drawLeftovers(queue.unpicked);
  }

  drawLeftovers(leftovers) {
    const ids = leftovers.map((each) => `${each.id} ${each.state}`).join();
    if (this.shownLeft === ids) return;
    this.shownLeft = ids;
    const undecided = leftovers.filter((each) => each.state === "duplicate");
    const wanted = leftovers.filter((each) => each.state === "receiving");
    this.undecidedList.replaceChildren(...undecided.map((each) => this.leftover(each)));
    this.leftList.replaceChildren(...wanted.map((each) => this.leftover(each)));
    setShown(this.undecided, undecided.length > 0);
    setShown(this.left, wanted.length > 0);
  }

  leftover(each) {
    const isWhole = each.state === "duplicate", name = { "aria-label": `Discard ${each.name}` };
    const share = `${Math.floor((100 * each.received_bytes) / each.size_bytes)} % of ${size(each.size_bytes)} there`;
    const tools = [button("Discard", () => this.queue.discard(each), name)];
    if (isWhole) tools.unshift(button("Keep both", () => this.queue.keep(each), { "aria-label": `Keep both: ${each.name}` }));
    return element("li", {}, element("span", { class: "name", title: each.name }, each.name),
      element("span", { class: "about" }, isWhole ? size(each.size_bytes) : share), element("span", { class: "tools" }, ...tools));
  }

  drawReady() {
    const ready = this.queue.in("ready"), checking = this.queue.in("checking").length;
    setShown(this.ready, ready.length + checking > 0);
    const bytes = ready.reduce((all, upload) => all + upload.file.size, 0);
    const costs = ready.map((upload) => upload.verdict.monthly_cost_usd);
    const cost = costs.some((each) => each === null) ? "price unknown" : price(costs.reduce((all, each) => all + Number(each), 0));
    const line = `${count(ready.length, "file")}, ${size(bytes)}, ${cost}`;
    setText(this.readyLine, checking ? `Looking at ${count(checking, "file")}…` : line);
    const notes = new Set(ready.map((upload) => upload.verdict.reason));
    const going = ready.filter((upload) => upload.verdict.under_way).length;
    if (going) notes.add(going === 1 ? "One goes on where it stood." : `${going} go on where they stood.`);
    const known = this.queue.in("done").filter((upload) => upload.answer.existing).length;
    if (known) notes.add(known === 1 ? "One needs nothing: it is in the library." : `${known} need nothing: they are in the library.`);
    setText(this.readyNote, [...notes].join(" "));
    setText(this.startButton, ready.length === 1 ? "Upload" : `Upload ${count(ready.length, "file")}`);
    this.startButton.disabled = !ready.length || checking > 0;
  }

  drawRefused() {
    const refused = this.queue.in("refused");
    setShown(this.refused, refused.length > 0);
    setText(this.refusedHead, refused.length === 1 ? "One file cannot be taken" : `${refused.length} files cannot be taken`);
    const told = refused.map((upload) => upload.note);
    if (this.told === told.join("\n")) return;
    this.told = told.join("\n");
    this.refusedList.replaceChildren(...told.map((sentence) => element("li", {}, sentence)));
  }

  drawOverall() {
    const { queue } = this, { files, bytes, arrived, speed, seconds } = queue.totals;
    const done = queue.in("done").length, failed = queue.in("failed").length, paused = queue.in("paused").length;
    const undecided = queue.in("duplicate").length;
    setShown(this.overall, files + failed > 0);
    setText(this.overallLine, files === 0 ? "Nothing is under way" : `${done} of ${count(files, "file")} done`);
    const active = queue.some("isActive");
    const parts = [`${size(arrived)} of ${size(bytes)}`];
    if (active && speed) parts.push(`${size(speed)}/s`, `${duration(seconds)} left`);
    if (failed) parts.push(`${failed} failed`);
    if (paused) parts.push(`${paused} paused`);
    if (undecided) parts.push(`${undecided} to decide`);
    setText(this.overallNote, files ? parts.join(" · ") : `${failed} failed`);
    this.overallBar.value = bytes ? arrived / bytes : 0;
    setShown(this.overallBar, queue.some("isUnderWay"));
    setText(this.said, failed ? `${failed} failed, ${done} of ${files} done` : `${done} of ${files} done`);
    setShown(this.tools.retry, failed > 0);
    setShown(this.tools.pause, queue.in("waiting", "sending").length > 0);
    setShown(this.tools.goOn, paused > 0);
    setShown(this.tools.use, undecided > 1);
    setShown(this.tools.copy, done > 0);
    setShown(this.tools.clear, done > 0);
    setShown(this.tools.cancel, queue.in("waiting", "sending", "paused").length > 0);
  }

  drawRows() {
    const shown = this.queue.uploads.filter((upload) => upload.state in ORDER);
    shown.sort((a, b) => ORDER[a.state] - ORDER[b.state] || a.number - b.number);
    setText(this.more, shown.length > MOST_ROWS ? `and ${count(shown.length - MOST_ROWS, "file")} more` : "");
    const nodes = shown.slice(0, MOST_ROWS).map((upload) => this.rowOf(upload).node);
    for (const upload of this.rows.keys()) if (!shown.includes(upload)) this.rows.delete(upload);
    const isSame = nodes.length === this.list.children.length && nodes.every((node, at) => node === this.list.children[at]);
    if (!isSame) this.keepingFocus(() => this.list.replaceChildren(...nodes));
  }

  rowOf(upload) {
    if (!this.rows.has(upload)) this.rows.set(upload, new Row(upload));
    const row = this.rows.get(upload);
    row.draw();
    return row;
  }

  // Rows change their places; whoever works with the keyboard stays where they were.
  keepingFocus(change) {
    const focused = this.node.getRootNode().activeElement;
    change();
    if (focused?.isConnected) focused.focus();
  }
}

const price = (usd) => (usd === 0 ? "at no cost" : `about ${money(usd)} a month`);
