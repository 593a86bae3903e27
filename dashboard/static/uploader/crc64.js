// CRC64NVME: the checksum that S3 keeps of parts and of whole objects, as two halves of 32 bits.

const HIGH = 0x9a6c9329, LOW = 0xac4bc9b5; // the polynomial 0xad93d23594c93659, its bits the other way round
const POLYNOMIAL = (BigInt(HIGH) << 32n) | BigInt(LOW);
const SLICES = 8; // bytes that are looked up at once, each in a table of its own
const [highs, lows] = tables();

function tables() {
  const highs = new Int32Array(SLICES * 256), lows = new Int32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let high = 0, low = byte;
    for (let bit = 0; bit < 8; bit++) {
      const odd = low & 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (odd) { high ^= HIGH; low ^= LOW; }
    }
    highs[byte] = high;
    lows[byte] = low;
  }
  for (let at = 256; at < SLICES * 256; at++) {
    const high = highs[at - 256], low = lows[at - 256], last = low & 255;
    highs[at] = highs[last] ^ (high >>> 8);
    lows[at] = lows[last] ^ ((low >>> 8) | (high << 24));
  }
  return [highs, lows];
}

// Sums up what is given to it piece by piece.
export class Crc64 {
  constructor() {
    this.high = -1;
    this.low = -1;
  }

  add(bytes) {
    const words = Math.floor(bytes.length / 8);
    const whole = aligned(bytes, words * 8);
    let high = this.high, low = this.low;
    for (let at = 0; at < words * 2; at += 2) {
      const a = low ^ whole[at], b = high ^ whole[at + 1];
      const i = 1792 + (a & 255), j = 1536 + ((a >>> 8) & 255), k = 1280 + ((a >>> 16) & 255), l = 1024 + (a >>> 24);
      const m = 768 + (b & 255), n = 512 + ((b >>> 8) & 255), o = 256 + ((b >>> 16) & 255), p = b >>> 24;
      high = highs[i] ^ highs[j] ^ highs[k] ^ highs[l] ^ highs[m] ^ highs[n] ^ highs[o] ^ highs[p];
      low = lows[i] ^ lows[j] ^ lows[k] ^ lows[l] ^ lows[m] ^ lows[n] ^ lows[o] ^ lows[p];
    }
    for (let at = words * 8; at < bytes.length; at++) {
      const entry = (low ^ bytes[at]) & 255;
      low = lows[entry] ^ ((low >>> 8) | (high << 24));
      high = highs[entry] ^ (high >>> 8);
    }
    this.high = high;
    this.low = low;
    return this;
  }

  get value() {
    return (BigInt(~this.high >>> 0) << 32n) | BigInt(~this.low >>> 0);
  }
}

// Every processor that runs a browser today has its lowest byte first, as the sums above want it.
function aligned(bytes, length) {
  const fits = bytes.byteOffset % 4 === 0;
  return fits ? new Int32Array(bytes.buffer, bytes.byteOffset, length / 4) : new Int32Array(bytes.slice(0, length).buffer);
}

// The checksum of a whole, from those of its parts: [value, size in bytes] in order.
export function combined(parts) {
  const shifts = new Map(); // parts are all of one size, but for the last
  let whole = 0n;
  for (const [value, size] of parts) {
    if (!shifts.has(size)) shifts.set(size, shift(size));
    whole = product(shifts.get(size), whole) ^ value;
  }
  return whole;
}

// What a sum is multiplied with when so many bytes come after it: x to the power of their bits.
function shift(bytes) {
  let result = 1n << 63n, power = 1n << 55n;
  for (let left = BigInt(bytes); left; left >>= 1n) {
    if (left & 1n) result = product(result, power);
    power = product(power, power);
  }
  return result;
}

// Of two polynomials, modulo ours; the highest bit is x to the power of 0.
function product(a, b) {
  let result = 0n;
  for (let bit = 1n << 63n; bit; bit >>= 1n) {
    if (a & bit) result ^= b;
    b = b & 1n ? (b >> 1n) ^ POLYNOMIAL : b >> 1n;
  }
  return result;
}
