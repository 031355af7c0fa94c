import type { AttestationState } from "../../../sdk/attestations.ts";
import { callOf } from "../../../sdk/calls.ts";
import { type Client, contractOf } from "../../../sdk/client.ts";
import { fraudProof } from "../../../sdk/methods/fraudProof.ts";
import type { Sender } from "../../sender.ts";
import type { Keeping } from "../method.ts";

/** Settles what nobody refuted within its window; a window's end is read from the chain once for each attestation. */
export function createFraudProofKeeping(client: Client, sender: Sender): Keeping {
  const { rpc, contracts } = client;
  const contract = contractOf(client, fraudProof);
  /** Unix seconds. */
  const ends = new Map<string, bigint>();

  const readEnd = async (id: AttestationState["id"], key: string): Promise<void> => {
    const [{ attestedAt }, window] = await Promise.all([
      rpc.readContract({ ...contracts.attestationRegistry, functionName: "recordOf", args: [id] }),
      rpc.readContract({ ...contract, functionName: "window" }),
    ]);
    ends.set(key, BigInt(attestedAt + window));
  };

  return ({ id, blockNumber }, { head }) => {
    // A reorganisation can move an attestation to another block, with another time.
    const key = `${id} ${blockNumber}`;
    const end = ends.get(key);
    if (end === undefined) return { key: `window ${key}`, run: () => readEnd(id, key) };
    if (head.timestamp < end) return undefined;
    return {
      key: `settle ${id}`,
      async run() {
        await sender.send(callOf({ ...contract, functionName: "settle", args: [id] }));
      },
    };
  };
}
