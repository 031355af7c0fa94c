import { writeFileSync } from "node:fs";
import { bytesToHex } from "viem";
import {
  answerHash,
  assignedInput,
  attestationUid,
  baseIndex,
  ledgerHash,
  modelId,
  runtimeId,
  tensorHash,
  unitSeed,
  voteHash,
  ZERO_HASH,
} from "../../sdk/commitments.ts";
import { FREE_CONTEXT, unitContext } from "../../sdk/contexts.ts";
import {
  elementSizes,
  encodeLayout,
  encodeRow,
  encodeRows,
  type Layout,
  layoutHash,
  type Row,
  type TensorSpec,
  tensorBytes,
  tensorHeader,
  weightsTree,
} from "../../sdk/layouts.ts";
import { orderedTree } from "../../sdk/tree.ts";
import { INVALID, UNAVAILABLE } from "../../sdk/votes.ts";
import { adapters } from "./adapters.ts";
import { bytes, hash, int8 } from "./bytes.ts";
import { enclave } from "./enclave.ts";
import { batches, profile } from "./fraud.ts";
import { graphs } from "./graphs.ts";
import { operators } from "./operators.ts";
import { requests } from "./requests.ts";
import { standings } from "./standings.ts";
import { vault } from "./vault.ts";
import { zk } from "./zkProof.ts";

const ACCOUNT = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const CAMPAIGN = "0xCf7Ed3AccA5a467e9e704C703E8D87F634fB0Fc9";
const REGISTRY = "0x1111111111111111111111111111111111111111";
const CHAIN_ID = 31337;

const raw = (data: Int8Array): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.length);

function tree(leaves: Uint8Array[]) {
  const { root, count, proof } = orderedTree(leaves);
  const indices = [...new Set([0, 1, count >> 1, count - 2, count - 1])].filter((i) => i >= 0 && i < count);
  const proofs = indices.map((index) => ({ index, siblings: proof(index) }));
  return { count, leaves: leaves.map((leaf) => bytesToHex(leaf)), root, proofs };
}

const trees = () => [
  ...[1, 2, 3, 5, 7, 8, 257].map((count) => tree(Array.from({ length: count }, (_, i) => bytes(`leaf ${i}`, 7)))),
  tree([0, 1, 31, 32, 33, 100].map((length) => bytes("leaves of any length", length))),
];

function tensor(spec: TensorSpec) {
  const data = bytes(spec.name, tensorBytes(spec));
  const header = tensorHeader(spec);
  return { ...spec, header: bytesToHex(header), data: bytesToHex(data), hash: tensorHash(header, data) };
}

const tensors = () => [
  ...Object.keys(elementSizes).map((dtype) => tensor({ name: `type ${dtype}`, dtype: Number(dtype), dims: [2, 3] })),
  tensor({ name: "", dtype: 3, dims: [5] }),
  tensor({ name: "a scalar", dtype: 1, dims: [] }),
  tensor({ name: "größe", dtype: 2, dims: [1, 1, 2, 1, 3] }),
];

/** A float layout whose input has this name, whatever its bytes; `wrongAt` is the byte for which it is refused. */
function named(name: string | number[], wrongAt: number | null) {
  const bytes = typeof name === "string" ? new TextEncoder().encode(name) : Uint8Array.from(name);
  const one = { dtype: 3, dims: [1] };
  const layout = encodeLayout({ widths: [], input: { name: "x", ...one }, output: { name: "y", ...one } });
  const u16 = (value: number) => [value >> 8, value & 0xff];
  const header = [...layout.subarray(36, 68), ...u16(bytes.length), ...bytes, ...layout.subarray(71, 81)];
  return {
    name: bytesToHex(bytes),
    layout: bytesToHex(
      Uint8Array.from([...layout.subarray(0, 34), ...u16(header.length), ...header, ...layout.subarray(81)]),
    ),
    wrongAt,
  };
}

