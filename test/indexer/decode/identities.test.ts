import { expect } from "chai";
import fc from "fast-check";
import { bytesToHex, encodeAbiParameters, encodeEventTopics, getAbiItem, getAddress, type Hex, keccak256 } from "viem";
import { createIdentities } from "../../../indexer/decode/identities.ts";
import { attestationRegistryAbi, modelRegistryAbi } from "../../../sdk/abi.ts";
import { answerHash, attestationUid, batchId, modelId, ZERO_HASH } from "../../../sdk/commitments.ts";
import { encodeLayout, encodeRows, INT8, type Layout, type Row, weightsTree } from "../../../sdk/layouts.ts";
import { methods } from "../../../sdk/methods/index.ts";
import { leavesOf, orderedTree } from "../../../sdk/tree.ts";
import { deployment } from "../story.ts";

const { chainId, contracts } = deployment;
const registry = contracts.AttestationRegistry.address;
const models = contracts.ModelRegistry.address;
const faultOf = createIdentities(deployment);

const bytes = (length: number): fc.Arbitrary<Hex> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array) => bytesToHex(array));
const address = bytes(20).map((hex) => getAddress(hex));
const uint8 = fc.integer({ min: 0, max: 255 });

interface Logged {
  address: Hex;
  topics: Hex[];
  data: Buffer;
}

/** The log of an event as ingestion reads it. */
function logOf(
  abi: typeof attestationRegistryAbi | typeof modelRegistryAbi,
  eventName: string,
  args: Record<string, unknown>,
): Logged {
  const item = getAbiItem({ abi: abi as typeof attestationRegistryAbi, name: eventName as "Attested" });
  const inputs = item.inputs.filter((input) => !("indexed" in input && input.indexed));
  const values = inputs.map(({ name }) => args[name as string]);
  const topics = encodeEventTopics({ abi, eventName, args } as never) as Hex[];
  const data = Buffer.from(encodeAbiParameters(inputs, values as never).slice(2), "hex");
  const at = abi === (modelRegistryAbi as unknown) ? models : registry;
  return { address: at.toLowerCase() as Hex, topics, data };
}

const answers = fc.record({ outputHash: bytes(32), traceHash: bytes(32), salt: bytes(32) });
const said = fc.record({
  prover: address,
  method: uint8,
  modelId: bytes(32),
  inputHash: bytes(32),
  context: bytes(32),
});

const committed = fc.tuple(said, bytes(32)).map(([message, answer]) =>
  logOf(attestationRegistryAbi, "Committed", {
    ...{ ...message, answer, uid: attestationUid(chainId, registry, { ...message, answer }) },
  }),
);
const attested = fc.tuple(said, answers).map(([message, opened]) => {
  const answer = answerHash(message.prover, opened);
  return logOf(attestationRegistryAbi, "Attested", {
    ...{ ...message, ...opened, uid: attestationUid(chainId, registry, { ...message, answer }) },
  });
});
const batched = fc
  .tuple(said, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }))
  .chain(([{ inputHash: _, ...message }, count, size]) =>
    // Whole words, so that no byte is padding, which the decoder looks at.
    bytes(32 * count * size).map((traces) => {
      const { root } = orderedTree(leavesOf(Buffer.from(traces.slice(2), "hex"), count));
      const batch = { ...message, count, root };
      return logOf(attestationRegistryAbi, "BatchAttested", {
        ...{ ...batch, traces, id: batchId(chainId, registry, batch) },
      });
    }),
  );

const layout: Layout = {
  widths: [2, 32, 1],
  input: { name: "x", dtype: INT8, dims: [2] },
  output: { name: "y", dtype: INT8, dims: [1] },
};
const row = (inputs: number): fc.Arbitrary<Row> =>
  fc.record({
    ...{ shift: fc.integer({ min: 0, max: 31 }), lo: fc.integer({ min: -128, max: 127 }), bias: fc.integer() },
    weights: fc.int8Array({ minLength: inputs, maxLength: inputs }),
  });
const published = fc
  .tuple(
    fc.record({ artifactHash: bytes(32), runtimeId: bytes(32), verifyingKeyHash: bytes(32), measurement: bytes(32) }),
    fc.array(row(2), { minLength: 32, maxLength: 32 }),
    fc.array(row(32), { minLength: 1, maxLength: 1 }),
  )
  .map(([parts, first, second]) => {
    const layers = [first, second];
    const weightsRoot = weightsTree(layers).root;
    const bytesOfLayout = encodeLayout(layout);
    const named = modelId({ ...parts, layoutHash: keccak256(bytesOfLayout), weightsRoot });
    const publisher = getAddress(`0x${"11".repeat(20)}`);
    const rest = {
      layout: bytesToHex(bytesOfLayout),
      rows: bytesToHex(encodeRows(layers)),
      uri: "https://example.org",
    };
    return logOf(modelRegistryAbi, "ModelPublished", { ...parts, ...rest, weightsRoot, publisher, modelId: named });
  });

const changed = (hex: Hex, at: number, by: number): Hex => {
  const copy = Buffer.from(hex.slice(2), "hex");
  copy[at % copy.length] = (copy[at % copy.length] as number) ^ by;
  return bytesToHex(copy);
};

