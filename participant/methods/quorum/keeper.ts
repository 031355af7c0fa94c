import { type Hex, numberToHex } from "viem";
import { detailOf } from "../../../sdk/attestations.ts";
import { callOf } from "../../../sdk/calls.ts";
import { type Client, contractOf } from "../../../sdk/client.ts";
import { encodeHeader, HeaderMismatchError } from "../../../sdk/headers.ts";
import { fraudProof } from "../../../sdk/methods/fraudProof.ts";
import { firstDecision, isOver, isRefillable, type QuorumDetail, quorum } from "../../../sdk/methods/quorum.ts";
import type { Head } from "../../heads.ts";
import { type Sender, TryAgainError } from "../../sender.ts";
import type { Keeping } from "../method.ts";
import { createParameters } from "./parameters.ts";

type Step = "draw" | "refill" | "settle" | "settleShown";

/**
 * Draws panels, fills missed seats again, ends rounds, and settles what is decided, shown and not refuted, or wasn't drawn
 * or revealed in time.
 */
export function createQuorumKeeping(client: Client, sender: Sender): Keeping {
  const contract = contractOf(client, quorum);
  const parameters = createParameters(client);

  const callTo = async (step: Step, id: Hex, { drawBlock }: QuorumDetail) => {
    if (step === "settleShown")
      return callOf({ ...contractOf(client, fraudProof), functionName: "settle", args: [id] });
    if (step !== "draw") return callOf({ ...contract, functionName: step, args: [id] });
    return callOf({ ...contract, functionName: "draw", args: [id, await headerOf(client, drawBlock)] });
  };

  return (attestation, { head }) => {
    const { id } = attestation;
    const detail = detailOf(quorum, attestation);
    if (detail === undefined || detail.round === 0) return undefined;
    const known = parameters.known();
    if (known === undefined) return parameters.job;
    const step = stepDue(detail, head, known);
    return (
      step && {
        key: `${step} ${id} ${detail.round}`,
        async run() {
          await sender.send(await callTo(step, id, detail));
        },
      }
    );
  };
}

function stepDue(
  detail: QuorumDetail,
  { number, timestamp }: Head,
  { firstThreshold, appealWindow }: { firstThreshold: number; appealWindow: number },
): Step | undefined {
  const { round, panel, shown, drawBlock, drawUntil, revealUntil } = detail;
  if (shown !== undefined) return timestamp >= shown.until ? "settleShown" : undefined;
  if (panel.length === 0) {
    if (timestamp >= drawUntil) return "settle";
    return number >= drawBlock ? "draw" : undefined;
  }
  if (isRefillable(detail, timestamp)) return "refill";
  if (!isOver(detail, timestamp)) return undefined;
  const mayBeAppealed = round === 1 && firstDecision(detail, firstThreshold) !== undefined;
  return mayBeAppealed && timestamp < revealUntil + BigInt(appealWindow) ? undefined : "settle";
}

/** The header that shows a block's randomness. */
async function headerOf({ rpc }: Client, blockNumber: bigint): Promise<Hex> {
  const block = await rpc.request({ method: "eth_getBlockByNumber", params: [numberToHex(blockNumber), false] });
  if (block === null) throw new TryAgainError(`The RPC doesn't tell block ${blockNumber} yet.`);
  try {
    return encodeHeader(block);
  } catch (error) {
    // A fork may have added a field that isn't known here; somebody else may know it.
    throw error instanceof HeaderMismatchError ? new TryAgainError(error.message, { cause: error }) : error;
  }
}
