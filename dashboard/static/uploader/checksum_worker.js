// Checksum worker: sums up pieces of files beside the page, so that the page stays smooth.

const { Crc64 } = await import(`./crc64.js${new URL(import.meta.url).search}`);

self.onmessage = async ({ data: { id, piece } }) => {
  try {
    self.postMessage({ id, value: await sum(piece) });
  } catch (error) {
    self.postMessage({ id, error: error.name });
  }
};
self.postMessage({ ready: true });

async function sum(piece) {
  const crc = new Crc64();
  const reader = piece.stream().getReader();
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) crc.add(value);
  return crc.value;
}