describe("names that contracts compute", () => {
  const where = fc.nat({ max: 2 ** 30 });
  const by = fc.integer({ min: 1, max: 255 });

  for (const [name, logs] of Object.entries({ committed, attested, batched }))
    it(`don't fit one changed byte of what is ${name}, whether in a topic or in the data`, () => {
      fc.assert(
        fc.property(logs, fc.integer({ min: 1, max: 3 }), where, by, (log, topic, at, difference) => {
          const topics = log.topics.with(topic, changed(log.topics[topic] as Hex, at, difference));
          expect(faultOf({ ...log, topics })).to.match(/^(names the|has \d+ bytes of traces)/);
          const data = Buffer.from(log.data);
          // The offset and length of a batch's traces have one right value, which the decoder holds them to.
          const first =
            name === "batched" ? (at % 2 === 0 ? at % 128 : 192 + (at % (data.length - 192))) : at % data.length;
          data[first] = (data[first] as number) ^ difference;
          expect(faultOf({ ...log, data })).to.match(/^(names the|has \d+ bytes of traces)/);
        }),
      );
    });

  it("don't fit a published model with one changed byte of its parts, layout or rows", () => {
    fc.assert(
      fc.property(published, where, by, (log, at, difference) => {
        const topics = log.topics.with(1, changed(log.topics[1] as Hex, at, difference));
        expect(faultOf({ ...log, topics })).to.match(/^names the model/);
        const data = Buffer.from(log.data);
        const layoutAt = 8 * 32 + 32;
        const rowsAt = layoutAt + 32 * Math.ceil(encodeLayout(layout).length / 32) + 32;
        const [start, length] = [
          [0, 5 * 32],
          [layoutAt, encodeLayout(layout).length],
          [rowsAt, 32 * 8 + 38],
        ][at % 3] as [number, number];
        const changedAt = start + (at % length);
        data[changedAt] = (data[changedAt] as number) ^ difference;
        expect(faultOf({ ...log, data })).to.match(/^names the (model|weights root)/);
      }),
      { numRuns: 60 },
    );
  });

  it("don't fit no units, nor traces that no number of units divides", () => {
    fc.assert(
      fc.property(batched, (log) => {
        for (const count of [0, 1_000_003]) {
          const data = Buffer.from(log.data);
          data.writeUInt32BE(count, 60);
          expect(faultOf({ ...log, data })).to.match(/^has \d+ bytes of traces for \d+ units$/);
        }
      }),
      { numRuns: 10 },
    );
  });

  it("of a root-only batch bind its root, under a method that takes one and none that doesn't", () => {
    fc.assert(
      fc.property(said, bytes(32), where, by, ({ inputHash: _, ...message }, root, at, flip) => {
        const rootOnly = (method: number) => {
          const batch = { ...message, method, count: 9, root };
          return logOf(attestationRegistryAbi, "BatchAttested", {
            ...{ ...batch, traces: "0x", id: batchId(chainId, registry, batch) },
          });
        };
        const taken = rootOnly(methods.disputeGame.id);
        expect(faultOf(taken)).to.equal(undefined);
        const data = Buffer.from(taken.data);
        data[64 + (at % 32)] = (data[64 + (at % 32)] as number) ^ flip;
        expect(faultOf({ ...taken, data })).to.match(/^names the batch/);
        expect(faultOf(rootOnly(methods.fraudProof.id))).to.equal("has 0 bytes of traces for 9 units");
      }),
      { numRuns: 20 },
    );
  });

  it("are those of the sdk", () => {
    fc.assert(
      fc.property(fc.oneof(committed, attested, batched), (log) => {
        expect(faultOf(log)).to.equal(undefined);
      }),
    );
    fc.assert(
      fc.property(published, (log) => {
        expect(faultOf(log)).to.equal(undefined);
      }),
      { numRuns: 20 },
    );
  });

  it("of a model without rows have no weights root", () => {
    const floats: Layout = { ...layout, widths: [] };
    const bytesOfLayout = encodeLayout(floats);
    const parts = {
      artifactHash: ZERO_HASH,
      runtimeId: ZERO_HASH,
      verifyingKeyHash: ZERO_HASH,
      measurement: ZERO_HASH,
    };
    const log = (weightsRoot: Hex) =>
      logOf(modelRegistryAbi, "ModelPublished", {
        ...{ ...parts, weightsRoot, layout: bytesToHex(bytesOfLayout), rows: "0x", uri: "" },
        modelId: modelId({ ...parts, layoutHash: keccak256(bytesOfLayout), weightsRoot }),
        publisher: registry,
      });
    expect(faultOf(log(ZERO_HASH))).to.equal(undefined);
    expect(faultOf(log(keccak256("0x12")))).to.match(/^names the weights root/);
  });

  it("are left to the decoder where a log is cut short, and looked for in the registries only", () => {
    fc.assert(
      fc.property(fc.oneof(committed, attested, batched, published), (log) => {
        expect(faultOf({ ...log, data: log.data.subarray(0, 90) })).to.equal(undefined);
        expect(faultOf({ ...log, topics: log.topics.slice(0, 2).with(0, ZERO_HASH) })).to.equal(undefined);
        const elsewhere = contracts.Campaign.address.toLowerCase() as Hex;
        expect(faultOf({ ...log, address: elsewhere, data: Buffer.alloc(log.data.length) })).to.equal(undefined);
      }),
      { numRuns: 20 },
    );
  });
});
