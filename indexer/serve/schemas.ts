import { z } from "zod";
import type * as wire from "../../sdk/wire.ts";

// The answers of `sdk/wire.ts` as schemas, from which the OpenAPI document is generated.

const decimal = z.string().regex(/^-?\d+$/);
const hex = z.templateLiteral([z.literal("0x"), z.string()]);
const count = z.int().min(0);

export const problem: z.ZodType<wire.Problem> = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  parameter: z.string().exactOptional(),
});

const asOf: z.ZodType<wire.AsOf> = z.strictObject({
  chainId: count,
  blockNumber: count,
  blockHash: hex,
  finalizedBlock: count,
  seq: decimal.nullable(),
  ledgerHash: hex.nullable(),
});

const place: z.ZodType<wire.EventPlace> = z.strictObject({
  blockNumber: count,
  timestamp: count,
  transactionHash: hex,
  logIndex: count,
});

const named = z.strictObject({ id: count, name: z.string() });
const status = z.enum(["pending", "verified", "refuted", "void", "revoked"]);

const task: z.ZodType<wire.Task> = z.strictObject({
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

const season: z.ZodType<wire.Season> = z.strictObject({
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

const standing: z.ZodType<wire.Standing> = z.strictObject({
  rank: z.int().min(1),
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
const summary: z.ZodType<wire.StatementSummary> = z.strictObject(summaryFields);

const step = <Name extends string, Fields extends z.ZodRawShape>(name: Name, fields: Fields) =>
  z.strictObject({ step: z.literal(name), at: place, ...fields });
const int8 = z.int().min(-128).max(127);
const dispute = { index: count, unit: decimal.nullable(), layer: count, row: count, claimed: int8, correct: int8 };
const points = { account: hex, reason: named, amount: decimal, seq: decimal };

const statement: z.ZodType<wire.Statement> = z.strictObject({
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

const receipt: z.ZodType<wire.Receipt> = z.strictObject({
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
  attestation: statement,
});

const tensor = z.strictObject({ name: z.string(), dtype: count, dims: z.array(count) });

const model: z.ZodType<wire.Model> = z.strictObject({
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

const next = z.string().nullable();

export const seasons: z.ZodType<wire.Seasons> = z.strictObject({ asOf, items: z.array(season) });
export const seasonAnswer: z.ZodType<wire.SeasonAnswer> = z.strictObject({ asOf, item: season });
export const standingsPage: z.ZodType<wire.StandingsPage> = z.strictObject({
  asOf,
  items: z.array(standing),
  next,
  total: count,
});
export const standingAnswer: z.ZodType<wire.StandingAnswer> = z.strictObject({
  asOf,
  item: standing,
  neighbours: z.array(standing),
});
export const accountAnswer: z.ZodType<wire.AccountAnswer> = z.strictObject({
  asOf,
  account: hex,
  seasons: z.array(
    z.strictObject({
      seasonId: decimal,
      rank: z.int().min(1).nullable(),
      points: decimal.nullable(),
      verified: count,
      pending: count,
      refuted: count,
      caught: count,
    }),
  ),
});
export const statementAnswer: z.ZodType<wire.StatementAnswer> = z.strictObject({ asOf, item: statement });
export const statementsPage: z.ZodType<wire.StatementsPage> = z.strictObject({ asOf, items: z.array(summary), next });
export const receiptsPage: z.ZodType<wire.ReceiptsPage> = z.strictObject({ asOf, items: z.array(receipt), next });
export const modelsPage: z.ZodType<wire.ModelsPage> = z.strictObject({ asOf, items: z.array(model), next });
export const modelAnswer: z.ZodType<wire.ModelAnswer> = z.strictObject({ asOf, item: model });
export const audit: z.ZodType<wire.Audit> = z.strictObject({
  asOf,
  seq: decimal,
  chainSeq: decimal,
  chainLedgerHash: hex,
  localLedgerHash: hex,
  match: z.boolean(),
});
export const deploymentAnswer: z.ZodType<wire.DeploymentAnswer> = z.strictObject({
  chainId: count,
  startBlock: count,
  contracts: z.record(z.string(), z.strictObject({ address: hex, transactionHash: hex })),
  rpcUrl: z.string().nullable(),
});
export const health: z.ZodType<wire.Health> = z.strictObject({ status: z.literal("ok") });
export const readiness: z.ZodType<wire.Readiness> = z.strictObject({
  status: z.literal("ready"),
  blockNumber: count,
  headBlock: count,
});
