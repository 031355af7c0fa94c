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
export const UNITS_PER_MS = 10;
/** The work that may wait, in milliseconds, where nothing is late. */
const MOST_WAITING = 500;
/** Work that waited longer in milliseconds is refused instead of begun: who asked may have given up. */
const LONGEST_WAIT = 800;
/** Turns of the event loop from one piece of work to the next: in each, Node accepts one connection and a node's answer goes one step on. */
const TURNS_BETWEEN = 8;
/** Work that is begun and not yet done: it can be more than one only where a store answers later. */
const MOST_BEGUN = 16;

/**
 * Shares the process among those who ask for much. Between two pieces of work the event loop goes round several times, so
 * whatever else waits (probes, small answers, the node's answers that following the chain needs) waits for one at most. Clients
 * have their turns by what their work cost, however much of it waits. `lateness` is how late the event loop is, in
 * milliseconds: the later it is, the less may wait, down to nothing. What is too much is refused by status 503, of the
 * client first who has the most waiting.
 */
export function createTurns(lateness: () => number) {
  const lines = new Map<string, Line>();
  let waiting = 0;
  let begun = 0;
  let latest = 0;
  let isDue = false;

  function schedule(): void {
    if (isDue || lines.size === 0 || begun >= MOST_BEGUN) return;
    isDue = true;
    afterTurns(TURNS_BETWEEN, next);
  }

  function next(): void {
    isDue = false;
    const line = [...lines.values()].reduce((first, other) => (other.turn < first.turn ? other : first));
    const work = take(line, line.waiting.shift() as Waiting);
    latest = line.turn;
    if (work.isGone() || performance.now() - work.since > LONGEST_WAIT) work.refuse(tooMuch());
    else {
      line.turn += work.cost;
      begun++;
      work.begin();
    }
    schedule();
  }

  /** Takes work off the books that left its line. */
  function take(line: Line, work: Waiting): Waiting {
    waiting -= work.cost;
    line.cost -= work.cost;
    if (line.waiting.length === 0) lines.delete(line.client);
    return work;
  }

  function enter(client: string, work: Waiting): void {
    const line = lines.get(client) ?? { client, turn: latest, cost: 0, waiting: [] };
    lines.set(client, line);
    line.waiting.push(work);
    line.cost += work.cost;
    waiting += work.cost;
    const most = UNITS_PER_MS * Math.max(MOST_WAITING - lateness(), 0);
    while (waiting > most) {
      const longest = [...lines.values()].reduce((most, other) => (other.cost >= most.cost ? other : most));
      take(longest, longest.waiting.pop() as Waiting).refuse(tooMuch());
    }
    schedule();
  }

  return {
    /**
     * Waits for the turn of work of this cost, in units. Answers what to call when it is done; throws a problem of status
     * 503 where there is too much of it. Nothing is begun for those who are gone.
     */
    wait: (client: string, cost: number, isGone: () => boolean): Promise<() => void> =>
      new Promise((resolve, reject) => {
        const leave = (): void => {
          begun--;
          schedule();
        };
        enter(client, { cost, since: performance.now(), begin: () => resolve(leave), refuse: reject, isGone });
      }),
  };
}

export type Turns = ReturnType<typeof createTurns>;

function afterTurns(turns: number, next: () => void): void {
  setImmediate(() => (turns === 1 ? next() : afterTurns(turns - 1, next)));
}

const tooMuch = () => new ProblemError(503, "More is asked than can be answered in time: try again later.");
