import { expect } from "chai";
import { keccak256 } from "viem";
import { type ContentReader, UnavailableError } from "../../../inference/content.ts";
import { InvalidModelError } from "../../../inference/failures.ts";
import { inferenceMethods } from "../../../inference/methods/index.ts";
import type { InferenceMethod, Subject } from "../../../inference/methods/method.ts";
import type { Models, OpenModel } from "../../../inference/models.ts";
import { encodeTensor, hashTensor } from "../../../inference/tensors.ts";
import { mostChecks } from "../../../inference/verify/attestation.ts";
import type { CheckKind } from "../../../inference/verify/checks.ts";
import { type Answer, ZERO_HASH } from "../../../sdk/commitments.ts";
import { cidOfKeccak256 } from "../../../sdk/content.ts";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { INT8, type TensorSpec } from "../../../sdk/layouts.ts";
import { methods } from "../../../sdk/methods/index.ts";
import { defineMethod } from "../../../sdk/methods/method.ts";
import { Status } from "../../../sdk/protocol.ts";
import { BOOL, FLOAT } from "../graph/onnx.ts";
import { batchOf, layers, layout, modelsOf, resultsOf, singleOf, verify } from "./attested.ts";

/** A method that nobody here knows. */
const UNKNOWN = 7;

const moved = (bytes: Uint8Array) => bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte));

