import { type AttestationState, detailOf } from "../../../sdk/attestations.ts";
import { callOf } from "../../../sdk/calls.ts";
import { type Client, contractOf } from "../../../sdk/client.ts";
import { DisputeOutcome, disputeGame } from "../../../sdk/methods/disputeGame.ts";
import type { Sender } from "../../sender.ts";
import type { Keeping } from "../method.ts";

/** Closes challenges whose time is over, and settles what stood the window. Times are read from the chain. */
export function createDisputeKeeping(client: Client, sender: Sender): Keeping {
  const { rpc, contracts } = client;
  const contract = contractOf(client, disputeGame);
  /** Unix seconds. */
  const ends = new Map<string, bigint>();

  const readEnd = async (id: AttestationState["id"], key: string): Promise<void> => {
    const [{ attestedAt }, window] = await Promise.all([
      rpc.readContract({ ...contracts.attestationRegistry, functionName: "recordOf", args: [id] }),
      rpc.readContract({ ...contract, functionName: "window" }),
    ]);
    ends.set(key, BigInt(attestedAt + window));
  };

  return (attestation, { head }) => {
    const { id, blockNumber } = attestation;
    // A reorganisation can move an attestation to another block, with another time.
    const key = `${id} ${blockNumber}`;
    const end = ends.get(key);
    if (end === undefined) return { key: `window ${key}`, run: () => readEnd(id, key) };
    const open = (detailOf(disputeGame, attestation)?.challenges ?? []).filter(
      ({ outcome }) => outcome === DisputeOutcome.open,
    );
    if (open.length > 0)
      return {
        // Asked at each block: whose time is over follows from the chain's alone.
        key: `timeouts ${key} ${head.number}`,
        async run() {
          for (const { number } of open) {
            // Later it may be decided.
            const turn = { ...contract, functionName: "turnOf", args: [id, number], blockNumber: head.number } as const;
            const [, until] = await rpc.readContract(turn);
            if (head.timestamp <= until) continue;
            await sender.send(callOf({ ...contract, functionName: "timeout", args: [id, number] }));
          }
        },
      };
    if (head.timestamp < end) return undefined;
    return {
      key: `settle ${id}`,
      async run() {
        await sender.send(callOf({ ...contract, functionName: "settle", args: [id] }));
      },
    };
  };
}
