import { type Address, encodeFunctionData, type Hex, keccak256, parseAbi, stringToHex, toHex } from "viem";
import { attestationRegistryAbi, campaignAbi, modelRegistryAbi } from "../../sdk/abi.ts";
import { answerHash, attestationUid, batchId, ZERO_HASH } from "../../sdk/commitments.ts";
import { FREE_CONTEXT, unitContext } from "../../sdk/contexts.ts";
import { encodeRows } from "../../sdk/layouts.ts";
import { orderedTree } from "../../sdk/tree.ts";
import { integerLayout, rowsOf } from "../contracts/fixtures.ts";
import { goOn } from "./claims.ts";
import { escrow } from "./ends.ts";
import type { Random } from "./random.ts";
import {
  type Act,
  type Claimed,
  type Memory,
  type Moment,
  methodOf,
  registryOf,
  type Scene,
  type Step,
  toMethod,
} from "./scene.ts";
import { tellTrace } from "./telling.ts";

const mock = parseAbi(["function setVerifiers(address[])"]);
const UNITS = 100_000;
const MOST_SEASONS = 8;
const SEED_DELAY = 3;
/** Longest settlement of the mocked methods and the deployment's closing margin, in seconds. */
export const LONGEST = 30;
export const CLOSING_MARGIN = 30;

/** Some acts, and what is known once they are on the chain. */
export function actSeveral(
  scene: Scene,
  before: Memory,
  { random, moment, count }: { random: Random; moment: Moment; count: number },
): Step {
  const acts: Act[] = [];
  let memory = before;
  for (let i = 0; i < count; i++) {
    const step = act(scene, memory, random, moment);
    acts.push(...step.acts);
    memory = step.after;
  }
  return { acts, after: memory };
}

function act(scene: Scene, memory: Memory, random: Random, moment: Moment): Step {
  const ripe = memory.unseeded.find(({ openedIn }) => openedIn + SEED_DELAY < moment.number);
  if (ripe) return seed(scene, memory, ripe);
  if (memory.seasons.length + memory.unseeded.length < MOST_SEASONS && random.chance(0.005))
    return openSeason(scene, memory, { random, moment });
  const ongoing = memory.claims.filter(({ stage }) => stage !== "over");
  const draw = random.next();
  if (ongoing.length > 0 && draw < 0.62) return goOn(scene, memory, random.pick(ongoing), random);
  if (draw < 0.65) return single(scene, memory, random, true);
  if (draw < 0.82 && memory.seasons.length > 0) return single(scene, memory, random, false);
  if (draw < 0.92 && memory.seasons.length > 0) return batch(scene, memory, random);
  if (draw < 0.96 && memory.free.length > 0) return revoke(scene, memory, random);
  if (draw < 0.97) return { acts: [verifiers(scene, random)], after: memory };
  if (draw < 0.98) return { acts: publish(scene, random), after: memory };
  return single(scene, memory, random, true);
}

/** Drafts a season that runs for so many seconds, adds its tasks, escrows its rewards and opens it, all in one block. */
export function openSeason(
  scene: Scene,
  memory: Memory,
  { random, moment, seconds = random.between(200, 2_000) }: { random: Random; moment: Moment; seconds?: number },
): Step {
  const { deployment, accounts, modelId, layout, inputs } = scene;
  const seasonId = BigInt(memory.seasons.length + memory.unseeded.length + 1);
  const startsAt = moment.time + random.between(15, 40);
  const endsAt = startsAt + seconds;
  const closesAt = endsAt + LONGEST + CLOSING_MARGIN;
  const cap = random.pick([0n, 200n, 2n ** 30n]);
  const rules = { modelId, points: BigInt(random.between(1, 100)), unitsPerAccount: UNITS, noise: 8 };
  const abi = campaignAbi;
  const tasks = [1, 2].map((method) =>
    encodeFunctionData({ abi, functionName: "addTask", args: [seasonId, { ...rules, method }, layout, inputs] }),
  );
  const data = [
    encodeFunctionData({ abi, functionName: "draft", args: [startsAt, endsAt, closesAt, cap] }),
    ...tasks,
    encodeFunctionData({ abi, functionName: "open", args: [seasonId, `ipfs://season-${random.between(1, 9)}`] }),
  ];
  const from = accounts[0] as Address;
  const acts = data.map((data) => ({ from, to: deployment.contracts.Campaign.address, data }));
  acts.splice(-1, 0, escrow(scene, seasonId));
  return { acts, after: { ...memory, unseeded: [...memory.unseeded, { seasonId, openedIn: moment.number }] } };
}

function seed({ deployment, accounts }: Scene, memory: Memory, ripe: Memory["unseeded"][number]): Step {
  const data = encodeFunctionData({ abi: campaignAbi, functionName: "seed", args: [ripe.seasonId] });
  const acts = [{ from: accounts[0] as Address, to: deployment.contracts.Campaign.address, data }];
  const unseeded = memory.unseeded.filter((each) => each !== ripe);
  return { acts, after: { ...memory, unseeded, seasons: [...memory.seasons, ripe.seasonId] } };
}

