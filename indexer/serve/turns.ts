import { LruMap } from "toad-cache";
import { ProblemError } from "./problems.ts";

/** Work that waits for its turn. */
interface Waiting {
  cost: number;
  since: number;
  begin: () => void;
  refuse: (problem: ProblemError) => void;
  isGone: () => boolean;
}

/** What waits of one client, in order; whose `turn` is lowest comes next. */
interface Line {
  client: string;
  turn: number;
  cost: number;
  waiting: Waiting[];
}

/** Units of cost in a millisecond. */
const UNITS_PER_MS = 10;
/** The work that may wait, in milliseconds, where nothing is late, and however late all is. */
const [MOST_WAITING, LEAST_WAITING] = [300, 50];
/**
 * Work that waited longer while more waits is refused instead of begun, as who asked may have given up: so many milliseconds,
 * and so many times the lateness. A process that is busy with other things, or was suspended, is slow, and no less able to
 * answer those who wait.
 */
const [LONGEST_WAIT, LATE_TURNS] = [500, 10];
/** Work that is begun and not yet done: it can be more than one only where a store answers later. */
const MOST_BEGUN = 16;
/** Most turns of the event loop between two pieces of work: in each, Node accepts one connection, and a node's answer goes one step on. */
const TURNS_BETWEEN = 8;
/** Milliseconds between two pieces of work while connections come in. */
const LONGEST_PAUSE = 50;
/** Clients whose last turns are remembered. */
const MOST_CLIENTS = 20_000;

/**
 * Shares the process among those who ask for much. Between two pieces of work the event loop goes round several times, or
 * for as long as the last piece took, so whatever else waits (probes, small answers, the node's answers that following the
 * chain needs) waits for one piece at most. Clients have their turns by what their work cost, however much of it waits.
 * `lateness` is how late the event loop or the store is, in milliseconds: the later it is, the less may wait, down to some.
 * What is too much is refused by status 503, of the client first who has the most waiting. `connections` counts those that
 * were accepted: while more come in, a probe may be among them.
 */
export function createTurns(lateness: () => number, connections: () => number = () => 0) {
  const lines = new Map<string, Line>();
  const lastTurns = new LruMap<number>(MOST_CLIENTS);
  let waiting = 0;
  let begun = 0;
  let latest = 0;
  let isDue = false;
  /** When work last began, by a clock that never goes back, and how long it took. */
  let [beganAt, took] = [0, 0];

  function schedule(): void {
    if (isDue || lines.size === 0 || begun >= MOST_BEGUN) return;
    isDue = true;
    // From within an immediate the next one comes a turn later, after sockets were read and a connection accepted.
    setImmediate(goRound, TURNS_BETWEEN);
  }

  function goRound(turns: number, before = connections()): void {
    setImmediate(() => {
      const since = performance.now() - beganAt;
      const more = connections() > before;
      if ((turns > 1 && since < 2 * took) || (more && since < LONGEST_PAUSE)) goRound(turns - 1);
      else next();
    });
  }

  function next(): void {
    isDue = false;
    refuseLate();
    const [first, ...others] = lines.values();
    if (first !== undefined)
      begin(others.reduce((lowest, other) => (other.turn < lowest.turn ? other : lowest), first));
    schedule();
  }

  /** Refuses what waited too long, but for the last, and what nobody waits for any more. */
  function refuseLate(): void {
    const since = performance.now() - LONGEST_WAIT - LATE_TURNS * lateness();
    const isLate = (work: Waiting) => work.since < since && waiting > work.cost;
    for (const line of lines.values())
      for (let [work] = line.waiting; work && (isLate(work) || work.isGone()); [work] = line.waiting) {
        remove(line, line.waiting.shift() as Waiting);
        work.refuse(tooMuch());
      }
  }

  function begin(line: Line): void {
    const work = line.waiting.shift() as Waiting;
    remove(line, work);
    latest = line.turn;
    line.turn += work.cost;
    // Who had much lately comes later also when it comes again.
    lastTurns.set(line.client, line.turn);
    begun++;
    [beganAt, took] = [performance.now(), 0];
    work.begin();
  }

  /** Takes work off the books that left its line. */
  function remove(line: Line, work: Waiting): void {
    waiting -= work.cost;
    line.cost -= work.cost;
    if (line.waiting.length === 0) lines.delete(line.client);
  }

  function enter(client: string, work: Waiting): void {
    const turn = Math.max(lastTurns.get(client) ?? 0, latest);
    const line = lines.get(client) ?? { client, turn, cost: 0, waiting: [] };
    lines.set(client, line);
    line.waiting.push(work);
    line.cost += work.cost;
    waiting += work.cost;
    const most = UNITS_PER_MS * Math.max(MOST_WAITING - lateness(), LEAST_WAITING);
    while (waiting > most) {
      const longest = [...lines.values()].reduce((most, other) => (other.cost >= most.cost ? other : most));
      const last = longest.waiting.pop() as Waiting;
      remove(longest, last);
      last.refuse(tooMuch());
    }
    schedule();
  }

  return {
    /**
     * Waits for the turn of work of this cost, in units of 0.1 ms. Answers what to call when it is done; throws a problem of
     * status 503 where there is too much of it. Nothing is begun for those who are gone.
     */
    wait: (client: string, cost: number, isGone: () => boolean): Promise<() => void> =>
      new Promise((resolve, reject) => {
        const leave = (): void => {
          begun--;
          took = performance.now() - beganAt;
          schedule();
        };
        enter(client, { cost, since: performance.now(), begin: () => resolve(leave), refuse: reject, isGone });
      }),
  };
}

const tooMuch = () => new ProblemError(503, "More is asked than can be answered in time: try again later.");
