import { readTagged, type SealedHeader } from "../ingest/blocks.ts";
import type { Endpoint } from "../ingest/endpoint.ts";
import { RpcError } from "../ingest/errors.ts";
import type { Rpc } from "../ingest/rpc.ts";

/** Which node's head is followed. */
export interface Heads {
  /** The furthest head that a believed node tells; that node is asked first from now on. Throws when no node answers. */
  read(): Promise<SealedHeader>;
  /** What the last head's node told held. */
  believe(): void;
  /** What the last head's node told didn't hold: others lead for the next looks, twice as many each time. */
  doubt(): void;
}

const LONGEST_DOUBT = 64;

/** Compares the heads of all nodes at each look: one may be frozen, on an old fork, or name blocks that don't exist. */
export function createHeads(rpc: Rpc): Heads {
  const doubts = new Map<Endpoint, { looks: number; length: number }>();
  /** What each node told last: one that is slow answers too late for its look, and counts at the next. */
  const told = new Map<Endpoint, SealedHeader>();
  let leader: Endpoint | undefined;

  async function ask(node: Endpoint): Promise<SealedHeader> {
    told.delete(node);
    const head = await readTagged(node, "latest");
    told.set(node, head);
    return head;
  }

  return {
    async read() {
      const late = new Map(told);
      const answers = await rpc.all(ask);
      for (const { node } of answers) late.delete(node);
      // Of equal heads that of a node which answered in time leads.
      const heads = [
        ...answers.flatMap(({ node, result }) => (result instanceof RpcError ? [] : [{ node, head: result }])),
        ...[...late].map(([node, head]) => ({ node, head })),
      ];
      if (heads.length === 0) throw together(answers.map(({ result }) => result as RpcError));
      const doubt = (node: Endpoint): number => doubts.get(node)?.looks ?? 0;
      for (const { node } of heads) {
        const found = doubts.get(node);
        if (found && found.looks > 0) found.looks--;
      }
      const [best] = heads.toSorted(
        (a, b) => Math.sign(doubt(a.node)) - Math.sign(doubt(b.node)) || b.head.number - a.head.number,
      ) as [(typeof heads)[0]];
      leader = best.node;
      rpc.prefer(best.node);
      return best.head;
    },
    believe() {
      if (leader) doubts.delete(leader);
    },
    doubt() {
      if (!leader) return;
      told.delete(leader);
      const length = Math.min(2 * (doubts.get(leader)?.length ?? 1), LONGEST_DOUBT);
      doubts.set(leader, { looks: length, length });
    },
  };
}

function together(errors: readonly RpcError[]): RpcError {
  const [first] = errors as [RpcError];
  if (errors.length === 1) return first;
  const kind = errors.every((error) => error.kind === first.kind) ? first.kind : "inconsistent";
  return new RpcError(errors.map((error) => error.message).join(" "), kind, first.retryAfter);
}
