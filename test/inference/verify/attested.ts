import { type Hex, keccak256, toHex } from "viem";
import { forward } from "../../../inference/integer.ts";
import { buildBatch, buildTraced, traceOf } from "../../../inference/methods/fraudProof/evidence.ts";
import { nameModel } from "../../../inference/model.ts";
import type { Models, OpenModel } from "../../../inference/models.ts";
import { checkInput } from "../../../inference/tensors.ts";
import { type Verification, type VerifyOptions, verifyAttestation } from "../../../inference/verify/attestation.ts";
import type { BatchState, SingleState } from "../../../sdk/attestations.ts";
import type { Client, TaskInputs } from "../../../sdk/client.ts";
import { attestationUid, batchId, unitSeed } from "../../../sdk/commitments.ts";
import { FREE_CONTEXT, unitContext } from "../../../sdk/contexts.ts";
import { encodeLayout, encodeRows } from "../../../sdk/layouts.ts";
import { methodById } from "../../../sdk/methods/index.ts";
import { Status } from "../../../sdk/protocol.ts";
import { unitInput } from "../../../sdk/units.ts";
import { integerLayout, layersOf } from "../layers.ts";

const word = (name: string): Hex => keccak256(toHex(name));

const chainId = 31337;
const registry = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const campaign = "0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0";
const prover = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

/** An integer model of two layers. */
export const layout = integerLayout(4, 3, 2);
export const layers = layersOf(layout.widths, (layer, row, inputs) => ({
  ...{ shift: 8, lo: -128, bias: 100 * row },
  weights: Int8Array.from({ length: inputs }, (_, k) => 110 + 10 * layer - 30 * row - 45 * k),
}));

/** The model as it was published. */
const { modelId, ...parts } = nameModel(new Uint8Array(0), encodeLayout(layout), encodeRows(layers));

const task: TaskInputs = {
  ...{ seasonId: 1n, taskId: 2n, modelId, method: 2, points: 10n, unitsPerAccount: 9, noise: 8 },
  ...{ inputCount: 1, inputSetRoot: word("inputs"), inputs: Uint8Array.of(1, 2, 3, 4) },
};
const seed = word("seed");

/** The bytes that the model runs on in a single attestation. */
export const input = Uint8Array.of(5, 250, 7, 9);

/** What the model gives for an input: A_0 ‖ … ‖ A_L. */
export const traceFor = (data: Uint8Array): Uint8Array => traceOf(forward(layers, Int8Array.from(data)));

/** What the model gives for a unit of the prover's: A_1 ‖ … ‖ A_L. */
export const leafOf = (unit: bigint): Uint8Array =>
  traceFor(new Uint8Array(unitInput(unitSeed(seed, task.taskId, prover, unit), task))).subarray(4);

const recorded = (method: number) => ({
  ...{ blockNumber: 5n, transactionHash: word("transaction"), status: Status.pending, settledBy: undefined },
  ...{ inLedger: false, detail: methodById(method)?.begin() ?? {} },
});

/** A free attestation of one run under a method, whose trace may be spoilt before it is signed. */
export function singleOf(method: number, spoil = (trace: Uint8Array) => trace): SingleState {
  const trace = spoil(traceFor(input));
  const run = { prover, method, modelId, context: FREE_CONTEXT, salt: word("salt"), trace } as const;
  const { attestation: message, answer } = buildTraced(encodeLayout(layout), run);
  const state = { kind: "single", id: attestationUid(chainId, registry, message), message, answer } as const;
  return { ...state, ...recorded(method), detail: { ...recorded(method).detail, trace } };
}

/** A batch under a method of units 3, 4 and 5, whose leaves may be spoilt before it is signed. */
export function batchOf(method: number, spoil = (leaf: Uint8Array, _unit: bigint) => leaf): BatchState {
  const leaves = [3n, 4n, 5n].map((unit) => spoil(leafOf(unit), unit));
  const context = unitContext({ campaign, seasonId: 1n, taskId: 2n, unit: 3n });
  const { batch: message } = buildBatch({ prover, method, modelId, context }, leaves);
  return { kind: "batch", id: batchId(chainId, registry, message), message, leaves, ...recorded(method) };
}

/** A chain that knows the model, the season, and each attestation with this status. */
export function clientOf(status: number): Client {
  const answers: Record<string, unknown> = {
    ...{ statusOf: status, isVerifiedInBatch: status === Status.verified, seasonCount: 1n, seasonOf: { seed } },
  };
  const events: Record<string, unknown> = {
    TaskAdded: { ...task, inputs: toHex(task.inputs) },
    ModelPublished: { ...parts, modelId, layout: toHex(parts.layout), rows: toHex(parts.rows) },
  };
  return {
    deployment: { chainId, startBlock: 0 },
    contracts: { attestationRegistry: { address: registry }, campaign: { address: campaign }, modelRegistry: {} },
    rpc: {
      getBlockNumber: async () => 9n,
      readContract: async ({ functionName }: { functionName: string }) => answers[functionName],
      getContractEvents: async ({ eventName }: { eventName: string }) => [{ args: events[eventName] }],
    },
  } as unknown as Client;
}

/** Opens the model alone, of this layout; it runs by its rows, on any input that it can have. */
export const modelsOf = (own = layout): Models => ({
  async open() {
    const run = async (data: Uint8Array) => {
      checkInput(own.input, data);
      return traceFor(data).slice(-2);
    };
    const publication = { artifactHash: word("file") } as OpenModel["publication"];
    return { publication, layout: own, layers, session: { run } };
  },
});

/** Verifies an attestation that the registry has as pending by default. */
export const verify = (
  attestation: VerifyOptions["attestation"],
  options: Partial<VerifyOptions> & { status?: number } = {},
): Promise<Verification> =>
  verifyAttestation({
    ...{ client: clientOf(options.status ?? Status.pending), models: modelsOf(), attestation, input },
    content: { get: () => Promise.reject(new Error("Nothing is fetched.")) },
    ...options,
  });

/** The checks that were made, as in "uid held". */
export const resultsOf = ({ checks }: Verification): string[] => checks.map(({ name, result }) => `${name} ${result}`);
