import type { Hex } from "viem";
import {
  type Assignment,
  type ChainModel,
  describeFinding,
  examineClaim,
  type Finding,
  readChainModel,
} from "../inference/methods/fraudProof/examine.ts";
import { type ClaimView, sizeOf } from "../inference/verify/claims.ts";
import { type Client, fraudProofOf } from "../sdk/client.ts";
import { unitOf } from "../sdk/contexts.ts";
import { RevertError } from "../sdk/errors.ts";
import type { Actor } from "./actors.ts";
import type { Report } from "./heads.ts";
import { refutationOf } from "./refutation.ts";
import type { Call, Sender } from "./sender.ts";
import { PENDING, type View } from "./view.ts";

export interface ChallengerOptions {
  client: Client;
  sender: Sender;
  report: Report;
}

/** How much of what was claimed a challenger has looked at, since it began. */
interface Coverage {
  /** Claims re-run, and the units in them. */
  claims: number;
  units: number;
  /** Claims found wrong. */
  wrong: number;
  /** Claims whose model's bytes can't be read, with the reason. */
  unreadable: ReadonlyMap<Hex, string>;
  /** Claims that were settled before this challenger was done with them. */
  missed: number;
}

export interface Challenger extends Actor {
  coverage(): Coverage;
}

// Another challenger was faster, or the window has ended: nothing is left to do here.
const TOO_LATE = new Set(["NotOpen", "WindowOver"]);

/** Re-runs every claim under FraudProof from what is on chain, and refutes what is wrong. */
export function createChallenger({ client, sender, report }: ChallengerOptions): Challenger {
  fraudProofOf(client);
  const name = `challenger ${sender.account.address}`;
  const models = new Map<Hex, Promise<ChainModel>>();
  const unreadable = new Map<Hex, string>();
  // By id: a claim is examined again after a lost RPC or a reorganisation, and counts once.
  const examined = new Map<Hex, number>();
  const wrong = new Set<Hex>();
  let claimed: readonly ClaimView[] = [];

  const coverage = (): Coverage => {
    const units = [...examined.values()].reduce((sum, size) => sum + size, 0);
    const missed = claimed.filter(({ id, status }) => status !== PENDING && !examined.has(id) && !unreadable.has(id));
    return { claims: examined.size, units, wrong: wrong.size, unreadable, missed: missed.length };
  };

  const modelOf = (modelId: Hex): Promise<ChainModel> => {
    const found = models.get(modelId) ?? readChainModel(client, modelId);
    models.set(modelId, found);
    found.catch(() => models.delete(modelId));
    return found;
  };

  /** The season's seed and the task that a claim's units are of; undefined for a free attestation. */
  const assignmentOf = (context: Hex, { seasons }: View): Assignment | undefined => {
    const unit = unitOf(context);
    const season = unit && seasons.get(unit.seasonId);
    const task = season?.tasks.find(({ taskId }) => taskId === unit?.taskId);
    return season?.seed === undefined || task === undefined ? undefined : { seed: season.seed, task };
  };

  const refute = async (id: Hex, finding: Finding, call: Call): Promise<void> => {
    wrong.add(id);
    report(`${name}: ${id} ${describeFinding(finding)}`);
    try {
      await sender.send(call);
    } catch (error) {
      if (!(error instanceof RevertError && TOO_LATE.has(error.errorName ?? ""))) throw error;
      report(`${name}: it was settled already.`);
    }
  };

  const examine = async (view: View, found: ClaimView): Promise<void> => {
    const { id, claim } = found;
    let model: ChainModel;
    try {
      model = await modelOf(claim.attestation.modelId);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      unreadable.set(id, error.message);
      return report(`${name}: ${id} can't be re-run. ${error.message}`);
    }
    const assignment = assignmentOf(claim.attestation.context, view);
    const finding = await examineClaim(found, model, assignment);
    if (finding) await refute(id, finding, refutationOf(client, found, model, assignment, finding));
    examined.set(id, sizeOf(found));
    const { claims, units, missed } = coverage();
    report(
      `${name}: ${claims} claims of ${units} units re-run, ${wrong.size} wrong; ${missed} settled before, ${unreadable.size} unreadable.`,
    );
  };

  return {
    name,
    due(view) {
      claimed = [...view.claims.values()];
      return claimed
        .filter(({ status }) => status === PENDING)
        .map((claim) => ({ key: `examine ${claim.id}`, run: () => examine(view, claim) }));
    },
    coverage,
  };
}
