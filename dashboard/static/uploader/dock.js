// Dock: on the other pages, a line that says how far the uploads are, and leads back to them.

const version = new URL(import.meta.url).search;
const { element, setText } = await import(`./elements.js${version}`);
const { count } = await import(`./words.js${version}`);

const LOOKS = `
  position: fixed; right: 1rem; bottom: 1rem; z-index: 1000; display: grid; gap: 0.35rem; padding: 0.7rem 1rem;
  border: 1px solid light-dark(#d5dae2, #353c49); border-radius: 10px; background: light-dark(#ffffff, #1c2028);
  color: light-dark(#171a21, #e8eaef); font: 500 0.875rem/1.3 Inter, sans-serif; cursor: pointer; text-align: left;
  box-shadow: 0 6px 24px rgb(0 0 0 / 18%);
`;

export class Dock {
  constructor(queue) {
    this.queue = queue;
    this.line = element("span");
    this.bar = element("progress", { max: 1, value: 0, "aria-label": "Progress of the uploads" });
    this.bar.style.cssText = "width: 12rem; height: 0.4rem; accent-color: light-dark(#2449ad, #9db1ff);";
    this.node = element("button", { type: "button", onclick: () => goToUploads() }, this.line, this.bar);
    this.node.style.cssText = LOOKS;
    this.isAway = false;
    setInterval(() => this.draw(), 1000);
  }

  // Whether the page with the uploads is not the one that is shown.
  away(isAway) {
    this.isAway = isAway;
    this.draw();
  }

  draw() {
    const failed = this.queue.in("failed").length, { bytes, arrived } = this.queue.totals;
    const left = this.queue.uploads.filter((upload) => upload.isUnderWay).length;
    if (!this.isAway || (!left && !failed)) return this.node.remove();
    const state = failed ? `${failed} failed` : this.queue.in("paused").length === left ? "paused" : percent(arrived / bytes);
    setText(this.line, left ? `Uploading ${count(left, "file")} · ${state}` : `Uploads: ${state}`);
    this.bar.value = bytes ? arrived / bytes : 0;
    if (!this.node.isConnected) document.body.append(this.node);
    return undefined;
  }
}

const percent = (share) => `${Math.floor(100 * (share || 0))} %`;

// By the menu, for to load the page anew would end the uploads.
function goToUploads() {
  document.querySelector('[data-testid="stSidebarNavLink"][href$="/upload"]')?.click();
}
