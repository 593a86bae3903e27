// Pace: how fast bytes go, and how many parts at once make them go fastest.

const FIRST = 3, FEWEST = 2, MOST = 6; // browsers open six connections to a host, and no more
const SECONDS = 8; // that the speed is an average of
const WEIGH_EVERY = 3;

export class Pace {
  constructor() {
    this.limit = FIRST;
    this.seconds = []; // bytes of each of the last seconds
    this.current = 0;
    this.before = 0; // the speed when the limit was last changed
    this.ticks = 0;
  }

  note(bytes) {
    this.current += bytes;
  }

  // Bytes a second; parts that are sent again take back what they had sent.
  get speed() {
    const sum = this.seconds.reduce((all, each) => all + each, 0);
    return this.seconds.length ? Math.max(0, sum / this.seconds.length) : 0;
  }

  // To be called once a second while something travels.
  tick() {
    this.seconds.push(this.current);
    this.current = 0;
    if (this.seconds.length > SECONDS) this.seconds.shift();
    if (++this.ticks % WEIGH_EVERY === 0) this.weigh();
  }

  // One more as long as that makes it faster, one less where it has made it slower.
  weigh() {
    const recent = this.seconds.slice(-WEIGH_EVERY);
    const speed = recent.reduce((all, each) => all + each, 0) / recent.length;
    if (speed > this.before * 1.1) this.limit = Math.min(this.limit + 1, MOST);
    else if (speed < this.before * 0.7) this.limit = Math.max(this.limit - 1, FEWEST);
    else return;
    this.before = speed;
  }

  // Whoever receives it has too much to do, or the line is bad.
  slower() {
    this.limit = Math.max(Math.floor(this.limit / 2), 1);
    this.before = 0;
  }

  rest() {
    this.seconds = [];
    this.current = 0;
  }
}
