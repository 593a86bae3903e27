// Patience: which failures are worth another try, after how long, and which are told at once.

const version = new URL(import.meta.url).search;
const { Refused, Unreachable } = await import(`./api.js${version}`);
const { Broken, NotTaken, online, pauseMs, wait } = await import(`./sending.js${version}`);

const MOST = 12; // tries of one thing: about four minutes
const MOST_DOUBTFUL = 4; // tries where an answer says that it is our fault: an old signature, a bit that flipped
const LATER = new Set([408, 425, 429, 500, 502, 503, 504]);
const DOUBTFUL = new Set([400, 403, 422]); // of a storage provider

// Do the work until it is done. `watch` hears that something failed, and waits where somebody has to sign in again.
export async function persist(work, signal, watch) {
  let tries = 0, doubtful = 0;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!navigator.onLine && isAway(error)) {
        watch.offline();
        await online(signal);
        continue;
      }
      if (error instanceof Refused && error.status === 401) {
        await watch.signedOut(signal);
        continue;
      }
      tries++;
      doubtful += isDoubtful(error);
      if (!(isAway(error) || isDoubtful(error)) || tries >= MOST || doubtful >= MOST_DOUBTFUL) throw error;
      watch.failed(error);
      await wait(pauseMs(tries - 1, error.retryAfterS), signal);
    }
  }
}

// Whether whoever was asked may well take it later.
function isAway(error) {
  return error instanceof Broken || error instanceof Unreachable || LATER.has(error.status);
}

function isDoubtful(error) {
  return (error instanceof NotTaken && DOUBTFUL.has(error.status)) || (error instanceof Refused && error.status === 422);
}
