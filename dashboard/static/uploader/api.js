// API: asks our own server; what it refuses comes back as an Refused with its words.

export class Refused extends Error {
  constructor(status, told, retryAfterS) {
    super(told.error ?? `The server answered with status ${status}.`);
    this.status = status;
    this.advice = told.advice ?? "";
    this.missing = told.missing;
    this.retryAfterS = retryAfterS;
  }
}

// Nobody has answered: the network, or the server, is away.
export class Unreachable extends Error {}

export const check = (file, signal) => ask("POST", "/check", file, signal);
export const start = (file, signal) => ask("POST", "", file, signal);
export const unfinished = () => ask("GET", "");
export const standing = (id, signal) => ask("GET", `/${id}`, undefined, signal);
export const abort = (id) => ask("DELETE", `/${id}`);
export const complete = (id, told, signal) => ask("POST", `/${id}/complete`, told, signal);
export const sign = (id, number, told, signal) => ask("POST", `/${id}/parts/${number}`, told, signal);
export const throughServer = (id, number, crc) => `/api/uploads/${id}/parts/${number}?crc64nvme=${crc}`;

async function ask(method, path, told, signal) {
  const options = { method, signal, credentials: "same-origin", cache: "no-store", headers: {} };
  if (told !== undefined) {
    options.body = JSON.stringify(told);
    options.headers["Content-Type"] = "application/json";
  }
  const response = await fetch(`/api/uploads${path}`, options).catch((error) => {
    throw signal?.aborted ? error : new Unreachable("The server cannot be reached.");
  });
  if (response.status === 204) return undefined;
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw new Refused(response.status, answer, Number(response.headers.get("Retry-After")) || undefined);
}
