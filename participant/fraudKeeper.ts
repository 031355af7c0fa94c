import type { Hex } from "viem";
import type { ClaimView, SingleClaim } from "../inference/verify/claims.ts";
import { type Client, fraudProofOf, readModel } from "../sdk/client.ts";
import { unitSeed } from "../sdk/commitments.ts";
import { unitOf } from "../sdk/contexts.ts";
import { RevertError } from "../sdk/errors.ts";
import { decodeLayout } from "../sdk/layouts.ts";
import { showInput } from "../sdk/units.ts";
import type { Actor, Job } from "./actors.ts";
import { callOf, type Sender } from "./sender.ts";
import { PENDING, REFUTED, VERIFIED, type View } from "./view.ts";
import { createWindows } from "./windows.ts";

// What another keeper's or a challenger's transaction leaves behind, and what no later try can mend: a unit on another
// input than its own.
const DONE = new Set(["NotOpen", "UnitSpent", "AlreadyBurned", "WrongInput"]);

/** Moves on claims under FraudProof for everybody: settles them after their window, awards and burns. */
export function createFraudKeeper(client: Client, sender: Sender): Actor {
  const { campaign } = client.contracts;
  const fraudProof = fraudProofOf(client);
  const windows = createWindows(client);

  const once = (key: string, send: () => Promise<unknown>): Job => ({
    key,
    async run() {
      try {
        await send();
      } catch (error) {
        if (!(error instanceof RevertError && DONE.has(error.errorName ?? ""))) throw error;
      }
    },
  });

  const settle = ({ id }: ClaimView) =>
    once(`settle ${id}`, () => sender.send(callOf({ ...fraudProof, functionName: "settle", args: [id] })));

  const award = ({ id, claim }: ClaimView, view: View) =>
    once(`award ${id}`, async () => {
      if (claim.kind === "batch") {
        const args = [claim.attestation.prover, claim.attestation] as const;
        return sender.send(callOf({ ...campaign, functionName: "awardBatch", args }));
      }
      const args = [claim.attestation.prover, claim.attestation, await inputOf(claim, view)] as const;
      return sender.send(callOf({ ...campaign, functionName: "award", args }));
    });

  const burn = ({ id, claim }: ClaimView) =>
    once(`burn ${id}`, () =>
      sender.send(
        claim.kind === "batch"
          ? callOf({ ...campaign, functionName: "burnBatch", args: [claim.attestation] })
          : callOf({ ...campaign, functionName: "burn", args: [claim.attestation] }),
      ),
    );

  /** What shows the campaign the input that was assigned to a single claim's unit. */
  const inputOf = async ({ attestation }: SingleClaim, { seasons }: View) => {
    const unit = unitOf(attestation.context);
    const season = unit && seasons.get(unit.seasonId);
    const task = season?.tasks.find(({ taskId }) => taskId === unit?.taskId);
    if (unit === undefined || season?.seed === undefined || task === undefined)
      throw new Error(`${attestation.context} is no unit of a season with a seed.`);
    const { layout } = await readModel(client, attestation.modelId);
    const seed = unitSeed(season.seed as Hex, unit.taskId, attestation.prover, unit.unit);
    return showInput(seed, task, decodeLayout(layout).input);
  };

  const dueFor = (claim: ClaimView, view: View): Job | undefined => {
    const { timestamp } = view.head;
    if (claim.status === PENDING) {
      const end = windows.endOf(claim);
      if (end === undefined) return { key: `window ${claim.id} ${claim.recordedIn}`, run: () => windows.read(claim) };
      return timestamp >= end ? settle(claim) : undefined;
    }
    const unit = unitOf(claim.claim.attestation.context);
    const season = unit && view.seasons.get(unit.seasonId);
    if (claim.inLedger || season === undefined || timestamp >= season.closesAt) return undefined;
    if (claim.status === VERIFIED) return award(claim, view);
    return claim.status === REFUTED ? burn(claim) : undefined;
  };

  return {
    name: `fraud keeper ${sender.account.address}`,
    due: (view) => [...view.claims.values()].flatMap((claim) => dueFor(claim, view) ?? []),
  };
}
