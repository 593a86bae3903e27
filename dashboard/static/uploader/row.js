// Row: one file in the list, with what can be done about it.

const version = new URL(import.meta.url).search;
const { copy, element, iconButton, button, setShown, setText } = await import(`./elements.js${version}`);
const { money, size } = await import(`./words.js${version}`);

const STATES = {
  waiting: "Waiting", sending: "Uploading", finishing: "Checking the whole file", paused: "Paused", done: "Done",
  failed: "Failed", duplicate: "In the library already",
};

export class Row {
  constructor(upload) {
    const { name } = upload.file;
    this.upload = upload;
    this.state = element("span", { class: "state" });
    this.about = element("span", { class: "about" });
    this.bar = element("progress", { max: 1, value: 0, "aria-label": `Progress of ${name}` });
    this.note = element("p", { class: "note" });
    this.link = element("a", { target: "_blank", rel: "noopener" });
    this.buttons = {
      pause: iconButton("pause", `Pause ${name}`, () => upload.pause()),
      goOn: iconButton("play", `Go on with ${name}`, () => upload.goOn()),
      retry: button("Retry", () => upload.goOn(), { "aria-label": `Retry ${name}` }),
      keep: button("Keep both", () => upload.keepBoth(), { "aria-label": `Keep both: ${name}` }),
      use: button("Use the one there", () => upload.useExisting(), { "aria-label": `Use the one there: ${name}` }),
      again: button("Upload again", () => upload.sendAgain(), { "aria-label": `Upload again: ${name}` }),
      copy: iconButton("copy", `Copy the link of ${name}`, () => copy(this.link.href, this.node)),
      cancel: iconButton("cancel", `Cancel ${name}`, () => upload.cancel()),
    };
    this.node = element("li", {},
      element("div", { class: "line" }, element("span", { class: "name", title: name }, name), this.state, this.about),
      element("div", { class: "tools" }, ...Object.values(this.buttons)), this.bar, this.note, this.link);
    this.draw();
  }

  draw() {
    const { upload } = this, { state, answer } = upload;
    this.node.dataset.state = state;
    setText(this.state, answer?.existing ? "In the library already" : STATES[state] ?? "");
    setText(this.about, this.amounts());
    setText(this.note, this.sentence());
    setShown(this.note, this.note.textContent !== "");
    setShown(this.bar, upload.isUnderWay);
    this.bar.value = upload.file.size ? upload.arrived / upload.file.size : 0;
    this.drawLink(answer);
    this.drawButtons(state);
  }

  amounts() {
    const { upload } = this, whole = size(upload.file.size);
    if (upload.state === "done") {
      const cost = upload.answer.existing ? null : upload.answer.monthly_cost_usd;
      return cost === null || Number(cost) === 0 ? whole : `${whole} · ${money(Number(cost))} a month`;
    }
    return upload.session && upload.isUnderWay ? `${size(upload.arrived)} of ${whole}` : whole;
  }

  sentence() {
    const { upload } = this;
    if (upload.note) return upload.note;
    if (upload.state === "duplicate") return `These very bytes are the video “${upload.answer.duplicate_of.title}”.`;
    if (upload.comparing) return "Comparing what has arrived with the file.";
    return "";
  }

  drawLink(answer) {
    setShown(this.link, Boolean(answer?.link));
    if (!answer?.link) return;
    const address = new URL(answer.link, location.href).href;
    if (this.link.href !== address) this.link.href = address;
    setText(this.link, address);
  }

  drawButtons(state) {
    const { pause, goOn, retry, keep, use, again, copy: copyLink, cancel } = this.buttons;
    setShown(pause, ["waiting", "sending"].includes(state));
    setShown(goOn, state === "paused");
    setShown(retry, state === "failed");
    setShown(keep, state === "duplicate");
    setShown(use, state === "duplicate");
    setShown(again, state === "done" && Boolean(this.upload.answer.existing && !this.upload.session));
    setShown(copyLink, state === "done");
    setShown(cancel, ["waiting", "sending", "paused", "failed"].includes(state));
  }
}
