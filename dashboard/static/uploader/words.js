// Words: amounts as a person reads them.

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];

export function size(bytes) {
  let step = 0;
  while (Math.abs(bytes) >= 1023.95 && step < UNITS.length - 1) {
    bytes /= 1024;
    step++;
  }
  return `${step ? bytes.toFixed(1) : Math.round(bytes).toLocaleString("en")} ${UNITS[step]}`;
}

export const count = (number, unit) => `${number.toLocaleString("en")} ${unit}${number === 1 ? "" : "s"}`;

// In the largest unit that says enough: 40 s, 12 min, 3 h 20 min, 2 days.
export function duration(seconds) {
  if (!Number.isFinite(seconds)) return "";
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 2880) return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
  return count(Math.round(minutes / 1440), "day");
}

export function money(usd) {
  if (usd > 0 && usd < 0.005) return "<$0.01";
  const digits = usd < 1000 ? 2 : 0;
  return `$${usd.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}
