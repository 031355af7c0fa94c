import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { assignedInput } from "../../../sdk/commitments.ts";
import attestations from "../../vectors/attestations.json" with { type: "json" };
import batches from "../../vectors/batches.json" with { type: "json" };
import inputs from "../../vectors/inputs.json" with { type: "json" };
import ledger from "../../vectors/ledger.json" with { type: "json" };
import models from "../../vectors/models.json" with { type: "json" };
import tensors from "../../vectors/tensors.json" with { type: "json" };
import { protocol } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();
const library = await ethers.deployContract("CommitmentsHarness");

/** keccak256(abi.encode(values)), by ethers. */
const hashOf = (types: string[], values: unknown[]) =>
  ethers.keccak256(ethers.AbiCoder.defaultAbiCoder().encode(types, values));

const tag = (text: string) => ethers.encodeBytes32String(text);

describe("Commitments", () => {
  it("names the votes that are no answers", async () => {
    expect(attestations.invalid).to.equal(ethers.id("INVALID_V1"));
    expect(attestations.unavailable).to.equal(ethers.id("UNAVAILABLE_V1"));
    expect(await library.invalid()).to.equal(attestations.invalid);
    expect(await library.unavailable()).to.equal(attestations.unavailable);
  });

  it("hashes tensors as the vectors do", async () => {
    for (const { header, data, hash } of tensors) {
      expect(hash).to.equal(ethers.keccak256(ethers.concat([header, data])));
      expect(await library.tensor(header, data)).to.equal(hash);
    }
  });

  it("names models as the vectors do", async () => {
    for (const { parts, modelId } of models.models) {
      const values = [tag("MODEL_V1"), ...Object.values(parts)];

      expect(modelId).to.equal(hashOf(Array(7).fill("bytes32"), values));
      expect(await library.modelId(parts)).to.equal(modelId);
    }
  });

  it("hides answers as the vectors do", async () => {
    for (const { opened, attestation } of attestations.attestations) {
      const { outputHash, traceHash, salt } = opened;

      expect(attestation.answer).to.equal(
        hashOf(
          ["bytes32", "address", "bytes32", "bytes32", "bytes32"],
          [tag("ANSWER_V1"), attestation.prover, outputHash, traceHash, salt],
        ),
      );
      expect(await library.answer(attestation.prover, outputHash, traceHash, salt)).to.equal(attestation.answer);
    }
  });

  it("names attestations by their EIP-712 digest under the registry's own domain", async () => {
    const { registry } = await protocol(ethers);
    const domain = {
      name: "Proofboard",
      version: "1",
      chainId: attestations.chainId,
      verifyingContract: attestations.registry,
    };
    const types = ["address prover", "uint8 method", "bytes32 modelId", "bytes32 inputHash", "bytes32 context"];
    const fields = [...types, "bytes32 answer"].map((field) => {
      const [type, name] = field.split(" ") as [string, string];
      return { type, name };
    });
    await networkHelpers.setCode(attestations.registry, await ethers.provider.getCode(registry));
    const there = await ethers.getContractAt("AttestationRegistry", attestations.registry);

    for (const { attestation, uid } of attestations.attestations) {
      expect(uid).to.equal(ethers.TypedDataEncoder.hash(domain, { Attestation: fields }, attestation));
      expect(await there.uidOf(attestation)).to.equal(uid);
      expect(await registry.uidOf(attestation)).to.not.equal(uid);
    }
  });

  it("names batches by their EIP-712 digest, and builds their root from the traces", async () => {
    const { registry, batches: all } = batches;
    const { registry: elsewhere } = await protocol(ethers);
    await networkHelpers.setCode(registry, await ethers.provider.getCode(elsewhere));
    const there = await ethers.getContractAt("AttestationRegistry", registry);

    for (const { batch, traces, id } of all) {
      expect(await there.batchIdOf(batch)).to.equal(id);
      const leaves = await library.leavesOf(traces, (traces.length - 2) / 2 / batch.count);
      expect(await library.root([...leaves])).to.equal(batch.root);
    }
  });

  it("hides votes as the vectors do", async () => {
    for (const { uid, round, member, outputHash, salt, hash } of attestations.votes) {
      const types = ["bytes32", "uint8", "address", "bytes32", "bytes32"];

      expect(hash).to.equal(hashOf(types, [uid, round, member, outputHash, salt]));
      expect(await library.vote(uid, round, member, outputHash, salt)).to.equal(hash);
    }
  });

  it("assigns inputs as the vectors do", async () => {
    for (const {
      seasonSeed,
      taskId,
      account,
      unit,
      unitSeed,
      inputCount,
      baseIndex,
      base,
      noise,
      assigned,
    } of inputs) {
      expect(unitSeed).to.equal(
        hashOf(["bytes32", "uint256", "address", "uint256"], [seasonSeed, taskId, account, unit]),
      );
      expect(await library.unitSeed(seasonSeed, taskId, account, unit)).to.equal(unitSeed);
      expect(BigInt(unitSeed) % BigInt(inputCount)).to.equal(BigInt(baseIndex));
      expect(await library.assignedInput(unitSeed, base, noise)).to.equal(assigned);
    }
  });

  it("assigns what the sdk assigns for every noise, every base value and lengths that are no whole words", async () => {
    const values = Array.from({ length: 256 }, (_, i) => i - 128);
    for (let noise = 0; noise <= 127; noise++) {
      const seed = ethers.zeroPadValue(ethers.toBeHex(noise), 32) as Hex;
      const base = Int8Array.from([...values, ...values.slice(0, noise % 33)]);
      const assigned = assignedInput(seed, base, noise);

      expect(await library.assignedInput(seed, new Uint8Array(base.buffer), noise)).to.equal(
        ethers.hexlify(new Uint8Array(assigned.buffer)),
      );
    }
    for (let length = 0; length <= 66; length++) {
      const base = Int8Array.from(values.slice(0, length));
      const assigned = assignedInput(ethers.ZeroHash as Hex, base, 127);

      expect(await library.assignedInput(ethers.ZeroHash, new Uint8Array(base.buffer), 127)).to.equal(
        ethers.hexlify(new Uint8Array(assigned.buffer)),
      );
    }
  });

  it("chains a ledger as the vectors do", async () => {
    const types = ["bytes32", "uint256", "address", "bytes32", "uint8", "int256", "uint64"];

    for (const { previous, seasonId, account, subject, reason, delta, seq, hash } of ledger) {
      expect(hash).to.equal(hashOf(types, [previous, seasonId, account, subject, reason, delta, seq]));
      expect(await library.ledger(previous, seasonId, account, subject, reason, delta, seq)).to.equal(hash);
    }
  });
});
