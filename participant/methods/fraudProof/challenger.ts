import type { Hex } from "viem";
import {
  type ChainModel,
  describeFinding,
  examine,
  type Finding,
  readChainModel,
} from "../../../inference/methods/fraudProof/examine.ts";
import { type AttestationState, countOf } from "../../../sdk/attestations.ts";
import type { Call } from "../../../sdk/calls.ts";
import { isConnectionError, RevertError, sentenceOf } from "../../../sdk/errors.ts";
import { fraudProof } from "../../../sdk/methods/fraudProof.ts";
import { Status } from "../../../sdk/protocol.ts";
import { assignedUnit, type ChainState } from "../../chainState.ts";
import type { Participant } from "../../jobs.ts";
import { TryAgainError } from "../../sender.ts";
import type { Tools } from "../method.ts";
import { refutationOf } from "./refutation.ts";

/** What a challenger has checked since it started. */
interface Coverage {
  /** Attestations re-run, and the units in them. */
  attestations: number;
  units: number;
  /** Attestations found wrong. */
  wrong: number;
  /** Attestations whose model's bytes can't be read, with the reason. */
  unreadable: ReadonlyMap<Hex, string>;
  /** Attestations that were settled before this challenger was done with them. */
  missed: number;
}

export interface Challenger extends Participant {
  coverage(): Coverage;
}

// Another challenger was faster, or the window has ended: there is nothing left to do.
const TOO_LATE = new Set(["NotOpen", "WindowOver"]);

/** Re-runs every attestation under FraudProof from what is on chain, and refutes what is wrong. */
export function createChallenger({ client, sender, report }: Pick<Tools, "client" | "sender" | "report">): Challenger {
  const name = `challenger ${sender.account.address}`;
  const models = new Map<Hex, Promise<ChainModel>>();
  const unreadable = new Map<Hex, string>();
  // By id: an attestation is examined again after a lost RPC or a reorganisation, and counts once.
  const examined = new Map<Hex, number>();
  const wrong = new Set<Hex>();
  let attested: readonly AttestationState[] = [];

  const coverage = (): Coverage => {
    const units = [...examined.values()].reduce((sum, count) => sum + count, 0);
    const missed = attested.filter(
      ({ id, status }) => status !== Status.pending && !examined.has(id) && !unreadable.has(id),
    );
    return { attestations: examined.size, units, wrong: wrong.size, unreadable, missed: missed.length };
  };

  const modelOf = (modelId: Hex): Promise<ChainModel> => {
    const found = models.get(modelId) ?? readChainModel(client, modelId);
    models.set(modelId, found);
    found.catch(() => models.delete(modelId));
    return found;
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

  /** The first wrong row and the call that shows it; undefined where all is right. */
  const find = async (state: ChainState, attestation: AttestationState) => {
    const { modelId, context } = attestation.message;
    const model = await modelOf(modelId);
    const assignment = assignedUnit(state, context);
    const finding = await examine(attestation, model, assignment);
    return finding && { finding, call: refutationOf(client, attestation, model, assignment, finding) };
  };

  const look = async (state: ChainState, attestation: AttestationState): Promise<void> => {
    const { id } = attestation;
    let found: Awaited<ReturnType<typeof find>>;
    try {
      found = await find(state, attestation);
    } catch (error) {
      if (isConnectionError(error)) throw error;
      // One attestation can't keep the others from being checked; this one is tried again later.
      unreadable.set(id, sentenceOf(error));
      throw new TryAgainError(`${id} can't be re-run. ${sentenceOf(error)}`, { cause: error });
    }
    unreadable.delete(id);
    if (found) await refute(id, found.finding, found.call);
    examined.set(id, countOf(attestation));
    const { attestations, units, missed } = coverage();
    report(
      `${name}: ${attestations} attestations of ${units} units re-run, ${wrong.size} wrong; ${missed} settled before, ${unreadable.size} unreadable.`,
    );
  };

  return {
    name,
    due(state) {
      attested = [...state.attestations.byId.values()].filter(({ message }) => message.method === fraudProof.id);
      return attested
        .filter(({ status }) => status === Status.pending)
        .map((attestation) => ({ key: `examine ${attestation.id}`, run: () => look(state, attestation) }));
    },
    coverage,
  };
}
