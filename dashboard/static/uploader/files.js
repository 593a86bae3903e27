// Files: those that were dropped or chosen, folders too; and what is told of each before it is sent.

const HEAD_BYTES = 4096;
const HIDDEN = /^(\.|Thumbs\.db$|desktop\.ini$)/; // what file managers leave in folders

// Every file of a drop, with those in its folders. To be called at once: later the browser has forgotten what it was.
export async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files];
  const found = await Promise.all(entries.map((entry) => within(entry, true)));
  return found.flat();
}

async function within(entry, isAsked = false) {
  if (!isAsked && HIDDEN.test(entry.name)) return [];
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader(), inside = [];
  for (;;) { // a hundred at a time
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) break;
    inside.push(...some);
  }
  const found = await Promise.all(inside.map((each) => within(each)));
  return found.flat();
}

// By this the server knows a file again when it is picked once more.
export const fingerprint = (file) => `${file.name} ${file.size} ${file.lastModified}`.slice(-512);

export async function described(file, options) {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  return {
    name: file.name.slice(-255),
    size_bytes: file.size,
    head: btoa(String.fromCharCode(...head)),
    fingerprint: fingerprint(file),
    residency: options.residency,
    visibility: options.visibility,
  };
}