describe("verifyAttestation", () => {
  it("refuses a unit that the batch doesn't have", async () => {
    const batch = batchOf(UNKNOWN);
    const aboutNone = { ...batch, message: { ...batch.message, context: FREE_CONTEXT } };
    const cases = [
      [batch, 2n, `Batch ${batch.id} has no unit 2: its units are 3 to 5.`],
      [batch, 6n, `Batch ${batch.id} has no unit 6: its units are 3 to 5.`],
      [aboutNone, 3n, `Batch ${batch.id} is about no units of a season.`],
    ] as const;
    for (const [attestation, unit, sentence] of cases) {
      const error = await verify(attestation, { unit }).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(RangeError).and.to.have.property("message", sentence);
    }
  });

  it("fails what is recorded under another name, and what the registry refuted, revoked or doesn't know", async () => {
    const single = singleOf(0);
    const renamed = await verify({ ...single, id: `0x${"ab".repeat(32)}` });
    expect(resultsOf(renamed)[0]).to.equal("uid failed");
    expect(renamed.checks[0]?.hashes).to.deep.equal({ expected: `0x${"ab".repeat(32)}`, found: single.id });
    for (const status of [Status.none, Status.refuted, Status.void, Status.revoked, 9]) {
      const found = await verify(single, { status });
      expect(resultsOf(found)[1]).to.equal("record failed");
      expect(found.good).to.equal(false);
    }
  });

  it("goes no further where the model's parts fail", async () => {
    const open = () => Promise.reject(new InvalidModelError("Its parts disagree."));
    const found = await verify(singleOf(UNKNOWN), { models: { open } });
    expect(resultsOf(found)).to.deep.equal(["uid held", "record held", "model failed", "method unknown"]);
  });

  it("fails an input that is not the attestation's, and an output that the model doesn't give", async () => {
    const other = await verify(singleOf(0), { input: Uint8Array.of(1, 1, 1, 1) });
    expect(resultsOf(other).at(-1)).to.equal("input failed");
    expect(other.output).to.equal(undefined);
    const lie = await verify(singleOf(0, moved));
    expect(resultsOf(lie).slice(-2)).to.deep.equal(["run held", "output failed"]);
    expect(lie.good).to.equal(false);
  });

  it("fails a free input that the model can't run on, wherever it is from", async () => {
    const spec = layout.input;
    const right = { spec, data: Uint8Array.of(5, 6, 7, 8) };
    const flags = { ...spec, dtype: BOOL };
    const real = { ...spec, dtype: FLOAT };
    const nan = new Uint8Array(Float32Array.of(1, 2, Number.NaN, 4).buffer);
    const cases: [bytes: Uint8Array, reason: string, own?: TensorSpec][] = [
      [new TextEncoder().encode("no tensor"), "it has another header."],
      [encodeTensor({ ...right, spec: { ...spec, name: "z" } }), "it has another header."],
      [encodeTensor(right).slice(0, -1), `Tensor "${spec.name}" needs 4 bytes; 3 were given.`],
      [Uint8Array.of(...encodeTensor(right), 0), `Tensor "${spec.name}" needs 4 bytes; 5 were given.`],
      [
        encodeTensor({ spec: flags, data: Uint8Array.of(0, 1, 2, 255) }),
        `Input "${spec.name}" has the byte 2 at element 2; a bool is 0 or 1.`,
        flags,
      ],
      [encodeTensor({ spec: real, data: nan }), `Input "${spec.name}" has NaN at element 2; it must be finite.`, real],
    ];
    for (const [bytes, reason, own = spec] of cases) {
      const single = singleOf(0);
      const attestation = { ...single, message: { ...single.message, inputHash: keccak256(bytes) } };
      const models = modelsOf({ ...layout, input: own });
      const found = await verify(attestation, { models, input: undefined, content: { get: async () => bytes } });
      expect(resultsOf(found).slice(2)).to.deep.equal(["model held", "input failed"]);
      expect(found.checks.at(-1)?.detail).to.equal(
        `The input was found as ${cidOfKeccak256(keccak256(bytes))}. It is no input of the model: ${reason}`,
      );
      expect([found.good, found.input, found.output]).to.deep.equal([false, undefined, undefined]);
    }
    const given = await verify(singleOf(0), { input: Uint8Array.of(1, 2, 3) });
    expect(given.checks.at(-1)?.detail).to.equal(
      `The input is the one given. It is no input of the model: Tensor "${spec.name}" needs 4 bytes; 3 were given.`,
    );
  });

  it("fails a batch's unit whose assigned input its model can't run on", async () => {
    const models = modelsOf({ ...layout, input: { ...layout.input, dims: [1, 5] } });
    const found = await verify(batchOf(UNKNOWN), { unit: 4n, models });
    expect(resultsOf(found).slice(-2)).to.deep.equal(["input failed", "method unknown"]);
  });

  it("knows nothing of a hidden answer", async () => {
    const found = await verify({ ...singleOf(0), answer: undefined });
    expect(resultsOf(found).at(-1)).to.equal("output unknown");
  });

  it("fails a batch whose tree is not its traces'", async () => {
    const batch = batchOf(UNKNOWN);
    const found = await verify({ ...batch, leaves: batch.leaves.toReversed() }, { unit: 3n });
    expect(resultsOf(found).slice(2, 4)).to.deep.equal(["tree failed", "proof failed"]);
  });

  describe("under a method that isn't known here", () => {
    const shared = ["uid held", "record held", "model held", "input held", "run held", "output held"];

    it("makes the shared checks of a single attestation, and says what it doesn't know", async () => {
      const found = await verify(singleOf(UNKNOWN), { status: Status.verified });
      expect(resultsOf(found)).to.deep.equal([...shared, "method unknown"]);
      expect(found.checks.at(-1)?.detail).to.equal(
        "unknown method 7: nothing is known here of what it proves, so nothing of that was checked.",
      );
      expect([found.good, found.status]).to.deep.equal([true, "verified"]);
      expect(found.notProven).to.contain("unknown method 7: nothing is known of what it proves");
    });

    it("compares one unit of a batch", async () => {
      const honest = await verify(batchOf(UNKNOWN), { unit: 4n });
      expect(resultsOf(honest)).to.deep.equal([
        ...["uid held", "record held", "tree held", "proof held", "record held"],
        ...["model held", "input held", "run held", "output held", "method unknown"],
      ]);
      const lie = (leaf: Uint8Array, unit: bigint) => (unit === 4n ? moved(leaf) : leaf);
      expect(resultsOf(await verify(batchOf(UNKNOWN, lie), { unit: 4n }))).to.include("output failed");
      expect((await verify(batchOf(UNKNOWN, lie), { unit: 5n })).good).to.equal(true);
    });

    it("compares nothing of a whole batch, and says so", async () => {
      const found = await verify(batchOf(UNKNOWN));
      expect(resultsOf(found)).to.deep.equal([
        ...["uid held", "record held", "tree held", "output unknown", "method unknown"],
      ]);
    });
  });

  it("notes no unknown method where an attestation has none, or a panel's", async () => {
    for (const method of [0, methods.quorum.id])
      expect(resultsOf(await verify(singleOf(method)))).to.deep.equal([
        ...["uid held", "record held", "model held", "input held", "run held", "output held"],
      ]);
  });

  it("tells a text while it is written, and finds the one that the prover answered, if somebody keeps it", async () => {
    const spec = { name: "story.text", dtype: INT8, dims: [1, 2] };
    const [written, lie] = [Uint8Array.of(79, 110), Uint8Array.of(79, 111)];
    const models: Models = {
      async open() {
        const run: OpenModel["session"]["run"] = async (_, onByte) => {
          for (const [position, byte] of written.entries()) onByte?.(byte, position);
          return written;
        };
        const publication = { artifactHash: ZERO_HASH } as OpenModel["publication"];
        return { publication, layout: { ...layout, output: spec }, layers: [], session: { run } };
      },
    };
    const single = singleOf(0);
    const claimed = { spec, data: lie };
    const answer = { ...(single.answer as Answer), outputHash: hashTensor(claimed) };
    const kept = new Map([[cidOfKeccak256(answer.outputHash), encodeTensor(claimed)]]);
    for (const isKept of [true, false]) {
      const told: number[] = [];
      const content: ContentReader = {
        async get(cid) {
          const bytes = isKept ? kept.get(cid) : undefined;
          if (!bytes) throw new UnavailableError("Nobody keeps it.");
          return bytes;
        },
      };
      const found = await verify({ ...single, answer }, { models, content, onByte: (byte) => told.push(byte) });
      expect(resultsOf(found)).to.include("output failed");
      expect(told).to.deep.equal([...written]);
      expect(found.claimed).to.deep.equal(isKept ? claimed : undefined);
    }
  });

  describe("under a method that is registered", () => {
    const stamp: CheckKind = { name: "stamp", title: "Stamp", about: "answer" };
    const asked: Subject[] = [];
    const wrong = { unit: undefined, layer: 1, row: 0, ...layers[1]?.[0], inputs: new Int8Array(3), sum: 0 };
    const shown = { ...wrong, claimed: 1, correct: 2 } as never;
    const toy: InferenceMethod = {
      evidence: {
        most: { single: 1, batch: 1, unit: 1 },
        async check(subject, check) {
          asked.push(subject);
          check(stamp, subject.index === 1 ? "failed" : "held", "The stamp was looked at.");
          return shown;
        },
      },
    };
    const life = { begin: () => ({}), fold: () => {}, stepOf: () => undefined, assurance: () => undefined };
    before(() => {
      Object.assign(methods, { toy: defineMethod({ id: UNKNOWN, name: "Toy", abi: [], ...life }) });
      Object.assign(inferenceMethods, { toy });
    });
    after(() => {
      delete (methods as Record<string, unknown>).toy;
      delete (inferenceMethods as Record<string, unknown>).toy;
    });

    it("adds the method's check to those of a single attestation, a batch and a unit", async () => {
      const single = await verify(singleOf(UNKNOWN));
      expect(resultsOf(single).slice(-2)).to.deep.equal(["output held", "stamp held"]);
      expect(single.wrong).to.equal(shown);
      expect(resultsOf(await verify(batchOf(UNKNOWN))).slice(-2)).to.deep.equal(["tree held", "stamp held"]);
      const unit = await verify(batchOf(UNKNOWN), { unit: 4n });
      expect(resultsOf(unit).slice(-4)).to.deep.equal(["input held", "stamp failed", "run held", "output held"]);
      expect(unit.good).to.equal(false);
      expect(asked.map(({ index, model, assignment }) => [index, !!model, !!assignment])).to.deep.equal([
        [undefined, true, false],
        [undefined, false, true],
        [1, true, true],
      ]);
    });
  });

  it("makes no more checks than it says beforehand", async () => {
    for (const method of [0, methods.quorum.id, methods.fraudProof.id, UNKNOWN])
      for (const [attestation, unit] of [
        [singleOf(method), undefined],
        [batchOf(method), undefined],
        [batchOf(method), 4n],
      ] as const) {
        const { checks } = await verify(attestation, { unit });
        expect(checks.length).to.be.at.most(mostChecks(attestation, unit !== undefined));
      }
  });
});
