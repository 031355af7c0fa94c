import { domainSeparator, encodeType } from "ox/TypedData";
import type { Address, Hex } from "viem";
import { attestationRegistryAbi, modelRegistryAbi } from "../../sdk/abi.ts";
import { attestationTypes, batchTypes, domain, tag } from "../../sdk/commitments.ts";
import type { Deployment } from "../../sdk/deployment.ts";
import { decodeLayout, weightsRoot } from "../../sdk/layouts.ts";
import { methodById } from "../../sdk/methods/index.ts";
import type { Log } from "../ingest/blocks.ts";
import { keccak, keccakHex } from "../ingest/keccak.ts";
import { selectorOf } from "./events.ts";
import { fastTree } from "./fast-tree.ts";

/**
 * What is wrong with a log whose contract computed a name from its fields: the name isn't theirs, so a node changed one of
 * them. Undefined where the name fits, or the log names nothing; one that is cut short is left to the decoder.
 */
export type IdentityCheck = (log: Pick<Log, "address" | "topics" | "data">) => string | undefined;

const WORD = 32;
const selectors = new Map(
  [...attestationRegistryAbi, ...modelRegistryAbi].flatMap((item) =>
    item.type === "event" ? [[item.name, selectorOf(item)] as const] : [],
  ),
);

/** Recomputes uids, batch ids, batch roots, model ids and weights roots: docs/protocol.md says what each is made of. */
export function createIdentities({ chainId, contracts }: Deployment): IdentityCheck {
  const registry = contracts.AttestationRegistry.address.toLowerCase();
  const models = contracts.ModelRegistry.address.toLowerCase();
  const names = digestsOf(chainId, contracts.AttestationRegistry.address);

  const checks = new Map<Hex | undefined, (topics: readonly Hex[], data: Buffer) => string | undefined>([
    [selectors.get("Committed"), (topics, data) => uidFault(topics, data, 4, wordAt(data, 2))],
    [selectors.get("Attested"), (topics, data) => uidFault(topics, data, 6, answerOf(topics, data))],
    [selectors.get("BatchAttested"), batchFault],
    [selectors.get("ModelPublished"), modelFault],
  ]);

  // Of `Committed` and `Attested`: the method is the last word, the context the second of three or the fourth of six.
  function uidFault(topics: readonly Hex[], data: Buffer, words: number, answer: Uint8Array): string | undefined {
    if (data.length !== WORD * words) return undefined;
    const context = wordAt(data, words === 4 ? 1 : 3);
    const [, uid, prover, modelId] = topics as [Hex, Hex, Hex, Hex];
    const parts = [wordOf(prover), wordAt(data, words - 1), wordOf(modelId), wordAt(data, 0), context, answer];
    return nameFault("attestation", uid, names.attestation(parts));
  }

  function batchFault(topics: readonly Hex[], data: Buffer): string | undefined {
    const [, id, prover, modelId] = topics as [Hex, Hex, Hex, Hex];
    const traces = bytesAt(data, 4);
    if (traces === undefined) return undefined;
    const [context, count, root, method] = [0, 1, 2, 3].map((i) => wordAt(data, i)) as [Buffer, Buffer, Buffer, Buffer];
    const units = count.readUInt32BE(WORD - 4);
    const name = (): string | undefined =>
      nameFault("batch", id, names.batch([wordOf(prover), method, wordOf(modelId), context, count, root]));
    // The name binds the method, which says whether a root is all that there is.
    if (units > 0 && traces.length === 0 && mayBeRootOnly(method.readUInt8(WORD - 1))) return name();
    if (units === 0 || traces.length === 0 || traces.length % units !== 0)
      return `has ${traces.length} bytes of traces for ${units} units`;
    const computed = fastTree(traces, units).root;
    if (computed.compare(root) !== 0) return `names the root ${hexOf(root)}; its traces have ${hexOf(computed)}`;
    return name();
  }

  return ({ address, topics, data }) => {
    if ((address !== registry && address !== models) || topics.length !== 4 - Number(address === models))
      return undefined;
    return checks.get(topics[0])?.(topics, data);
  };
}

