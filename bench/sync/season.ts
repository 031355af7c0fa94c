import { type Address, getAddress, type Hex, keccak256, padHex, toHex } from "viem";
import { campaignAbi, modelRegistryAbi } from "../../sdk/abi.ts";
import { modelId as modelIdOf, ZERO_HASH } from "../../sdk/commitments.ts";
import { FREE_CONTEXT, unitContext } from "../../sdk/contexts.ts";
import { encodeLayout, INT8 } from "../../sdk/layouts.ts";
import { emit } from "../../test/fixtures/logs.ts";
import { inOrder } from "../methods/index.ts";
import type { AttestationKind, Steps } from "../methods/method.ts";
import { hashOf, open, POINTS } from "./attestations.ts";
import type { Outcome } from "./contender.ts";
import { at } from "./deployment.ts";
import { createLedgerScript, type LedgerScript, type ScriptedLog } from "./ledger-script.ts";

/** A season to write. */
export interface SeasonOptions {
  /** How many logs. */
  events: number;
  accounts: number;
  /** How many of the logs come before the season is seeded: a block of them, as the seed is of a later block. */
  lead: number;
  /** Unix seconds. */
  startsAt: number;
  endsAt: number;
}

/** Units that are being worked on at any time. */
const OPEN_UNITS = 150;
const CLOSING = 86_400;

const accountOf = (n: number): Address => getAddress(hashOf("account", n).slice(0, 42));
const organiser = accountOf(-1);

/**
 * The logs of a season as the contracts would emit them, and what they come to. Its attestations are of the kinds that
 * `bench/methods` lists, each as often as it says there. Uids, `seq` and the ledger's hash are the true ones; the same
 * options give the same season.
 */
export function scriptSeason(options: SeasonOptions): { logs: ScriptedLog[]; outcome: Outcome } {
  const { events, accounts, lead } = options;
  const script = createLedgerScript();
  const next = random(1);
  const names = Array.from({ length: accounts }, (_, n) => accountOf(n));
  // Some much more often than others.
  const someone = (): Address => names[Math.floor(accounts * next() ** 2)] as Address;

  const modelId = prepare(script, options);
  while (script.logs.length < lead)
    for (const step of open(script, { prover: someone(), modelId, context: FREE_CONTEXT })) step();
  script.add(emit(at("Campaign"), campaignAbi, "SeasonSeeded", { seasonId: 1n, seed: hashOf("seed") }));

  const units = new Map<Address, number>();
  const waiting = names.toReversed();
  const draw = drawKind(next);
  function begin(): Steps {
    const prover = waiting.pop() ?? someone();
    const unit = units.get(prover) ?? 0;
    const [method, kind] = draw();
    units.set(prover, unit + kind.units);
    const context = unitContext({ campaign: at("Campaign"), seasonId: 1n, taskId: BigInt(method), unit: BigInt(unit) });
    return kind.write(script, { prover, modelId, context }, someone);
  }

  const begun: Steps[] = [];
  while (script.logs.length < events) {
    if (begun.length < OPEN_UNITS) begun.push(begin());
    const chosen = Math.floor(next() * begun.length);
    const steps = begun[chosen] as Steps;
    steps.shift()?.();
    if (steps.length === 0) begun.splice(chosen, 1);
  }
  return { logs: script.logs, outcome: script.outcome() };
}

/** Draws kinds of attestations by their weights, each with its method's number. */
function drawKind(next: () => number): () => [method: number, kind: AttestationKind] {
  const kinds = inOrder().flatMap(([{ id }, { kinds }]) => kinds.map((kind): [number, AttestationKind] => [id, kind]));
  const total = kinds.reduce((sum, [, { weight }]) => sum + weight, 0);
  return () => {
    let left = next() * total;
    for (const drawn of kinds) {
      left -= drawn[1].weight;
      if (left < 0) return drawn;
    }
    throw new Error("No method has a kind of attestation.");
  };
}

/** Publishes a model and opens season 1 with a task of each method, its number the method's. Gives the model's id. */
function prepare({ add }: LedgerScript, { startsAt, endsAt }: SeasonOptions): Hex {
  const model = {
    artifactHash: hashOf("file"),
    runtimeId: hashOf("runtime"),
    weightsRoot: hashOf("weights"),
    verifyingKeyHash: ZERO_HASH,
    measurement: ZERO_HASH,
  };
  const layout = toHex(
    encodeLayout({
      widths: [16, 16, 10],
      input: { name: "input", dtype: INT8, dims: [1, 16] },
      output: { name: "output", dtype: INT8, dims: [1, 10] },
    }),
  );
  const modelId = modelIdOf({ ...model, layoutHash: keccak256(layout) });
  add(
    emit(at("ModelRegistry"), modelRegistryAbi, "ModelPublished", {
      ...{ modelId, publisher: organiser, ...model, layout, rows: padHex(modelId, { size: 448 }) },
      uri: "https://example.org/model.onnx",
    }),
  );

  const campaign = [at("Campaign"), campaignAbi] as const;
  add(emit(...campaign, "SeasonDrafted", { seasonId: 1n, organiser, verifierCap: 1_000_000n }));
  const inputs = { inputCount: 64, inputSetRoot: hashOf("inputs"), inputs: padHex(modelId, { size: 64 * 16 }) };
  for (const [{ id: method }] of inOrder())
    add(
      emit(...campaign, "TaskAdded", {
        ...{ seasonId: 1n, taskId: BigInt(method), modelId, method, points: POINTS, noise: 8 },
        ...{ unitsPerAccount: 1_000_000, ...inputs },
      }),
    );
  const times = { startsAt: BigInt(startsAt), endsAt: BigInt(endsAt), closesAt: BigInt(endsAt + CLOSING) };
  add(emit(...campaign, "SeasonOpened", { seasonId: 1n, organiser, ...times, uri: "https://example.org/season" }));
  return modelId;
}

/** Numbers from 0 up to 1 that look random and are the same every time (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
