import { group } from "../format.ts";

/** A whole number with its thousands set apart. */
export function Num({ value, signed = false }: { value: number | bigint | string; signed?: boolean }) {
  const grouped = group(value);
  return <span className="num">{signed && !grouped.startsWith("−") && grouped !== "0" ? `+${grouped}` : grouped}</span>;
}
