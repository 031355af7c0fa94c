import type { ClaimView } from "../inference/verify/claims.ts";
import { type Client, fraudProofOf } from "../sdk/client.ts";

/** When claims under FraudProof can be settled, read from the chain once a claim. */
export interface Windows {
  /** Unix seconds; undefined until it was read. */
  endOf(claim: ClaimView): bigint | undefined;
  read(claim: ClaimView): Promise<void>;
}

export function createWindows(client: Client): Windows {
  const { rpc, contracts } = client;
  const fraudProof = fraudProofOf(client);
  const ends = new Map<string, bigint>();
  // A reorganisation can move a claim to another block, with another time.
  const keyOf = ({ id, recordedIn }: ClaimView) => `${id} ${recordedIn}`;
  return {
    endOf: (claim) => ends.get(keyOf(claim)),
    async read(claim) {
      const [{ attestedAt }, window] = await Promise.all([
        rpc.readContract({ ...contracts.attestationRegistry, functionName: "recordOf", args: [claim.id] }),
        rpc.readContract({ ...fraudProof, functionName: "window" }),
      ]);
      ends.set(keyOf(claim), BigInt(attestedAt + window));
    },
  };
}
