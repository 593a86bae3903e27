// Parts: one piece of a file goes to its provider: directly where the browser may, else through our own server.

const version = new URL(import.meta.url).search;
const api = await import(`./api.js${version}`);
const { checksum } = await import(`./checksums.js${version}`);
const { Broken, NotTaken, send } = await import(`./sending.js${version}`);

const MOST_DOUBTS = 2;
const reached = new Set(); // providers that have taken a part directly
const doubts = new Map(); // how often one broke off that never has: it may not let this page in

// Send a part whole; gives its checksum.
export async function sendPart(upload, number, signal) {
  const { session } = upload, piece = upload.piece(number);
  const sum = await checksum(piece);
  const progress = (bytes) => upload.progress(number, bytes);
  if (isShut(session.provider)) {
    await send({ method: "PUT", url: api.throughServer(session.id, number, sum), headers: {} }, piece, progress, signal);
    return sum;
  }
  const signed = await api.sign(session.id, number, { size_bytes: piece.size, crc64nvme: String(sum) }, signal);
  await directly(session.provider, signed, () => send(signed, piece, progress, signal));
  return sum;
}

export const isShut = (provider) => (doubts.get(provider) ?? 0) >= MOST_DOUBTS;

async function directly(provider, { url }, work) {
  try {
    const answer = await work();
    reached.add(provider);
    return answer;
  } catch (error) {
    const isElsewhere = new URL(url, location.href).origin !== location.origin;
    const mayBeShut = error instanceof Broken && isElsewhere && navigator.onLine && !reached.has(provider);
    if (mayBeShut) doubts.set(provider, (doubts.get(provider) ?? 0) + 1);
    throw error;
  }
}

// Send what is still missing up to the end of a chunk, where a provider takes files from start to end (TUS).
export async function sendChunk(upload, number, signal) {
  const { session, file } = upload;
  const end = Math.min(number * session.part_bytes, file.size);
  const signed = await api.sign(session.id, 1, {}, signal);
  const offset = await received(signed, signal);
  if (offset < end) {
    const headers = {
      ...signed.headers,
      "Tus-Resumable": "1.0.0",
      "Upload-Offset": String(offset),
      "Content-Type": "application/offset+octet-stream",
    };
    const progress = (bytes) => upload.progress(number, upload.size(number) - (end - offset) + bytes);
    await send({ method: "PATCH", url: signed.url, headers }, file.slice(offset, end), progress, signal);
  }
  return checksum(upload.piece(number));
}

async function received(signed, signal) {
  const headers = { ...signed.headers, "Tus-Resumable": "1.0.0" };
  const response = await fetch(signed.url, { method: "HEAD", headers, signal, cache: "no-store" }).catch((error) => {
    throw signal.aborted ? error : new Broken("The connection broke.");
  });
  if (!response.ok) throw new NotTaken(response.status);
  return Number(response.headers.get("Upload-Offset"));
}