/** A model that no task is of, and another place to find the tasks' own. */
function publish({ deployment, accounts, layout, modelId }: Scene, random: Random): Act[] {
  const [abi, to, uri] = [modelRegistryAbi, deployment.contracts.ModelRegistry.address, `ipfs://${secret(random)}`];
  const parts = { artifactHash: secret(random), runtimeId: secret(random) };
  const publication = { ...parts, verifyingKeyHash: ZERO_HASH, measurement: ZERO_HASH };
  const rows = toHex(encodeRows(rowsOf(integerLayout.widths)));
  return [
    encodeFunctionData({ abi, functionName: "publish", args: [publication, layout, rows, uri] }),
    encodeFunctionData({ abi, functionName: "addUri", args: [modelId, uri] }),
  ].map((data) => ({ from: random.pick(accounts), to, data }));
}

const secret = (random: Random): Hex => keccak256(stringToHex(`${random.next()} ${random.next()}`));

function claim(scene: Scene, memory: Memory, random: Random, method: number, count: number) {
  const prover = random.pick(scene.accounts);
  const seasonId = random.pick(memory.seasons);
  const key = `${seasonId} ${method} ${prover}`;
  const unit = memory.units[key] ?? 0;
  const campaign = scene.deployment.contracts.Campaign.address;
  const context = unitContext({ campaign, seasonId, taskId: BigInt(method), unit: BigInt(unit) });
  return { prover, context, units: { ...memory.units, [key]: unit + count } };
}

function single(scene: Scene, memory: Memory, random: Random, free: boolean): Step {
  const method = free ? 0 : random.between(1, 2);
  const { prover, context, units } = free
    ? { prover: random.pick(scene.accounts), context: FREE_CONTEXT, units: memory.units }
    : claim(scene, memory, random, method, 1);
  const opened = { outputHash: secret(random), traceHash: ZERO_HASH, salt: secret(random) };
  const { modelId } = scene;
  const inputHash = secret(random);
  const answer = answerHash(prover, opened);
  const attestation = { prover, method, modelId, inputHash, context, answer };
  const id = attestationUid(scene.deployment.chainId, registryOf(scene), attestation);
  const hidden = method === 1 && random.chance(0.7);
  const base = [method, modelId, inputHash, context] as const;
  const data = hidden
    ? encodeFunctionData({ abi: attestationRegistryAbi, functionName: "commit", args: [...base, answer] })
    : encodeFunctionData({ abi: attestationRegistryAbi, functionName: "attest", args: [...base, opened, "0x"] });
  const acts = [{ from: prover, to: registryOf(scene), data }];
  if (method === 2) acts.push(toMethod(scene, 2, prover, (fraudProof) => tellTrace(fraudProof, id, secret(random))));
  if (free) return { acts, after: { ...memory, free: [...memory.free, attestation] } };
  const stage = hidden ? "hidden" : "open";
  const claimed: Claimed = { id, stage, prover, method, single: { attestation, opened }, voters: [] };
  return { acts, after: { ...memory, units, claims: [...memory.claims, claimed] } };
}

function batch(scene: Scene, memory: Memory, random: Random): Step {
  const count = random.between(1, 4);
  const { prover, context, units } = claim(scene, memory, random, 2, count);
  const traces = Buffer.concat(Array.from({ length: count }, () => Buffer.from(secret(random).slice(2), "hex")));
  const { root } = orderedTree(Array.from({ length: count }, (_, i) => traces.subarray(32 * i, 32 * i + 32)));
  const batch = { prover, method: 2, modelId: scene.modelId, context, count, root };
  const id = batchId(scene.deployment.chainId, registryOf(scene), batch);
  const data = encodeFunctionData({
    ...{ abi: attestationRegistryAbi, functionName: "attestBatch" },
    args: [2, scene.modelId, context, count, scene.layout, `0x${traces.toString("hex")}`],
  });
  const claims = [...memory.claims, { id, stage: "open" as const, prover, method: 2, batch, voters: [] }];
  return { acts: [{ from: prover, to: registryOf(scene), data }], after: { ...memory, units, claims } };
}

function revoke(scene: Scene, memory: Memory, random: Random): Step {
  const attestation = random.pick(memory.free);
  const data = encodeFunctionData({ abi: attestationRegistryAbi, functionName: "revoke", args: [attestation] });
  const free = memory.free.filter((each) => each !== attestation);
  return { acts: [{ from: attestation.prover, to: registryOf(scene), data }], after: { ...memory, free } };
}

function verifiers(scene: Scene, random: Random): Act {
  const first = random.between(0, scene.accounts.length - 1);
  const panel = scene.accounts.slice(first, first + random.between(0, 3));
  const data = encodeFunctionData({ abi: mock, functionName: "setVerifiers", args: [panel] });
  return { from: random.pick(scene.accounts), to: methodOf(scene, 1), data };
}
