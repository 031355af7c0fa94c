import type { Hex } from "viem";
import { describeFinding } from "../../../inference/methods/fraudProof/examine.ts";
import { type AttestationState, detailOf, type SingleState } from "../../../sdk/attestations.ts";
import { callOf } from "../../../sdk/calls.ts";
import { contractOf } from "../../../sdk/client.ts";
import { isConnectionError, RevertError, sentenceOf } from "../../../sdk/errors.ts";
import { firstDecision, isOver, type QuorumDetail, quorum } from "../../../sdk/methods/quorum.ts";
import { Status } from "../../../sdk/protocol.ts";
import type { ChainState } from "../../chainState.ts";
import { ensureDeposit } from "../../deposits.ts";
import type { Job, Participant } from "../../jobs.ts";
import { TryAgainError } from "../../sender.ts";
import type { Tools } from "../method.ts";
import { judge } from "./judge.ts";
import { createParameters } from "./parameters.ts";
import { findWrongShown } from "./shown.ts";

// Somebody was faster, or the time is over: there is nothing left to do.
const TOO_LATE = new Set(["NothingToAppeal", "NotVoting", "CaseClosed", "NotOpen", "WindowOver"]);

/**
 * Re-runs what first panels decided and calls the deciding panel where they decided for something else; re-runs what
 * provers show and refutes wrong rows. The odds of a Verified status hold only where somebody does this.
 */
export function createAppellant(tools: Tools): Participant {
  const { client, sender, report } = tools;
  const { rpc } = client;
  const contract = contractOf(client, quorum);
  const parameters = createParameters(client);
  const name = `appellant ${sender.account.address}`;

  /** Runs and sends; a fault that the attestation itself brings doesn't end the other work. */
  const guarded = (key: string, run: () => Promise<void>): Job => ({
    key,
    async run() {
      try {
        await run();
      } catch (error) {
        if (error instanceof RevertError && TOO_LATE.has(error.errorName ?? "")) return;
        if (error instanceof RevertError || isConnectionError(error)) throw error;
        throw new TryAgainError(sentenceOf(error), { cause: error });
      }
    },
  });

  const review = ({ id, message }: SingleState, decision: Hex, state: ChainState): Job =>
    guarded(`review ${id}`, async () => {
      const own = await judge(tools, message, state);
      if (own === decision) return;
      report(`${name}: the first panel decided for ${decision} on ${id}; the own run gave ${own}.`);
      const { stake } = await rpc.readContract({ ...contract, functionName: "parameters" });
      await ensureDeposit(client, sender, contract.address, stake);
      await sender.send(callOf({ ...contract, functionName: "appeal", args: [id] }));
    });

  const challenge = (attestation: SingleState, trace: Uint8Array): Job =>
    guarded(`challenge ${attestation.id}`, async () => {
      const found = await findWrongShown(client, attestation, trace);
      if (found === undefined) return;
      report(`${name}: the run shown for ${attestation.id} ${describeFinding(found.finding)}`);
      await sender.send(found.call);
    });

  const dueFor = (attestation: AttestationState, state: ChainState, firstThreshold: number, appealWindow: number) => {
    const detail = detailOf(quorum, attestation);
    if (detail === undefined || attestation.kind !== "single" || attestation.status !== Status.pending) return [];
    if (detail.shown !== undefined) return [challenge(attestation, detail.shown.trace)];
    const decision = appealable(detail, state.head.timestamp, firstThreshold, appealWindow);
    return decision === undefined ? [] : [review(attestation, decision, state)];
  };

  return {
    name,
    due(state) {
      const known = parameters.known();
      if (known === undefined) return [parameters.job];
      return [...state.attestations.byId.values()].flatMap((attestation) =>
        dueFor(attestation, state, known.firstThreshold, known.appealWindow),
      );
    },
  };
}

/** What the first panel decided for, while that can be appealed. */
export function appealable(
  detail: QuorumDetail,
  now: bigint,
  firstThreshold: number,
  appealWindow: number,
): Hex | undefined {
  const { round, revealUntil } = detail;
  const isTime = round === 1 && isOver(detail, now) && now < revealUntil + BigInt(appealWindow);
  return isTime ? firstDecision(detail, firstThreshold) : undefined;
}