// A layout's first name stands at byte 70, its length before it.
const names = () => [
  named("x", null),
  named("!~", null),
  named("/model/layer.0/Add_output:0", null),
  named("n".repeat(32), null),
  named("n".repeat(65), null),
  named("", 68),
  named(" x", 70),
  named("two words", 73),
  named("x ", 71),
  named("größe", 72),
  named([0x78, 0x00], 71),
  named([0x20], 70),
  named([0x7f], 70),
  named([0x7e, 0xff, 0xfe], 71),
  named([...Array(31).fill(0x6e), 0x80], 101),
  named([...Array(32).fill(0x6e), 0x1f], 102),
  named([...Array(40).fill(0x7e), 0xff, 0x6e, 0x0a], 110),
];

const bounds: Row[] = [
  { shift: 1, lo: 0, bias: 2 ** 30 - 2 - 16384 * 4, weights: int8(bytes("first row", 4)) },
  { shift: 30, lo: -128, bias: -(2 ** 29 - 1 - 16384 * 4), weights: new Int8Array([-128, 127, 0, -1]) },
];
const rows: Row[][] = [
  [...bounds, { shift: 7, lo: 0, bias: -1, weights: int8(bytes("third row", 4)) }],
  Array.from({ length: 2 }, (_, i) => ({
    shift: 8 + i,
    lo: -128,
    bias: 1000 * i,
    weights: int8(bytes(`out ${i}`, 3)),
  })),
];

function model(layout: Layout, layers: Row[][]) {
  const parts = {
    artifactHash: hash("model.onnx"),
    runtimeId: runtime.id,
    layoutHash: layoutHash(layout),
    weightsRoot: layers.length === 0 ? ZERO_HASH : weightsTree(layers).root,
    verifyingKeyHash: layers.length === 0 ? ZERO_HASH : hash("verifying key"),
    measurement: layers.length === 0 ? hash("measurement") : ZERO_HASH,
  };
  return {
    ...layout,
    layout: bytesToHex(encodeLayout(layout)),
    rows: bytesToHex(encodeRows(layers)),
    rowList: layers.flat().map((row) => bytesToHex(encodeRow(row))),
    parts,
    modelId: modelId(parts),
  };
}

const runtimeParts = {
  name: "onnxruntime-web@1.30.0",
  wasmHash: hash("wasm"),
  threads: 1,
  graphLevel: 0,
  rules: hash("rules"),
};
const runtime = { ...runtimeParts, id: runtimeId(runtimeParts) };

const models = () => ({
  runtime,
  models: [
    model(
      {
        widths: [4, 3, 2],
        input: { name: "input", dtype: 3, dims: [1, 4] },
        output: { name: "output", dtype: 3, dims: [1, 2] },
      },
      rows,
    ),
    model(
      {
        widths: [],
        input: { name: "features", dtype: 3, dims: [1, 16] },
        output: { name: "decision", dtype: 2, dims: [1, 2] },
      },
      [],
    ),
  ],
});

function attestations() {
  const opened = { outputHash: hash("output"), traceHash: ZERO_HASH, salt: hash("salt") };
  const traced = { ...opened, traceHash: hash("trace") };
  const unit = unitContext({ campaign: CAMPAIGN, seasonId: 1n, taskId: 2n, unit: 3n });
  const cases = [
    { method: 0, context: FREE_CONTEXT, opened },
    { method: 1, context: unit, opened },
    { method: 255, context: unit, opened: traced },
  ];
  return {
    chainId: CHAIN_ID,
    registry: REGISTRY,
    invalid: INVALID,
    unavailable: UNAVAILABLE,
    attestations: cases.map(({ method, context, opened }) => {
      const answer = answerHash(ACCOUNT, opened);
      const fields = { method, modelId: hash("model"), inputHash: hash("input"), context, answer };
      const attestation = { prover: ACCOUNT, ...fields } as const;
      return { opened, attestation, uid: attestationUid(CHAIN_ID, REGISTRY, attestation) };
    }),
    votes: [
      { round: 1, outputHash: opened.outputHash },
      { round: 2, outputHash: INVALID },
    ].map(({ round, outputHash }) => {
      const vote = { uid: hash("uid"), round, member: ACCOUNT, outputHash, salt: hash("vote") } as const;
      return { ...vote, hash: voteHash(vote.uid, vote.round, vote.member, vote.outputHash, vote.salt) };
    }),
  };
}

