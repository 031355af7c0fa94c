import type { HardhatEthers, HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkHelpers } from "@nomicfoundation/hardhat-network-helpers/types";
import { bytesToHex, type Hex, hexToBytes, keccak256 } from "viem";
import { forward } from "../../inference/integer.ts";
import { encodeEvidence } from "../../inference/methods/zkProof/evidence.ts";
import { decodeKey } from "../../inference/methods/zkProof/key.ts";
import { buildOpen } from "../../inference/openRun.ts";
import { type CommittedCircuit, readModel } from "../../models/read.ts";
import { type Provable, type ProvingFiles, prove } from "../../participant/methods/zkProof/prove.ts";
import { type Answer, type Attestation, unitSeed, ZERO_HASH } from "../../sdk/commitments.ts";
import { FREE_CONTEXT, unitContext } from "../../sdk/contexts.ts";
import { decodeLayout, decodeRows } from "../../sdk/layouts.ts";
import { zkProof } from "../../sdk/methods/zkProof.ts";
import { showInput, unitInput } from "../../sdk/units.ts";
import { addressOf, type core, hash, protocol, publication } from "./fixtures.ts";

/** ZkProof's number, also in these tests. */
export const { id: ZK } = zkProof;

/** The committed model with a circuit. */
export const stripes = await readModel("stripes");
export const circuit = stripes.circuit as CommittedCircuit;
export const layout = decodeLayout(stripes.layout);
const layers = decodeRows(layout.widths, stripes.rows);
export const proving: ProvingFiles = { ...circuit, key: decodeKey(circuit.key) };

export const [inputBytes, outputBytes] = [layout.widths[0] as number, layout.widths.at(-1) as number];

/** What the rows give for an input. */
export const outputOf = (input: Uint8Array): Uint8Array =>
  new Uint8Array((forward(layers, new Int8Array(input)).at(-1) as Int8Array).buffer);

/** A base input of the model. */
export const baseInput = (index: number): Uint8Array =>
  stripes.inputs.slice(index * inputBytes, (index + 1) * inputBytes);

type Core = Awaited<ReturnType<typeof core>>;
type Published = Pick<Core, "models" | "registry" | "campaign" | "organiser">;

/** Publishes the model, or one with another key or layout; returns its id. */
export async function publishStripes(
  { models }: Pick<Core, "models">,
  { key = circuit.key, layout = stripes.layout, rows = stripes.rows } = {},
): Promise<Hex> {
  const parts = { ...publication, verifyingKeyHash: keccak256(key) };
  const args = [parts, bytesToHex(layout), bytesToHex(rows), ""] as const;
  const modelId = await models.publish.staticCall(...args);
  await models.publish(...args);
  return modelId as Hex;
}

const NOISE = 8;

/** A running season with one task, of the model under ZkProof. */
export async function zkSeason({ campaign, organiser }: Published, { time, mine }: NetworkHelpers, modelId: Hex) {
  const startsAt = (await time.latest()) + 1000;
  const organised = campaign.connect(organiser);
  await organised.draft(startsAt, startsAt + 100_000, startsAt + 200_000, 0);
  const seasonId = await campaign.seasonCount();
  const rules = { modelId, method: ZK, points: 10, unitsPerAccount: 16, noise: NOISE };
  await organised.addTask(seasonId, rules, stripes.layout, stripes.inputs);
  await organised.open(seasonId, "");
  await mine(3);
  await campaign.seed(seasonId);
  await time.increaseTo(startsAt);
  const seed = (await campaign.seasonOf(seasonId)).seed as Hex;
  const task = { inputs: stripes.inputs, inputCount: stripes.card.inputCount, noise: NOISE };
  const seedOf = (account: HardhatEthersSigner, unit: number) =>
    unitSeed(seed, 1n, account.address as Hex, BigInt(unit));
  return {
    seasonId,
    contextOf: (unit: number) =>
      unitContext({ campaign: addressOf(campaign), seasonId, taskId: 1n, unit: BigInt(unit) }),
    inputOf: (account: HardhatEthersSigner, unit: number) =>
      new Uint8Array(unitInput(seedOf(account, unit), task).buffer),
    shownOf: (account: HardhatEthersSigner, unit: number) => showInput(seedOf(account, unit), task, layout.input),
  };
}

/** An attestation with what ZkProof asks for. */
export interface Proven extends Provable {
  attestation: Attestation;
  answer: Answer;
  /** A ‖ B ‖ C. */
  proof: Uint8Array;
  evidence: Hex;
}

/** An account's attestation of a run, proven. */
export async function provenRun(
  { registry, modelId }: Pick<Core, "registry"> & { modelId: Hex },
  account: HardhatEthersSigner,
  input: Uint8Array,
  context: Hex = FREE_CONTEXT,
  salt: Hex = hash("salt"),
): Promise<Proven> {
  const output = outputOf(input);
  const run = { prover: account.address as Hex, method: ZK, modelId, context, salt, input, output };
  const { attestation, answer } = buildOpen(decodeLayout(stripes.layout), run, ZERO_HASH);
  const uid = (await registry.uidOf(attestation)) as Hex;
  const { proof } = await prove(proving, { input, output, uid });
  return { attestation, answer, input, output, uid, proof, evidence: encodeEvidence(input, output, proof) };
}

/** Arguments of `attest`. */
export const attestArguments = ({ attestation, answer, evidence }: Omit<Proven, keyof Provable | "proof">) => {
  const { method, modelId, inputHash, context } = attestation;
  return [method, modelId, inputHash, context, answer, evidence] as const;
};

/** A ZkProof at its number, and the published model, whose key isn't admitted. */
export async function zkPublished(ethers: HardhatEthers) {
  const p = await protocol(ethers);
  const zk = await ethers.deployContract("ZkProof", [p.campaign, p.bonds]);
  await p.registry.addMethod(zk);
  return { ...p, zk, modelId: await publishStripes(p) };
}

/** A running season whose task is ZkProof's; the model's key is admitted. */
export async function zkProtocol(ethers: HardhatEthers, helpers: NetworkHelpers) {
  const p = await zkPublished(ethers);
  await p.zk.admit(p.modelId, stripes.layout, circuit.key);
  return { ...p, ...(await zkSeason(p, helpers, p.modelId)) };
}

/** Bytes with one of them changed. */
export const changed = (bytes: Uint8Array | Hex, at: number, by = 1): Uint8Array =>
  (typeof bytes === "string" ? hexToBytes(bytes) : bytes).map((byte, i) => (i === at ? byte ^ by : byte));
