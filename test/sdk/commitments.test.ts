import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { AbiCoder, encodeBytes32String, keccak256, solidityPackedKeccak256, TypedDataEncoder } from "ethers";
import fc from "fast-check";
import { type Hex, hexToBytes } from "viem";
import {
  answerHash,
  assignedInput,
  attestationTypes,
  attestationUid,
  baseIndex,
  batchId,
  batchTypes,
  domain,
  ledgerHash,
  modelId,
  runtimeId,
  tag,
  tensorHash,
  unitSeed,
  voteHash,
  ZERO_HASH,
} from "../../sdk/commitments.ts";
import { unitContext } from "../../sdk/contexts.ts";
import { decodeLayout, decodeRows, encodeLayout, encodeRows, tensorHeader, weightsTree } from "../../sdk/layouts.ts";
import { leavesOf, orderedTree, verifyProof } from "../../sdk/tree.ts";
import { vectors } from "../vectors/generate.ts";

const folder = new URL("../vectors/", import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));
const int8 = (hex: Hex) => new Int8Array(hexToBytes(hex).buffer);

describe("commitments", () => {
  it("refuses noise outside 0 to 127", () => {
    for (const noise of [-1, 128, 1.5, Number.NaN])
      expect(() => assignedInput(ZERO_HASH, new Int8Array(1), noise)).to.throw(`Noise ${noise} is not in 0..127.`);
  });

  it("refuses tags longer than 32 bytes", () => {
    expect(() => tag("x".repeat(33))).to.throw("32");
  });

  it("finds the committed vectors as they are generated", () => {
    const generated = vectors();

    expect(readdirSync(folder).filter((name) => name.endsWith(".json"))).to.have.members(Object.keys(generated));
    for (const [name, text] of Object.entries(generated))
      expect(readFileSync(new URL(name, folder), "utf8"), name).to.equal(text);
  });

  it("agrees with the vectors on trees", () => {
    for (const { leaves, count, root, proofs } of read("trees")) {
      const data = leaves.map((leaf: Hex) => hexToBytes(leaf));

      expect(orderedTree(data).root).to.equal(root);
      for (const { index, siblings } of proofs) {
        expect(orderedTree(data).proof(index)).to.deep.equal(siblings);
        expect(verifyProof(root, count, index, data[index], siblings)).to.equal(true);
      }
    }
  });

  it("agrees with the vectors on tensors", () => {
    for (const { header, data, hash, ...spec } of read("tensors")) {
      expect(tensorHeader(spec)).to.deep.equal(hexToBytes(header));
      expect(tensorHash(hexToBytes(header), hexToBytes(data))).to.equal(hash);
    }
  });

  it("agrees with the vectors on runtimes, layouts, rows and models", () => {
    const { runtime, models } = read("models");
    const name = Buffer.from(runtime.name);
    const { wasmHash, graphLevel, rules } = runtime;
    const values = [encodeBytes32String("RUNTIME_V2"), name.length, name, wasmHash, 1, graphLevel, rules];
    const types = ["bytes32", "uint16", "bytes", "bytes32", "uint8", "uint8", "bytes32"];

    expect(runtimeId(runtime)).to.equal(runtime.id);
    expect(solidityPackedKeccak256(types, values)).to.equal(runtime.id);
    for (const { layout, rows, parts, modelId: id, widths, input, output } of models) {
      const layers = decodeRows(widths, hexToBytes(rows));

      expect(encodeLayout({ widths, input, output })).to.deep.equal(hexToBytes(layout));
      expect(decodeLayout(hexToBytes(layout))).to.deep.equal({ widths, input, output });
      expect(keccak256(layout)).to.equal(parts.layoutHash);
      expect(encodeRows(layers)).to.deep.equal(hexToBytes(rows));
      expect(layers.length === 0 ? ZERO_HASH : weightsTree(layers).root).to.equal(parts.weightsRoot);
      expect(modelId(parts)).to.equal(id);
    }
  });

  it("agrees with the vectors on answers, uids and votes", () => {
    const { chainId, registry, attestations, votes } = read("attestations");
    const { Attestation } = attestationTypes;

    for (const { opened, attestation, uid } of attestations) {
      expect(answerHash(attestation.prover, opened)).to.equal(attestation.answer);
      expect(attestationUid(chainId, registry, attestation)).to.equal(uid);
      expect(TypedDataEncoder.hash(domain(chainId, registry), { Attestation: [...Attestation] }, attestation)).to.equal(
        uid,
      );
    }
    for (const { uid, round, member, outputHash, salt, hash } of votes)
      expect(voteHash(uid, round, member, outputHash, salt)).to.equal(hash);
  });

  it("agrees with the vectors on batches", () => {
    const { chainId, registry, batches } = read("batches");
    for (const { batch, traces, id } of batches) {
      const leaves = leavesOf(hexToBytes(traces), batch.count);

      expect(orderedTree(leaves).root).to.equal(batch.root);
      expect(batchId(chainId, registry, batch)).to.equal(id);
      expect(TypedDataEncoder.hash(domain(chainId, registry), { Batch: [...batchTypes.Batch] }, batch)).to.equal(id);
    }
  });

  it("agrees with the vectors on contexts", () => {
    for (const { campaign, seasonId, taskId, unit, context } of read("contexts"))
      expect(
        unitContext({ campaign, seasonId: BigInt(seasonId), taskId: BigInt(taskId), unit: BigInt(unit) }),
      ).to.equal(context);
  });

  it("agrees with the vectors on assigned inputs", () => {
    for (const vector of read("inputs")) {
      const seed = unitSeed(vector.seasonSeed, BigInt(vector.taskId), vector.account, BigInt(vector.unit));

      expect(seed).to.equal(vector.unitSeed);
      expect(baseIndex(seed, vector.inputCount)).to.equal(vector.baseIndex);
      expect(assignedInput(seed, int8(vector.base), vector.noise)).to.deep.equal(int8(vector.assigned));
    }
  });

  it("agrees with the vectors on the ledger", () => {
    let head = ZERO_HASH;
    for (const { previous, seasonId, account, subject, reason, delta, seq, hash } of read("ledger")) {
      expect(previous).to.equal(head);
      head = ledgerHash(head, {
        ...{ account, subject, reason },
        ...{ seasonId: BigInt(seasonId), delta: BigInt(delta), seq: BigInt(seq) },
      });
      expect(head).to.equal(hash);
    }
  });

  it("leaves a base input as it is without noise", () => {
    const base = Int8Array.from({ length: 70 }, (_, i) => 3 * i - 128);
    expect(assignedInput(ZERO_HASH, base, 0)).to.deep.equal(base);
  });

  it("moves every element by at most the noise, by the byte of the seed's stream that is its own", () => {
    const element = fc.integer({ min: -128, max: 127 });
    const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });

    fc.assert(
      fc.property(fc.array(element, { maxLength: 100 }), fc.integer({ min: 1, max: 127 }), seeds, (base, a, bytes) => {
        const seed: Hex = `0x${Buffer.from(bytes).toString("hex")}`;
        const found = assignedInput(seed, Int8Array.from(base), a);

        expect([...found]).to.deep.equal(
          base.map((x, i) => {
            const block = keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "uint256"], [seed, i >> 5]));
            const moved = x + (Number.parseInt(block.slice(2 + 2 * (i & 31), 4 + 2 * (i & 31)), 16) % (2 * a + 1)) - a;
            return Math.min(127, Math.max(-128, moved));
          }),
        );
      }),
    );
  });
});
