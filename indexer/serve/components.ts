import { z } from "zod";
import type * as wire from "../../sdk/wire.ts";

// The parts of the answers of `sdk/wire.ts` as schemas, which the OpenAPI document names.

const component = <Shape extends z.ZodRawShape>(id: string, shape: Shape) => z.strictObject(shape).meta({ id });

export const decimal = z.string().regex(/^-?\d+$/);
export const hex = z.templateLiteral([z.literal("0x"), z.string()]);
export const count = z.int().min(0);

export const problem: z.ZodType<wire.Problem> = component("Problem", {
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  parameter: z.string().exactOptional(),
});

export const asOf: z.ZodType<wire.AsOf> = component("AsOf", {
  chainId: count,
  blockNumber: count,
  blockHash: hex,
  finalizedBlock: count,
  seq: decimal.nullable(),
  ledgerHash: hex.nullable(),
});

const place: z.ZodType<wire.EventPlace> = component("EventPlace", {
  blockNumber: count,
  timestamp: count,
  transactionHash: hex,
  logIndex: count,
});

export const named = component("Named", { id: count, name: z.string() });
const status = z.enum(["pending", "verified", "refuted", "void", "revoked"]);

const task: z.ZodType<wire.Task> = component("Task", {
  taskId: decimal,
  modelId: hex,
  method: named,
  points: decimal,
  unitsPerAccount: count,
  noise: count,
  inputCount: count,
  inputSetRoot: hex,
  added: place,
});

export const season: z.ZodType<wire.Season> = component("Season", {
  seasonId: decimal,
  state: z.enum(["drafted", "open", "running", "ended", "closed"]),
  organiser: hex,
  uri: z.string().nullable(),
  startsAt: count.nullable(),
  endsAt: count.nullable(),
  closesAt: count.nullable(),
  seed: hex.nullable(),
  seededAt: count.nullable(),
  verifierCap: decimal,
  tasks: z.array(task),
  totals: z.strictObject({ seq: decimal, participants: count, totalPoints: decimal, ledgerHash: hex }),
  final: z.strictObject({ poster: hex, participants: count, finalised: place }).nullable(),
});

export const standing: z.ZodType<wire.Standing> = component("Standing", {
  rank: z.int().min(1).describe("Shared by equal points, and those after it left out: 1, 2, 2, 4."),
  place: z.int().min(1).describe("Position in the list, which nobody shares."),
  account: hex,
  points: decimal,
  verified: count,
  pending: count,
  refuted: count,
  caught: count,
  lastSeq: decimal,
  lastChangeAt: count,
});

const summaryFields = {
  uid: hex,
  prover: hex,
  modelId: hex,
  method: named,
  status,
  inputHash: hex.nullable(),
  context: hex,
  unit: z.strictObject({ campaign: hex, seasonId: decimal, taskId: decimal, unit: decimal }).nullable(),
  counts: z.boolean(),
  count,
  answer: hex.nullable(),
  outputHash: hex.nullable(),
  traceHash: hex.nullable(),
  salt: hex.nullable(),
  root: hex.nullable(),
  attested: place,
  settled: place.nullable(),
};
export const summary: z.ZodType<wire.AttestationSummary> = component("AttestationSummary", summaryFields);

const step = <Name extends string, Fields extends z.ZodRawShape>(name: Name, fields: Fields) =>
  z.strictObject({ step: z.literal(name), at: place, ...fields });
const int8 = z.int().min(-128).max(127);
const dispute = { index: count, unit: decimal.nullable(), layer: count, row: count, claimed: int8, correct: int8 };
const points = { account: hex, reason: named, amount: decimal, seq: decimal };

export const attestation: z.ZodType<wire.Attestation> = component("Attestation", {
  ...summaryFields,
  steps: z.array(
    z.discriminatedUnion("step", [
      step("committed", { by: hex }),
      step("revealed", { by: hex, outputHash: hex }),
      step("batchAttested", { by: hex, count, root: hex }),
      step("rowRefuted", { by: hex, ...dispute }),
      step("drawScheduled", { round: count, drawBlock: count, drawUntil: count }),
      step("panelDrawn", { round: count, members: z.array(hex), commitUntil: count, revealUntil: count }),
      step("voteCommitted", { round: count, by: hex }),
      step("revealOpened", { round: count, revealUntil: count }),
      step("voteRevealed", { round: count, by: hex, outputHash: hex }),
      step("roundUndecided", { round: count, votes: count }),
      step("settled", { status, by: hex }),
      step("penalised", { account: hex, amount: decimal }),
      step("awarded", points),
      step("burned", points),
    ]),
  ),
  proven: z.string(),
  notProven: z.string(),
});

export const receipt: z.ZodType<wire.Receipt> = component("Receipt", {
  seasonId: decimal,
  seq: decimal,
  account: hex,
  reason: named,
  delta: decimal,
  points: decimal,
  subject: hex,
  rule: z.string(),
  previousLedgerHash: hex,
  ledgerHash: hex,
  at: place,
  attestation: attestation,
});

const tensor = z.strictObject({ name: z.string(), dtype: count, dims: z.array(count) });

export const model: z.ZodType<wire.Model> = component("Model", {
  modelId: hex,
  publisher: hex,
  artifactHash: hex,
  cid: z.string(),
  runtimeId: hex,
  layoutHash: hex,
  weightsRoot: hex,
  verifyingKeyHash: hex,
  measurement: hex,
  kind: z.enum(["integer", "float"]),
  layout: z.strictObject({ widths: z.array(count), input: tensor, output: tensor }).nullable(),
  uris: z.array(z.string()),
  published: place,
});

// Data of the stream's events, which no answer of JSON holds.
component("StreamHead", { asOf }) satisfies z.ZodType<wire.StreamHead>;
component("StreamReorg", { asOf, blockNumber: count }) satisfies z.ZodType<wire.StreamReorg>;
