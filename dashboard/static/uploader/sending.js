// Sending: one request that carries a piece of a file, with its progress; and how long to wait before the next try.

const FIRST_MS = 500, LONGEST_MS = 30_000;

// The connection broke, or whoever was asked let no page of ours in (CORS): a browser does not tell which.
export class Broken extends Error {}

// Somebody has answered, and not taken it; our server and S3 say why.
export class NotTaken extends Error {
  constructor(status, body = "", retryAfterS = undefined) {
    const { error, advice } = said(body);
    super(error ?? `The storage provider answered with status ${status}.`);
    this.status = status;
    this.advice = advice ?? "";
    this.retryAfterS = retryAfterS;
  }
}

function said(body) {
  const xml = /<Message>([^<]+)<\/Message>/.exec(body);
  if (xml) return { error: `The storage provider says: ${xml[1]}` };
  try {
    return JSON.parse(body) ?? {};
  } catch {
    return {}; // it said nothing that can be shown
  }
}

// Send the piece; onProgress hears how many bytes of it have gone. Gives the answer's headers by name.
export function send({ method, url, headers }, piece, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch tells no progress
    const stop = () => request.abort();
    signal.throwIfAborted();
    signal.addEventListener("abort", stop, { once: true });
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve((name) => request.getResponseHeader(name));
      else reject(new NotTaken(request.status, request.responseText, Number(request.getResponseHeader("Retry-After"))));
    };
    request.onerror = () => reject(new Broken("The connection broke."));
    request.onabort = () => reject(signal.reason);
    request.onloadend = () => signal.removeEventListener("abort", stop);
    request.send(piece);
  });
}

// Longer and longer, and never the same for all who were cut off at once.
export function pauseMs(attempt, retryAfterS = 0) {
  const longest = Math.min(FIRST_MS * 2 ** attempt, LONGEST_MS);
  return Math.max(retryAfterS * 1000, longest * (0.5 + Math.random() / 2));
}

export function wait(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, ms);
    function done() {
      signal.removeEventListener("abort", stopped);
      resolve();
    }
    function stopped() {
      clearTimeout(timer);
      reject(signal.reason);
    }
    if (signal.aborted) stopped();
    else signal.addEventListener("abort", stopped, { once: true });
  });
}

// Until the browser is connected to something again.
export function online(signal) {
  if (navigator.onLine) return Promise.resolve();
  return new Promise((resolve, reject) => {
    window.addEventListener("online", resolve, { once: true, signal });
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
