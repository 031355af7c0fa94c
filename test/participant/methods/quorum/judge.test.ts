import { expect } from "chai";
import { type Hex, numberToHex } from "viem";
import { assignedTo } from "../../../../inference/assignment.ts";
import { UnavailableError } from "../../../../inference/content.ts";
import { InvalidModelError } from "../../../../inference/failures.ts";
import type { Models, OpenModel } from "../../../../inference/models.ts";
import { encodeTensor, hashTensor, InvalidRunError } from "../../../../inference/tensors.ts";
import { type ChainState, emptyState, type Season } from "../../../../participant/chainState.ts";
import type { Content } from "../../../../participant/content.ts";
import type { Head } from "../../../../participant/heads.ts";
import { judge } from "../../../../participant/methods/quorum/judge.ts";
import { TryAgainError } from "../../../../participant/sender.ts";
import type { TaskInputs } from "../../../../sdk/client.ts";
import { type Attestation, ZERO_HASH } from "../../../../sdk/commitments.ts";
import { cidOfKeccak256 } from "../../../../sdk/content.ts";
import { FREE_CONTEXT, unitContext } from "../../../../sdk/contexts.ts";
import { INT8, type Layout } from "../../../../sdk/layouts.ts";
import { INVALID } from "../../../../sdk/votes.ts";

const prover = "0x1111111111111111111111111111111111111111";
const campaign = "0x2222222222222222222222222222222222222222";
const modelId = numberToHex(1, { size: 32 });
const seed = numberToHex(2, { size: 32 });
const input = { name: "x", dtype: INT8, dims: [1, 4] };
const output = { name: "y", dtype: INT8, dims: [1, 2] };
const result = Uint8Array.of(7, 8);
const RIGHT = hashTensor({ spec: output, data: result });

const context = unitContext({ campaign, seasonId: 1n, taskId: 1n, unit: 3n });
const task = {
  ...{ seasonId: 1n, taskId: 1n, modelId, method: 1, points: 1n, unitsPerAccount: 9 },
  ...{ noise: 2, inputCount: 2, inputs: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
} as unknown as TaskInputs;
const season: Season = { seasonId: 1n, startsAt: 0n, endsAt: 9n, closesAt: 9n, openedIn: 0n, seed, tasks: [task] };
const state: ChainState = { ...emptyState({} as Head), seasons: new Map([[1n, season]]) };
const assigned = new Uint8Array(assignedTo({ seed, task }, prover, 3n));

const attestation = (changed: Partial<Attestation> = {}): Attestation => ({
  ...{ prover, method: 1, modelId, context, answer: ZERO_HASH },
  ...{ inputHash: hashTensor({ spec: input, data: assigned }), ...changed },
});

/** Models of one model, whose run is this; `opened` counts how often. */
function modelsOf(run: (data: Uint8Array) => Promise<Uint8Array>): Models & { opened: number } {
  const layout: Layout = { widths: [], input, output };
  const models = {
    opened: 0,
    async open() {
      models.opened++;
      return { layout, session: { run } } as OpenModel;
    },
  };
  return models;
}
const nothing: Models = { open: () => Promise.reject(new Error("Nobody should ask for it.")) };
const stored = new Map<string, Uint8Array>();
const content = {
  get: async (cid: string) => stored.get(cid) ?? Promise.reject(new UnavailableError(`Content ${cid} is unavailable.`)),
} as unknown as Content;

/** A free attestation on bytes that are in `content`. */
function onBytes(inputHash: Hex, bytes: Uint8Array): Attestation {
  stored.set(cidOfKeccak256(inputHash), bytes);
  return attestation({ context: FREE_CONTEXT, inputHash });
}

describe("judge", () => {
  const right = () => modelsOf(async () => result);
  const judged = (of: Attestation, models: Models = right(), at = state) =>
    judge({ models, strangers: nothing, content }, of, at);
  const failure = (judging: Promise<Hex>): Promise<unknown> => judging.then(String, (error: unknown) => error);

  it("says nothing where the model or the input can't be had", async () => {
    const lost = new UnavailableError("Nobody has it.");
    expect(await failure(judged(attestation(), { open: () => Promise.reject(lost) }))).to.equal(lost);
    const free = attestation({ context: FREE_CONTEXT, inputHash: numberToHex(9, { size: 32 }) });
    expect(await failure(judged(free))).to.be.instanceOf(UnavailableError);
  });

  it("says nothing of a unit that the chain doesn't show yet", async () => {
    const unseeded = { ...state, seasons: new Map([[1n, { ...season, seed: undefined }]]) };
    expect(await failure(judged(attestation(), right(), unseeded))).to.be.instanceOf(TryAgainError);
  });

  it("says nothing where this machine fails", async () => {
    const broken = new TypeError("memory access out of bounds");
    expect(
      await failure(
        judged(
          attestation(),
          modelsOf(() => Promise.reject(broken)),
        ),
      ),
    ).to.equal(broken);
  });

  it("calls a unit on another input than the assigned one INVALID, and runs nothing", async () => {
    const models = modelsOf(() => Promise.reject(new Error("It must not run.")));
    expect(await judged(attestation({ inputHash: numberToHex(9, { size: 32 }) }), models)).to.equal(INVALID);
  });

  it("calls a model that runs nowhere, or not on this input, INVALID", async () => {
    const unrunnable: Models = { open: () => Promise.reject(new InvalidModelError("It is no graph.")) };
    expect(await judged(attestation(), unrunnable)).to.equal(INVALID);
    const noRun = modelsOf(() => Promise.reject(new InvalidRunError("It has NaN.")));
    expect(await judged(attestation(), noRun)).to.equal(INVALID);
  });

  it("calls a free input that is not the model's INVALID", async () => {
    const other = { spec: { ...input, name: "z" }, data: new Uint8Array(4) };
    expect(await judged(onBytes(hashTensor(other), encodeTensor(other)))).to.equal(INVALID);
    const right = { spec: input, data: new Uint8Array(4) };
    const short = encodeTensor(right).slice(0, -1);
    expect(await judged(onBytes(numberToHex(8, { size: 32 }), short))).to.equal(INVALID);
  });

  it("gives the run's output, on the assigned input or on a free one", async () => {
    const seen: Uint8Array[] = [];
    const models = modelsOf(async (data) => {
      seen.push(data);
      return result;
    });
    expect(await judged(attestation(), models)).to.equal(RIGHT);
    const free = { spec: input, data: Uint8Array.of(9, 9, 9, 9) };
    expect(await judged(onBytes(hashTensor(free), encodeTensor(free)), models)).to.equal(RIGHT);
    expect(seen).to.deep.equal([assigned, free.data]);
  });

  it("runs models that no season names apart from those of the seasons", async () => {
    const [models, strangers] = [right(), right()];
    const strange = attestation({ modelId: numberToHex(5, { size: 32 }) });
    expect(await judge({ models, strangers, content }, strange, state)).to.equal(RIGHT);
    expect(await judge({ models, strangers, content }, attestation(), state)).to.equal(RIGHT);
    expect([models.opened, strangers.opened]).to.deep.equal([1, 1]);
  });
});
