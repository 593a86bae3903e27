// Uploader: shows the queue in a place of the page. The queue goes on when the place is gone.

const version = new URL(import.meta.url).search;
const { Dock } = await import(`./dock.js${version}`);
const { element } = await import(`./elements.js${version}`);
const { queue } = await import(`./queue.js${version}`);
const { View } = await import(`./view.js${version}`);

const TOLD_AFTER_MS = 1500; // each telling draws the page anew
const dock = new Dock(queue);

// Show it there; asked again, what is shown stays. `tell` hears that uploads were finished.
export function show(place, data, tell) {
  queue.choose({ residency: data.residency, visibility: data.visibility });
  place.uploader ??= new Shown(place, data);
  place.uploader.tell = tell;
  return place.uploader;
}

class Shown {
  constructor(place, data) {
    this.place = place;
    this.root = place.shadowRoot ?? place.attachShadow({ mode: "open" });
    this.view = new View(queue);
    this.view.limits(data.limits);
    this.root.replaceChildren(element("link", { rel: "stylesheet", href: data.style }), this.view.node);
    this.finished = () => this.tellLater();
    queue.addEventListener("finished", this.finished);
    dock.away(false);
    queue.load();
  }

  tellLater() {
    this.later ??= setTimeout(() => {
      this.later = undefined;
      this.tell(queue.in("done").length);
    }, TOLD_AFTER_MS);
  }

  end() {
    clearTimeout(this.later);
    queue.removeEventListener("finished", this.finished);
    this.view.end();
    this.place.uploader = undefined;
    dock.away(true);
  }
}
