import type { Hex } from "viem";
import type { BatchState, SingleState } from "../../../sdk/attestations.ts";
import { unitOf } from "../../../sdk/contexts.ts";
import { isPlayable } from "../../../sdk/dispute.ts";
import { assignedTo } from "../../assignment.ts";
import { UnavailableError } from "../../content.ts";
import { InvalidModelError } from "../../failures.ts";
import type { Checker, CheckKind } from "../../verify/checks.ts";
import type { InferenceMethod, Subject } from "../method.ts";
import { openPlayable, type PlayableModel, runTraced } from "./playable.ts";
import { tracesOf, treeOfTraces } from "./rerun.ts";

const traceCheck: CheckKind = { name: "trace", title: "Trace", about: "answer" };

/** A root is on chain, and nothing behind it: the model runs here, and the root of what it computes is compared. */
export const disputeGame: InferenceMethod = {
  refuses({ parameters, layout: { graph = [] } }) {
    if (parameters === undefined) return "It is no graph, of which one number could be shown to the contract.";
    return isPlayable(graph) ? undefined : "Its input and output are too large to be shown in one transaction.";
  },
  evidence: {
    most: { single: 1, batch: 1, unit: 0 },
    async check(subject, check) {
      const { client, content, attestation, index } = subject;
      // Of one unit of a batch nothing is on chain.
      if (index !== undefined) return undefined;
      try {
        const model = await openPlayable(client, content, attestation.message.modelId);
        if (attestation.kind === "single") checkSingle(subject, attestation, model, check);
        else await checkBatch(subject, attestation, model, check);
      } catch (error) {
        if (!(error instanceof UnavailableError || error instanceof InvalidModelError)) throw error;
        check(traceCheck, error instanceof UnavailableError ? "unknown" : "failed", error.message);
      }
      return undefined;
    },
  },
};

function checkSingle({ input }: Subject, { answer }: SingleState, model: PlayableModel, check: Checker): void {
  // Without an input the shared checks said why.
  if (!input || !answer) return;
  const { root } = runTraced(model, input).trace;
  compare("The trace of a run here", root, answer.traceHash, check);
}

async function checkBatch(
  { assignment }: Subject,
  { message: { prover, context, count, root } }: BatchState,
  model: PlayableModel,
  check: Checker,
): Promise<void> {
  const first = unitOf(context)?.unit;
  if (!assignment || first === undefined) return;
  const input = (unit: number) => new Uint8Array(assignedTo(assignment, prover, first + BigInt(unit)).buffer);
  const tree = treeOfTraces(await tracesOf((unit) => runTraced(model, input(unit)), count));
  compare(`The tree over the traces of all ${count} units, run here,`, tree.root, root, check);
}

function compare(what: string, found: Hex, expected: Hex, check: Checker): void {
  const held = found === expected;
  const said = held ? "which is the prover's" : `the prover's is ${expected}`;
  check(traceCheck, held ? "held" : "failed", `${what} has the root ${found}${held ? "," : ";"} ${said}.`, {
    expected,
    found,
  });
}
