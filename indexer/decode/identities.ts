import { domainSeparator, encodeType } from "ox/TypedData";
import type { Address, Hex } from "viem";
import { attestationRegistryAbi, modelRegistryAbi } from "../../sdk/abi.ts";
import { attestationTypes, batchTypes, domain, tag } from "../../sdk/commitments.ts";
import type { Deployment } from "../../sdk/deployment.ts";
import { decodeLayout, weightsRoot } from "../../sdk/layouts.ts";
import { mayBeRootOnly } from "../../sdk/methods/index.ts";
import type { Log } from "../ingest/blocks.ts";
import { keccak, keccakHex } from "../ingest/keccak.ts";
import { bytesOfTopics } from "../ingest/topics.ts";
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
    [selectors.get("Committed"), committedFault],
    [selectors.get("Attested"), attestedFault],
    [selectors.get("BatchAttested"), batchFault],
    [selectors.get("ModelPublished"), modelFault],
  ]);

  function committedFault(topics: readonly Hex[], data: Buffer): string | undefined {
    if (data.length !== WORD * 4) return undefined;
    // Input hash, context, answer, method.
    return fault("attestation", topics, names.attestation(bytesOfTopics(topics), data, [3, 0, 1, 2]));
  }

  function attestedFault(topics: readonly Hex[], data: Buffer): string | undefined {
    if (data.length !== WORD * 6) return undefined;
    const subjects = bytesOfTopics(topics);
    // Input hash, output hash, trace hash, context, salt, method.
    const words = Buffer.concat([data, answerOf(subjects, data)], WORD * 7);
    return fault("attestation", topics, names.attestation(subjects, words, [5, 0, 3, 6]));
  }

  function batchFault(topics: readonly Hex[], data: Buffer): string | undefined {
    const traces = bytesAt(data, 4);
    if (traces === undefined) return undefined;
    // Context, count, root, method.
    const units = data.readUInt32BE(WORD * 2 - 4);
    const name = (): string | undefined =>
      fault("batch", topics, names.batch(bytesOfTopics(topics), data, [3, 0, 1, 2]));
    // The name binds the method, which says whether a root is all that there is.
    if (units > 0 && traces.length === 0 && mayBeRootOnly(data.readUInt8(WORD * 4 - 1))) return name();
    if (units === 0 || traces.length === 0 || traces.length % units !== 0)
      return `has ${traces.length} bytes of traces for ${units} units`;
    const [computed, root] = [fastTree(traces, units).root, wordAt(data, 2)];
    if (computed.compare(root) !== 0) return `names the root ${hexOf(root)}; its traces have ${hexOf(computed)}`;
    return name();
  }

  return ({ address, topics, data }) => {
    if ((address !== registry && address !== models) || topics.length !== 4 - Number(address === models))
      return undefined;
    return checks.get(topics[0])?.(topics, data);
  };
}

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

/** EIP-712 digests of this deployment's messages, each of six words. */
function digestsOf(chainId: number, registry: Address) {
  const message = Buffer.concat([PREFIX, wordOf(domainSeparator(domain(chainId, registry))), Buffer.alloc(WORD)]);
  const digestOf = (type: string) => {
    const struct = Buffer.alloc(WORD * 7);
    struct.set(keccak(Buffer.from(type)));
    /**
     * Of the prover and model, the third and fourth topic, around the first of four words of the data, and of the other
     * three after them.
     */
    return (
      topics: Buffer,
      data: Buffer,
      [method, ...others]: readonly [number, number, number, number],
    ): Uint8Array => {
      copyWord(topics, 2, struct, 1);
      copyWord(data, method, struct, 2);
      copyWord(topics, 3, struct, 3);
      for (let i = 0; i < 3; i++) copyWord(data, others[i] as number, struct, 4 + i);
      message.set(keccak(struct), PREFIX.length + WORD);
      return keccak(message);
    };
  };
  return {
    attestation: digestOf(encodeType({ types: attestationTypes, primaryType: "Attestation" })),
    batch: digestOf(encodeType({ types: batchTypes, primaryType: "Batch" })),
  };
}

const PREFIX = Buffer.from([0x19, 0x01]);
const answer = Buffer.alloc(WORD * 5);
answer.write(tag("ANSWER_V1").slice(2), "hex");

/** `answerHash` of an opened answer: output hash, trace hash and salt are the second, third and fifth word. */
function answerOf(topics: Buffer, data: Buffer): Uint8Array {
  copyWord(topics, 2, answer, 1);
  copyWord(data, 1, answer, 2);
  copyWord(data, 2, answer, 3);
  copyWord(data, 4, answer, 4);
  return keccak(answer);
}

/** Of the name in the second topic. */
function fault(what: string, topics: readonly Hex[], computed: Uint8Array): string | undefined {
  return nameFault(what, topics[1] as Hex, hexOf(Buffer.from(computed.buffer, computed.byteOffset, WORD)));
}

const copyWord = (from: Buffer, index: number, to: Buffer, at: number): number =>
  from.copy(to, WORD * at, WORD * index, WORD * (index + 1));

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