/** Whether a method takes batches without their traces; of one that isn't known here nobody can say that it doesn't. */
const mayBeRootOnly = (number: number): boolean => {
  const method = methodById(number);
  return method === undefined || method.isRootOnly === true;
};

function modelFault([, modelId]: readonly Hex[], data: Buffer): string | undefined {
  const [layout, rows] = [bytesAt(data, 5), bytesAt(data, 6)];
  if (layout === undefined || rows === undefined) return undefined;
  const [artifactHash, runtimeId, weightsRoot, verifyingKeyHash, measurement] = [0, 1, 2, 3, 4].map((i) =>
    wordAt(data, i),
  ) as [Buffer, Buffer, Buffer, Buffer, Buffer];
  const computed = weightsRootOf(layout, rows);
  if (computed !== undefined && computed !== hexOf(weightsRoot))
    return `names the weights root ${hexOf(weightsRoot)}; its rows have ${computed}`;
  const parts = [artifactHash, runtimeId, keccak(layout), weightsRoot, verifyingKeyHash, measurement];
  return nameFault("model", modelId as Hex, keccakHex(Buffer.concat([wordOf(tag("MODEL_V1")), ...parts])));
}

/** Undefined where the rows can't be cut by the layout: it has names that can't be read, or the model's id won't fit. */
function weightsRootOf(layout: Uint8Array, rows: Uint8Array): Hex | undefined {
  try {
    return weightsRoot(decodeLayout(layout), rows);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** EIP-712 digests of this deployment's messages, of their fields as words. */
function digestsOf(chainId: number, registry: Address) {
  const separator = wordOf(domainSeparator(domain(chainId, registry)));
  const digestOf = (type: string) => {
    const typeHash = keccak(Buffer.from(type));
    return (parts: readonly Uint8Array[]): Hex =>
      keccakHex(Buffer.concat([PREFIX, separator, keccak(Buffer.concat([typeHash, ...parts]))]));
  };
  return {
    attestation: digestOf(encodeType({ types: attestationTypes, primaryType: "Attestation" })),
    batch: digestOf(encodeType({ types: batchTypes, primaryType: "Batch" })),
  };
}

const PREFIX = Buffer.from([0x19, 0x01]);
const ANSWER = Buffer.from(tag("ANSWER_V1").slice(2), "hex");

/** `answerHash` of an opened answer: output hash, trace hash and salt are the second, third and fifth word. */
const answerOf = ([, , prover]: readonly Hex[], data: Buffer): Uint8Array =>
  keccak(Buffer.concat([ANSWER, wordOf(prover as Hex), wordAt(data, 1), wordAt(data, 2), wordAt(data, 4)]));

const nameFault = (what: string, name: Hex, computed: Hex): string | undefined =>
  name === computed ? undefined : `names the ${what} ${name}; its fields give ${computed}`;

const wordOf = (hex: Hex): Buffer => Buffer.from(hex.slice(2), "hex");
const wordAt = (data: Buffer, index: number): Buffer => data.subarray(WORD * index, WORD * (index + 1));
const hexOf = (bytes: Buffer): Hex => `0x${bytes.toString("hex")}`;

/** Dynamic bytes whose offset is a word of the head; undefined where the data ends before them. */
function bytesAt(data: Buffer, index: number): Buffer | undefined {
  const at = sizeAt(data, WORD * index);
  const length = at === undefined ? undefined : sizeAt(data, at);
  const start = (at ?? 0) + WORD;
  return length === undefined || start + length > data.length ? undefined : data.subarray(start, start + length);
}

const sizeAt = (data: Buffer, at: number): number | undefined =>
  at + WORD > data.length ? undefined : data.readUIntBE(at + WORD - 6, 6);
