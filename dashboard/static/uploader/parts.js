// Parts: one piece of a file goes to its provider: directly where the browser may, else through our own server.

const version = new URL(import.meta.url).search;
const api = await import(`./api.js${version}`);
const { checksum } = await import(`./checksums.js${version}`);
const { Broken, NotTaken, send } = await import(`./sending.js${version}`);

const MOST_DOUBTS = 2;
const reached = new Set(); // providers that have taken a part directly
const failing = new Set(); // providers at which a part has failed, until our server is told
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
  const told = { size_bytes: piece.size, crc64nvme: String(sum), unreached: failing.delete(session.provider) };
  const signed = await api.sign(session.id, number, told, signal);
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
    const isTheirs = error instanceof Broken || error.status >= 500;
    if (isElsewhere && isTheirs && navigator.onLine) failing.add(provider);
    const mayBeShut = error instanceof Broken && isElsewhere && navigator.onLine && !reached.has(provider);
    if (mayBeShut) doubts.set(provider, (doubts.get(provider) ?? 0) + 1);
    throw error;
  }
}

// Send whole chunks until this one is there, where a provider takes files from start to end (TUS). They begin at the next
// byte that is wanted, which lies in the middle of one where the line broke.
export async function sendChunk(upload, number, signal) {
  const { session, file } = upload, end = Math.min(number * session.part_bytes, file.size);
  const signed = await api.sign(session.id, 1, {}, signal);
  const headers = { ...signed.headers, "Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream" };
  for (let offset = await nextByte(signed, upload, number, signal); offset < end;) {
    const chunk = file.slice(offset, offset + session.part_bytes);
    const request = { method: "PATCH", url: signed.url, headers: { ...headers, "Upload-Offset": String(offset) } };
    const before = upload.size(number) - (end - offset);
    await send(request, chunk, (bytes) => upload.progress(number, Math.min(before + bytes, upload.size(number))), signal);
    offset += chunk.size;
  }
  return checksum(upload.piece(number));
}

async function nextByte(signed, upload, number, signal) {
  const headers = { ...signed.headers, "Tus-Resumable": "1.0.0" };
  const response = await fetch(signed.url, { method: "HEAD", headers, signal, cache: "no-store" }).catch((error) => {
    throw signal.aborted ? error : new Broken("The connection broke.");
  });
  if (response.ok) return Number(response.headers.get("Upload-Offset"));
  // some have forgotten it once it is whole; our server knows whether it is
  const there = [404, 410].includes(response.status) && (await api.standing(upload.session.id, signal));
  if (there && !there.missing.includes(number)) return upload.file.size;
  throw new NotTaken(response.status);
}