const contexts = () =>
  [
    { seasonId: 1n, taskId: 1n, unit: 0n },
    { seasonId: 258n, taskId: 65_537n, unit: 4_294_967_296n },
    { seasonId: 2n ** 24n - 1n, taskId: 2n ** 24n - 1n, unit: 2n ** 40n - 1n },
  ].map(({ seasonId, taskId, unit }) => ({
    campaign: CAMPAIGN,
    ...{ seasonId: `${seasonId}`, taskId: `${taskId}`, unit: `${unit}` },
    context: unitContext({ campaign: CAMPAIGN, seasonId, taskId, unit }),
  }));

function input(length: number, noise: number, unit: bigint) {
  const seed = unitSeed(hash("season seed"), 7n, ACCOUNT, unit);
  const base = bytes(`base ${length}`, length);
  return {
    ...{ seasonSeed: hash("season seed"), taskId: "7", account: ACCOUNT, unit: `${unit}`, unitSeed: seed },
    ...{ inputCount: 1000 + length, baseIndex: baseIndex(seed, 1000 + length), noise },
    base: bytesToHex(base),
    assigned: bytesToHex(raw(assignedInput(seed, int8(base), noise))),
  };
}

const inputs = () => [
  ...[1, 31, 32, 33, 64].flatMap((length) =>
    [1, 2, 8, 63, 127].map((noise, i) => input(length, noise, BigInt(100 * length + i))),
  ),
  input(256, 127, 2n ** 40n - 1n),
];

function ledger() {
  const deltas = [10n, -3n, 2n ** 63n - 1n, -(2n ** 63n - 1n)];
  let previous = ZERO_HASH;
  return deltas.map((delta, i) => {
    const [seasonId, seq] = [3n, BigInt(i + 1)];
    const entry = { account: ACCOUNT, subject: hash(`subject ${i}`), reason: delta < 0n ? 5 : 1 + i } as const;
    const before = previous;
    previous = ledgerHash(before, { ...entry, seasonId, delta, seq });
    return { previous: before, seasonId: `${seasonId}`, ...entry, delta: `${delta}`, seq: `${seq}`, hash: previous };
  });
}

/** The shared vectors: text of every file by its name. */
export function vectors(): Record<string, string> {
  const files = {
    trees: trees(),
    tensors: tensors(),
    names: names(),
    models: models(),
    attestations: attestations(),
    contexts: contexts(),
    inputs: inputs(),
    ledger: ledger(),
    batches: batches(CHAIN_ID, REGISTRY, ACCOUNT, CAMPAIGN),
    profile: profile(),
    graphs: graphs(),
    operators: operators(),
    standings: standings(),
    vault: vault(CHAIN_ID),
    requests: requests(CHAIN_ID),
    adapters: adapters(CHAIN_ID),
    zk: zk(),
    enclave: enclave(CHAIN_ID),
  };
  const replacer = (_: string, value: unknown) =>
    value instanceof Int8Array ? [...value] : typeof value === "bigint" ? String(value) : value;
  return Object.fromEntries(
    Object.entries(files).map(([name, content]) => [`${name}.json`, `${JSON.stringify(content, replacer, 2)}\n`]),
  );
}

if (import.meta.main)
  for (const [name, text] of Object.entries(vectors())) writeFileSync(new URL(name, import.meta.url), text);
