import { setImmediate as breathe } from "node:timers/promises";
import { bytesToHex, type Hex } from "viem";
import { disputeRow, disputeUnit, findWrongRow } from "../inference/dispute.ts";
import { traceOf } from "../inference/fraud.ts";
import { type Client, fraudProofOf, readModel } from "../sdk/client.ts";
import { unitSeed } from "../sdk/commitments.ts";
import { unitOf } from "../sdk/contexts.ts";
import { RevertError } from "../sdk/errors.ts";
import { decodeLayout, decodeRows, type Layout, type Row } from "../sdk/layouts.ts";
import { showInput, unitInput } from "../sdk/units.ts";
import type { Actor } from "./actors.ts";
import { type BatchClaim, type ClaimView, type SingleClaim, sizeOf } from "./claims.ts";
import type { Report } from "./heads.ts";
import { callOf, type Sender } from "./sender.ts";
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
  /** Claims that were settled before this challenger could look. */
  missed: number;
}

export interface Challenger extends Actor {
  coverage(): Coverage;
}

/** A model as the chain alone tells of it: its rows are all that a claim is held to. */
interface ChainModel {
  layoutBytes: Uint8Array;
  layout: Layout;
  layers: Row[][];
}

// Another challenger was faster, or the window has ended: nothing is left to do here.
const TOO_LATE = new Set(["NotOpen", "WindowOver"]);

/** Re-runs every claim under FraudProof from what is on chain, and refutes what is wrong. */
export function createChallenger({ client, sender, report }: ChallengerOptions): Challenger {
  const fraudProof = fraudProofOf(client);
  const name = `challenger ${sender.account.address}`;
  const models = new Map<Hex, Promise<ChainModel>>();
  const seen = new Set<Hex>();
  const unreadable = new Map<Hex, string>();
  const counts = { claims: 0, units: 0, wrong: 0, missed: 0 };

  const modelOf = (modelId: Hex): Promise<ChainModel> => {
    const found = models.get(modelId) ?? readChainModel(client, modelId);
    models.set(modelId, found);
    found.catch(() => models.delete(modelId));
    return found;
  };

  const refute = async (what: string, send: () => Promise<unknown>): Promise<void> => {
    counts.wrong += 1;
    report(`${name}: ${what}`);
    try {
      await send();
    } catch (error) {
      if (!(error instanceof RevertError && TOO_LATE.has(error.errorName ?? ""))) throw error;
      report(`${name}: it was settled already.`);
    }
  };

  const examineSingle = async (id: Hex, { statement, answer, trace }: SingleClaim, model: ChainModel) => {
    const wrong = findWrongRow(model.layers, trace);
    if (wrong === undefined) return;
    const shown = disputeRow(model.layoutBytes, model.layers, wrong);
    const args = [statement, answer, bytesToHex(trace), shown] as const;
    await refute(
      `${id} claims ${wrong.claimed} in row ${wrong.row} of layer ${wrong.layer}; it is ${wrong.correct}.`,
      () => sender.send(callOf({ ...fraudProof, functionName: "refute", args })),
    );
  };

  const examineBatch = async (id: Hex, { statement, leaves }: BatchClaim, model: ChainModel, { seasons }: View) => {
    const first = unitOf(statement.context);
    const season = first && seasons.get(first.seasonId);
    const task = season?.tasks.find(({ taskId }) => taskId === first?.taskId);
    if (first === undefined || season?.seed === undefined || task === undefined)
      throw new Error(`Batch ${id} is of a task that no event tells of.`);
    const seedOf = (index: number) =>
      unitSeed(season.seed as Hex, first.taskId, statement.prover, first.unit + BigInt(index));
    for (const [index, leaf] of leaves.entries()) {
      await breathe();
      const input = traceOf([unitInput(seedOf(index), task)]);
      const wrong = findWrongRow(model.layers, Uint8Array.from([...input, ...leaf]));
      if (wrong === undefined) continue;
      const unit = disputeUnit(leaves, index, showInput(seedOf(index), task, model.layout.input));
      const args = [statement, unit, disputeRow(model.layoutBytes, model.layers, wrong)] as const;
      await refute(
        `${id} claims ${wrong.claimed} in row ${wrong.row} of layer ${wrong.layer} of unit ${first.unit + BigInt(index)}; it is ${wrong.correct}.`,
        () => sender.send(callOf({ ...fraudProof, functionName: "refuteBatch", args })),
      );
      return;
    }
  };

  const examine = async (view: View, found: ClaimView): Promise<void> => {
    const { id, claim } = found;
    let model: ChainModel;
    try {
      model = await modelOf(claim.statement.modelId);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      unreadable.set(id, error.message);
      return report(`${name}: ${id} can't be re-run. ${error.message}`);
    }
    await (claim.kind === "single" ? examineSingle(id, claim, model) : examineBatch(id, claim, model, view));
    counts.claims += 1;
    counts.units += sizeOf(found);
    report(`${name}: ${counts.claims} claims of ${counts.units} units re-run, ${counts.wrong} wrong.`);
  };

  return {
    name,
    due(view) {
      const fresh = [...view.claims.values()].filter(({ id }) => !seen.has(id));
      for (const { id, status } of fresh) {
        if (status !== PENDING) counts.missed += 1;
        seen.add(id);
      }
      return [...view.claims.values()]
        .filter(({ status }) => status === PENDING)
        .map((claim) => ({ key: `examine ${claim.id}`, run: () => examine(view, claim) }));
    },
    coverage: () => ({ ...counts, unreadable }),
  };
}

async function readChainModel(client: Client, modelId: Hex): Promise<ChainModel> {
  const { layout: layoutBytes, rows } = await readModel(client, modelId);
  const layout = decodeLayout(layoutBytes);
  return { layoutBytes, layout, layers: decodeRows(layout.widths, rows) };
}
