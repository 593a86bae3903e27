// Storyboard: the small picture of a moment, cut out of one large picture of them all.

const CUE = /(?:(\d+):)?(\d\d):(\d\d)\.(\d{3}) --> (?:(\d+):)?(\d\d):(\d\d)\.(\d{3})[^\n]*\n[^\n#]*#xywh=(\d+),(\d+),(\d+),(\d+)/g;

export class Storyboard {
  constructor({ cues, picture }) {
    this.cues = cues;
    this.picture = picture;
  }

  // Draw the moment into an element; nothing until the cues are there.
  async draw(element, seconds) {
    this.parts ??= this.fetched();
    const part = (await this.parts).find((each) => each.start <= seconds && seconds < each.end);
    element.hidden = !part;
    if (!part) return;
    element.style.backgroundImage = `url(${JSON.stringify(this.picture)})`;
    element.style.backgroundPosition = `-${part.x}px -${part.y}px`;
    element.style.width = `${part.width}px`;
    element.style.height = `${part.height}px`;
  }

  // The cues; what could not be fetched is asked for again with the next moment.
  async fetched() {
    try {
      const answer = await fetch(this.cues);
      if (answer.ok) return partsOf(await answer.text());
    } catch {
      // No connection is the same as an answer that is no list: there is no picture for now.
    }
    this.parts = undefined;
    return [];
  }
}

export function partsOf(text) {
  return [...text.replaceAll("\r", "").matchAll(CUE)].map((found) => {
    const [, h1, m1, s1, t1, h2, m2, s2, t2, x, y, width, height] = found.map((each) => Number(each ?? 0));
    const seconds = (h, m, s, t) => h * 3600 + m * 60 + s + t / 1000;
    return { start: seconds(h1, m1, s1, t1), end: seconds(h2, m2, s2, t2), x, y, width, height };
  });
}
