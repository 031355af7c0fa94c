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

/** What a node that tells no final block lacks: the tag, as it says itself, or an answer, time and again. */
type Lack = "tag" | "answer";

export function createFinality({ rpc, depth, warn, now = () => performance.now() }: FinalityOptions): Finality {
  const failing = new Map<Endpoint, { tries: number; until: number }>();
  /** What was final once stays so, also where no node answers any more what is. */
  let told: number | undefined;

  async function ask(node: Endpoint): Promise<number | Lack> {
    const { tries, until } = failing.get(node) ?? { tries: 0, until: 0 };
    if (now() < until) return "answer";
    try {
      const { number } = await readTagged(node, "finalized");
      failing.delete(node);
      return number;
    } catch (error) {
      if (!(error instanceof RpcError) || error.kind === "rate-limited") throw error;
      if (isRefusedBlock(error) || error.kind === "inconsistent") return "tag";
      await readTagged(node, "latest");
      const isGivenUp = tries + 1 >= TRIES;
      failing.set(node, { tries: tries + 1, until: isGivenUp ? now() + PAUSE : 0 });
      if (!isGivenUp) throw error;
      error.attribute(node);
      warn(`${error.message} As it tells its head, it is taken for one that doesn't know the tag "finalized".`);
      return "answer";
    }
  }

  return {
    async read(head) {
      const bound = Math.max(head - depth, 0);
      const lacks: Lack[] = [];
      try {
        told = await rpc.any(async (node) => {
          const answer = await ask(node);
          if (typeof answer === "number") return answer;
          lacks.push(answer);
          throw new RpcError("The node tells no final block.", "refused");
        });
        return Math.min(told, bound);
      } catch (error) {
        if (!(error instanceof RpcError) || lacks.length === 0) throw error;
        return lacks.includes("tag") ? bound : Math.min(told ?? bound, bound);
      }
    },
  };
}
