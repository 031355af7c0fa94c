import { readdirSync, readFileSync } from "node:fs";

/** What a process and all its descendants use. */
export interface Usage {
  /** User and system time, also of descendants that have ended and were waited for. */
  cpuSeconds: number;
  /** Resident memory now, what several processes share counted once. */
  rssMiB: number;
}

/** Why nothing can be measured on this system, as a sentence; undefined where it can. */
export const usageObstacle = (): string | undefined =>
  process.platform === "linux"
    ? undefined
    : `What a process uses is read from /proc, which ${process.platform} hasn't.`;

// In /proc, Linux counts in hundredths of a second, whatever its own clock is.
const TICKS = 100;

interface Stat {
  parent: number;
  ticks: number;
}

/** Sums up what the processes and their descendants use. */
export function usageOf(roots: readonly number[]): Usage {
  const stats = new Map<number, Stat>();
  for (const name of readdirSync("/proc")) {
    const stat = /^\d+$/.test(name) ? read(`/proc/${name}/stat`) : undefined;
    if (stat) stats.set(Number(name), parse(stat));
  }
  let ticks = 0;
  let kib = 0;
  for (const [pid, stat] of stats) {
    if (!descends(pid, roots, stats)) continue;
    ticks += stat.ticks;
    kib += Number(/^Pss: +(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? "")?.[1] ?? 0);
  }
  return { cpuSeconds: ticks / TICKS, rssMiB: kib / 1024 };
}

function descends(pid: number, roots: readonly number[], stats: ReadonlyMap<number, Stat>): boolean {
  for (let at = pid; at > 1; at = stats.get(at)?.parent ?? 0) if (roots.includes(at)) return true;
  return false;
}

// pid (command) state parent … with user, system, children's user and children's system time as fields 14 to 17; the
// command may hold spaces and parentheses.
function parse(stat: string): Stat {
  const fields = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  return { parent: fields[1] as number, ticks: fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0) };
}

/** A process may end between being listed and being read. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
