import { z } from "zod";
import type * as wire from "../../sdk/wire.ts";
import { count, decimal, hex, step } from "../methods/fields.ts";
import { methods } from "../methods/index.ts";
import type { IndexedMethod } from "../methods/method.ts";
import { attestationStatuses, requestStates } from "./labels.ts";

// The parts of the answers of `sdk/wire.ts` as schemas, which the OpenAPI document names.

const component = <Shape extends z.ZodRawShape>(id: string, shape: Shape) => z.strictObject(shape).meta({ id });

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

export const location: z.ZodType<wire.EventLocation> = component("EventLocation", {
  blockNumber: count,
  timestamp: count,
  transactionHash: hex,
  logIndex: count,
});

export const named = component("Named", { id: count, name: z.string() });
const status = z.enum(attestationStatuses);

const task: z.ZodType<wire.Task> = component("Task", {
  taskId: decimal,
  modelId: hex,
  method: named,
  points: decimal,
  unitsPerAccount: count,
  noise: count,
  inputCount: count,
  inputSetRoot: hex,
  added: location,
});

const rewards: z.ZodType<wire.SeasonRewards> = component("SeasonRewards", {
  token: hex,
  pool: decimal,
  posterBudget: decimal,
  perAccount: decimal,
  claimPeriod: count,
  prizes: z.array(z.strictObject({ places: count, amount: decimal })),
  terms: hex,
  claimUntil: count.nullable(),
  claimed: decimal,
  posterPaid: decimal,
  returned: decimal.nullable(),
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
  frozen: location.nullable(),
  final: z.strictObject({ poster: hex, participants: count, finalised: location }).nullable(),
  rewards: rewards.nullable(),
});

/** What an account calls itself; null without a name. */
export const name = z.string().min(1).nullable();

export const standing: z.ZodType<wire.Standing> = component("Standing", {
  rank: z.int().min(1).describe("Shared by equal points; the ranks after it are skipped: 1, 2, 2, 4."),
  place: z.int().min(1).describe("Position in the list, different for each account."),
  account: hex,
  points: decimal,
  verified: count,
  pending: count,
  refuted: count,
  caught: count,
  lastSeq: decimal,
  lastChangeAt: count,
  name: name.describe("What the account calls itself: never show it without the address."),
});

export const accountProfile: z.ZodType<wire.AccountProfile> = component("AccountProfile", {
  account: hex,
  name: z.string().min(1),
  link: z.string().nullable(),
  set: location,
});

export const enclaveKey: z.ZodType<wire.EnclaveKey> = component("EnclaveKey", {
  key: hex,
  measurement: hex,
  publicKey: hex,
  expiresAt: count,
  revoked: z.strictObject({ by: hex, at: count }).nullable(),
  admitted: location,
});

export const finalStanding: z.ZodType<wire.FinalStanding> = component("FinalStanding", {
  place: z.int().min(1),
  rank: z.int().min(1),
  account: hex,
  points: decimal,
  lastSeq: decimal,
});

export const chunkProof: z.ZodType<wire.ClaimAnswer["proof"]> = component("ChunkProof", {
  index: count,
  count,
  siblings: z.array(hex),
});

const summaryFields = {
  uid: hex,
  prover: hex,
  proverName: name,
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
  attested: location,
  settled: location.nullable(),
};
export const summary: z.ZodType<wire.AttestationSummary> = component("AttestationSummary", summaryFields);

const change = { account: hex, reason: named, amount: decimal, seq: decimal };
const coreSteps = [
  step("committed", { by: hex }),
  step("revealed", { by: hex, outputHash: hex }),
  step("batchAttested", { by: hex, count, root: hex }),
  step("settled", { status, by: hex }),
  step("awarded", change),
  step("burned", change),
  step("coverLocked", { by: hex, beneficiary: hex, token: hex.nullable(), amount: decimal }),
  step("coverSettled", { beneficiary: hex, token: hex.nullable(), to: hex, amount: decimal }),
  step("event", { contract: hex, topics: z.array(hex), data: hex }),
];

/** Steps of the core contracts and of all registered methods; each method checks its schemas against its steps. */
function anyStep(): z.ZodType<wire.Step> {
  const ofMethods = Object.values<IndexedMethod>(methods).flatMap(({ stepSchemas }) => stepSchemas);
  const [first, ...others] = [...coreSteps, ...ofMethods].map((schema) => schema.extend({ at: location }));
  return z.discriminatedUnion("step", [first as z.ZodObject, ...others]) as unknown as z.ZodType<wire.Step>;
}

