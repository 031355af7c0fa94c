const numbers = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "long" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "always" });

/** A whole number with its thousands set apart: `12,481`. A decimal text may be of any length. */
export function group(value: number | bigint | string): string {
  if (typeof value === "string" && !/^-?\d+$/.test(value)) return value;
  return numbers.format(typeof value === "string" ? BigInt(value) : value).replace("-", "−");
}

/** `3 points`, `1 point`. */
export const plural = (count: number | bigint | string, one: string, many = `${one}s`): string =>
  `${group(count)} ${String(count) === "1" ? one : many}`;

/** A time, in unix seconds, to the second. */
export const exactTime = (seconds: number): string => exact.format(seconds * 1_000);

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** `5 minutes ago`, `in 2 hours`; both times in unix seconds. */
export function relativeTime(seconds: number, now: number): string {
  const distance = Math.round(seconds - now);
  const [unit, length] = UNITS.find(([, length]) => Math.abs(distance) >= length) ?? ["second", 1];
  return Math.abs(distance) < 1 ? "now" : relative.format(Math.trunc(distance / length), unit);
}

/** `1 d 3 h`, `4 min 10 s`: the two largest parts of a length in seconds. */
export function duration(seconds: number): string {
  const short = { day: "d", hour: "h", minute: "min", second: "s" } as const;
  let left = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [unit, length] of UNITS) {
    const count = Math.floor(left / length);
    left -= count * length;
    if (count > 0 || (unit === "second" && parts.length === 0)) parts.push(`${count} ${short[unit]}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(" ");
}

/** `0x1234…abcd` */
export const short = (hex: string): string => (hex.length <= 13 ? hex : `${hex.slice(0, 6)}…${hex.slice(-4)}`);
