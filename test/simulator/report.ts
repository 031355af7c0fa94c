import type { Result } from "./run.ts";

const MOST_SHOWN = 12;
const LONGEST_SHOWN = 2_000;

const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);
const listed = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, count]) => `${kind} ${count}`)
    .join(", ");

/** A seed's line, and under it what is wrong and how to repeat it. */
export function line({ seed, faults, disasters, seconds, wrong, again = "" }: Result): string {
  const happened = [
    `seed ${seed}: ${wrong.length === 0 ? "ok" : "DIFFERENT"} in ${seconds.toFixed(1)} s`,
    listed(disasters) || "no disaster",
    `${sum(faults.values())} faults (${listed(faults)})`,
  ].join("; ");
  if (wrong.length === 0) return happened;
  const more = wrong.length > MOST_SHOWN ? [`and ${wrong.length - MOST_SHOWN} more`] : [];
  const shown = [...wrong.slice(0, MOST_SHOWN), ...more].map((sentence) => `  ${sentence.slice(0, LONGEST_SHOWN)}`);
  return [happened, ...shown, `  Again: npm run simulate -- --seeds 1 --from ${seed}${again}`].join("\n");
}

/** What all seeds came to, as a table. */
export function summary(results: readonly Result[]): string {
  const total = new Map<string, { times: number; seeds: number }>();
  for (const { faults, disasters } of results)
    for (const [kind, count] of [...disasters, ...faults]) {
      const { times, seeds } = total.get(kind) ?? { times: 0, seeds: 0 };
      total.set(kind, { times: times + count, seeds: seeds + 1 });
    }
  const rows = [...total].sort(([a], [b]) => (a < b ? -1 : 1));
  const bad = results.filter(({ wrong }) => wrong.length > 0).map(({ seed }) => seed);
  const seconds = sum(results.map((result) => result.seconds));
  return [
    `${"kind".padEnd(24)}${"times".padStart(8)}${"seeds".padStart(8)}`,
    ...rows.map(([kind, { times, seeds }]) => `${kind.padEnd(24)}${`${times}`.padStart(8)}${`${seeds}`.padStart(8)}`),
    `${results.length} seeds in ${seconds.toFixed(0)} s: ${bad.length === 0 ? "no difference" : `differences with ${bad.join(", ")}`}`,
  ].join("\n");
}