/** Attestations with the steps of every method that is registered by now, and receipts of them. */
export function attestationComponents(): {
  attestation: z.ZodType<wire.Attestation>;
  receipt: z.ZodType<wire.Receipt>;
} {
  const attestation: z.ZodType<wire.Attestation> = component("Attestation", {
    ...summaryFields,
    steps: z.array(anyStep()),
    proven: z.string(),
    notProven: z.string(),
  });
  const receipt: z.ZodType<wire.Receipt> = component("Receipt", {
    seasonId: decimal,
    seq: decimal,
    account: hex,
    name,
    reason: named,
    delta: decimal,
    points: decimal,
    subject: hex,
    rule: z.string(),
    previousLedgerHash: hex,
    ledgerHash: hex,
    at: location,
    attestation,
  });
  return { attestation, receipt };
}

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
  kind: z.enum(["integer", "graph", "float"]),
  layout: z.strictObject({ widths: z.array(count), input: tensor, output: tensor }).nullable(),
  parameterRows: z.strictObject({ count, onChain: count }).nullable(),
  uris: z.array(z.string()),
  published: location,
});

const finality = z.enum(["covered", "verified"]);
const requestState = z.enum(requestStates);

const requestFields = {
  requestId: hex,
  state: requestState,
  requester: hex,
  requesterName: name,
  modelId: hex,
  methods: z.array(named),
  finality,
  token: hex.nullable().describe("What fee and cover are paid in; null for ETH."),
  fee: decimal,
  cover: decimal,
  beneficiary: hex.nullable().describe("Who gets the cover of a wrong answer."),
  beneficiaryName: name,
  coversItself: z
    .boolean()
    .describe("Whether the prover covers itself, which covers nobody: it is the beneficiary, or who asked."),
  deadline: count,
  prover: hex.nullable(),
  proverName: name,
  until: count.nullable(),
  uid: hex.nullable(),
  requested: location,
};
export const requestSummary: z.ZodType<wire.InferenceRequestSummary> = component(
  "InferenceRequestSummary",
  requestFields,
);

export const cover: z.ZodType<wire.Cover> = component("Cover", {
  uid: hex,
  prover: hex,
  beneficiary: hex,
  coversItself: z.boolean().describe("Whether the beneficiary is the prover itself: then it covers nobody."),
  token: hex.nullable(),
  amount: decimal,
  locked: location,
  settled: z.strictObject({ to: hex, at: location }).nullable(),
});

const requestSteps = [
  step("requested", { by: hex, at: location }),
  step("accepted", { by: hex, until: count, at: location }),
  step("lapsed", { prover: hex, at: location }),
  step("answered", { by: hex, uid: hex, at: location }),
  step("delivered", { uid: hex, prover: hex, finality, fee: decimal, at: location }),
  step("settled", { uid: hex, status, state: requestState, at: location }),
  step("calledBack", { contract: hex, succeeded: z.boolean(), at: location }),
  step("cancelled", { at: location }),
] as const;

const payment: z.ZodType<wire.Payment> = component("Payment", {
  account: hex,
  token: hex.nullable(),
  amount: decimal,
  reason: z.enum(["fee", "refund", "depositReturned", "depositForfeited", "coverPaid", "coverReturned"]),
  uid: hex.nullable(),
  at: location,
});

export const request: z.ZodType<wire.InferenceRequest> = component("InferenceRequest", {
  ...requestFields,
  inputHash: hex,
  inputBytes: count,
  input: hex.nullable(),
  answerWindow: count,
  callback: z.strictObject({ contract: hex, gas: count }).nullable(),
  nonce: decimal,
  provers: z.array(hex),
  encoded: hex,
  answers: z.array(
    z.strictObject({
      uid: hex,
      prover: hex,
      method: named,
      status,
      outputHash: hex,
      outputBytes: count,
      output: hex.nullable(),
      delivered: finality.nullable(),
      cover: cover.nullable(),
      answered: location,
    }),
  ),
  payments: z.array(payment),
  steps: z.array(z.discriminatedUnion("step", requestSteps)),
});

const who = { account: hex, name, at: location };
const newsOf = <Name extends string, Fields extends z.ZodRawShape>(news: Name, fields: Fields) =>
  z.strictObject({ news: z.literal(news), ...fields, at: location });

const ofAttestation = { ...who, uid: hex, seasonId: decimal.nullable() };
const points = { ...who, uid: hex, seasonId: decimal, points: decimal, reason: named };
const ofRequest = { ...who, requestId: hex };
export const news = z
  .discriminatedUnion("news", [
    newsOf("attested", { ...ofAttestation, method: named, count }),
    newsOf("settled", { ...ofAttestation, status }),
    newsOf("awarded", points),
    newsOf("burned", points),
    newsOf("seatsDrawn", { ...ofAttestation, seats: count }),
    newsOf("coverPaid", { ...who, uid: hex, token: hex.nullable(), amount: decimal }),
    newsOf("asked", ofRequest),
    newsOf("answered", ofRequest),
    newsOf("named", who),
    newsOf("seasonOpened", { ...who, seasonId: decimal }),
    newsOf("seasonFinalised", { ...who, seasonId: decimal }),
    newsOf("seasonFrozen", { seasonId: decimal, participants: count }),
  ])
  .meta({ id: "News" }) as z.ZodType<wire.News>;

// Data of the stream's events, which no JSON answer contains.
component("StreamHead", { asOf }) satisfies z.ZodType<wire.StreamHead>;
component("StreamReorg", { asOf, blockNumber: count }) satisfies z.ZodType<wire.StreamReorg>;
