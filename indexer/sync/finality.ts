import { isRefusedBlock, readTagged } from "../ingest/blocks.ts";
import type { Endpoint } from "../ingest/endpoint.ts";
import { RpcError } from "../ingest/errors.ts";
import type { Rpc } from "../ingest/rpc.ts";

/** Which blocks can't be reorganised any more. */
export interface Finality {
  /**
   * The last final block: the node's `finalized` block, and in any case one at least `depth` blocks below this head. Some
   * nodes know no such tag, and development chains call their head final. Throws {@link RpcError} while nodes fail.
   */
  read(head: number): Promise<number>;
}

/** Options of {@link createFinality}. */
interface FinalityOptions {
  rpc: Rpc;
  depth: number;
  warn: (message: string) => void;
  /** A clock that never goes back, in milliseconds. */
  now?: () => number;
}

/** So many failures in a row at the tag alone, while the node tells its head, mean that it doesn't know the tag. */
const TRIES = 3;
/** Milliseconds for which such a node isn't asked for it again. */
const PAUSE = 600_000;

export function createFinality({ rpc, depth, warn, now = () => performance.now() }: FinalityOptions): Finality {
  const failing = new Map<Endpoint, { tries: number; until: number }>();
  /** What was told last: nothing above it is final while no node tells the next, also where all refuse it just then. */
  let told: number | undefined;

  /** What the node says is final; undefined where it doesn't know the tag. */
  async function ask(node: Endpoint): Promise<number | undefined> {
    const { tries, until } = failing.get(node) ?? { tries: 0, until: 0 };
    if (now() < until) return undefined;
    try {
      const { number } = await readTagged(node, "finalized");
      failing.delete(node);
      return number;
    } catch (error) {
      if (!(error instanceof RpcError) || error.kind === "rate-limited") throw error;
      if (isRefusedBlock(error) || error.kind === "inconsistent") return undefined;
      await readTagged(node, "latest");
      const isGivenUp = tries + 1 >= TRIES;
      failing.set(node, { tries: tries + 1, until: isGivenUp ? now() + PAUSE : 0 });
      if (!isGivenUp) throw error;
      error.attribute(node);
      warn(`${error.message} As it tells its head, it is taken for one that doesn't know the tag "finalized".`);
      return undefined;
    }
  }

  return {
    async read(head) {
      const bound = Math.max(head - depth, 0);
      let isUnknown = false;
      try {
        told = await rpc.any(async (node) => {
          const number = await ask(node);
          if (number !== undefined) return number;
          isUnknown = true;
          throw new RpcError("The node tells no final block.", "refused");
        });
      } catch (error) {
        if (!(error instanceof RpcError) || !isUnknown) throw error;
      }
      return Math.min(told ?? bound, bound);
    },
  };
}
