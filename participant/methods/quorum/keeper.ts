import { type AttestationState, detailOf } from "../../../sdk/attestations.ts";
import { callOf } from "../../../sdk/calls.ts";
import { type Client, contractOf } from "../../../sdk/client.ts";
import { type QuorumDetail, quorum } from "../../../sdk/methods/quorum.ts";
import type { Head } from "../../heads.ts";
import type { Sender } from "../../sender.ts";
import type { Keeping } from "../method.ts";

/** Draws panels, and settles attestations that they decided, or that weren't drawn or revealed in time. */
export function createQuorumKeeping(client: Client, sender: Sender): Keeping {
  const contract = contractOf(client, quorum);
  return (attestation, { head }) => {
    const { id } = attestation;
    const detail = detailOf(quorum, attestation);
    const step = detail && stepDue(attestation, detail, head);
    if (detail === undefined || step === undefined) return undefined;
    const { round, drawBlock } = detail;
    return {
      key: step === "draw" ? `draw ${id} ${round} ${drawBlock}` : `settle ${id} ${round}`,
      async run() {
        await sender.send(callOf({ ...contract, functionName: step, args: [id] }));
      },
    };
  };
}

function stepDue(attestation: AttestationState, detail: QuorumDetail, head: Head): "draw" | "settle" | undefined {
  const { round, panel, drawBlock, drawUntil, revealOpened, committed, votes, commitUntil, revealUntil } = detail;
  if (round === 0) return undefined;
  if (panel.length === 0) {
    if (head.timestamp >= drawUntil) return "settle";
    return head.number >= drawBlock ? "draw" : undefined;
  }
  const isRevealing = revealOpened || head.timestamp >= commitUntil;
  const isOpen = attestation.kind === "single" && attestation.answer !== undefined;
  const isComplete = isRevealing && isOpen && votes.size === committed.size;
  return isComplete || head.timestamp >= revealUntil ? "settle" : undefined;
}
