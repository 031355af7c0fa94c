import type { Hex } from "viem";
import type { Client } from "../sdk/client.ts";
import { unitOf } from "../sdk/contexts.ts";
import { RevertError } from "../sdk/errors.ts";
import type { Actor, Job } from "./actors.ts";
import { callOf, type Sender, TryAgainError } from "./sender.ts";
import { type AttestationView, PENDING, REFUTED, type SeasonView, VERIFIED, type View } from "./view.ts";

// What another keeper's transaction leaves behind: then the work is done.
const DONE_BY_ANOTHER = new Set(["AlreadySeeded", "AlreadyDrawn", "CaseClosed", "UnitSpent", "AlreadyBurned"]);

/** Moves on whatever is due, for everybody: seeds, draws, settlements, awards and burns. Any number may run. */
export function createKeeper(client: Client, sender: Sender): Actor {
  const { campaign, quorum } = client.contracts;

  const first = (key: string, send: () => Promise<unknown>): Job => ({
    key,
    async run() {
      try {
        await send();
      } catch (error) {
        if (!(error instanceof RevertError && DONE_BY_ANOTHER.has(error.errorName ?? ""))) throw error;
      }
    },
  });

  const seed = (seasonId: bigint): Job =>
    first(`seed ${seasonId}`, async () => {
      await sender.send(callOf({ ...campaign, functionName: "seed", args: [seasonId] }));
      const season = await client.rpc.readContract({ ...campaign, functionName: "seasonOf", args: [seasonId] });
      if (season.seededAt === 0)
        throw new TryAgainError(`The block for season ${seasonId}'s seed is too old; another was named.`);
    });

  const forAttestation = ({ uid, round, drawBlock, attestation }: AttestationView) => ({
    draw: first(`draw ${uid} ${round} ${drawBlock}`, () =>
      sender.send(callOf({ ...quorum, functionName: "draw", args: [uid] })),
    ),
    settle: first(`settle ${uid} ${round}`, () =>
      sender.send(callOf({ ...quorum, functionName: "settle", args: [uid] })),
    ),
    award: first(`award ${uid}`, () =>
      sender.send(callOf({ ...campaign, functionName: "award", args: [attestation.prover, attestation, noInput] })),
    ),
    burn: first(`burn ${uid}`, () => sender.send(callOf({ ...campaign, functionName: "burn", args: [attestation] }))),
  });

  return {
    name: `keeper ${sender.account.address}`,
    due(view) {
      const jobs: Job[] = [];
      for (const season of view.seasons.values()) if (isSeedDue(season, view)) jobs.push(seed(season.seasonId));
      for (const attestation of view.attestations.values()) {
        const step = stepDue(attestation, view);
        if (step !== undefined) jobs.push(forAttestation(attestation)[step]);
      }
      return jobs;
    },
  };
}

// Quorum's Verified says that the input was the assigned one, so nothing is shown.
const noInput = { header: "0x", base: "0x", proof: [] as Hex[] } as const;

// The seed's block is the second after the opening; a transaction can name it from the block after that.
const isSeedDue = ({ seed, openedIn, closesAt }: SeasonView, { head }: View): boolean =>
  seed === undefined && head.number >= openedIn + 2n && head.timestamp < closesAt;

type Step = "draw" | "settle" | "award" | "burn";

/** What anyone may do for an attestation now. */
function stepDue(attestation: AttestationView, view: View): Step | undefined {
  const { head, seasons } = view;
  if (attestation.status === PENDING) return attestation.round === 0 ? undefined : pendingStep(attestation, view);
  if (attestation.inLedger || (attestation.status !== VERIFIED && attestation.status !== REFUTED)) return undefined;
  const unit = unitOf(attestation.attestation.context);
  const season = unit && seasons.get(unit.seasonId);
  if (season === undefined || head.timestamp >= season.closesAt) return undefined;
  return attestation.status === VERIFIED ? "award" : "burn";
}

function pendingStep(attestation: AttestationView, { head }: View): Step | undefined {
  const { panel, drawBlock, drawUntil, outputHash, revealOpened, committed, revealed, commitUntil, revealUntil } =
    attestation;
  if (panel.length === 0) {
    if (head.timestamp >= drawUntil) return "settle";
    return head.number >= drawBlock ? "draw" : undefined;
  }
  const revealing = revealOpened || head.timestamp >= commitUntil;
  const complete = revealing && outputHash !== undefined && revealed.size === committed.size;
  return complete || head.timestamp >= revealUntil ? "settle" : undefined;
}
