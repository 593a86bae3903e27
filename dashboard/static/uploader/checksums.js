// Checksums: asks a worker for them, one piece after the other; files are read a little at a time.

const version = new URL(import.meta.url).search;
const waiting = new Map(); // by number: what to do with the answer
let worker, asked = 0;

// CRC64NVME of a piece of a file. Fails with FileChanged where the file cannot be read any more as it was.
export async function checksum(piece) {
  worker ??= await started();
  const id = ++asked;
  const answer = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  worker.postMessage({ id, piece });
  return answer;
}

export class FileChanged extends Error {}

let starting;
function started() {
  starting ??= new Promise((resolve, reject) => {
    const made = new Worker(new URL(`./checksum_worker.js${version}`, import.meta.url), { type: "module" });
    made.onerror = () => reject(new Error("The checksums cannot be worked out in this browser."));
    made.onmessage = ({ data }) => {
      if (data.ready) resolve(made);
      else settle(data);
    };
  });
  return starting;
}

function settle({ id, value, error }) {
  const { resolve, reject } = waiting.get(id);
  waiting.delete(id);
  if (error) reject(new FileChanged(error));
  else resolve(value);
}
