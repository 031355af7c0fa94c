import { bn254 } from "@noble/curves/bn254";
import { expect } from "chai";
import { network } from "hardhat";
import { bytesToHex, concat, type Hex } from "viem";
import { encodeEvidence } from "../../../inference/methods/zkProof/evidence.ts";
import { decodeProof, encodeProof, type Proof } from "../../../inference/methods/zkProof/key.ts";
import { type Answer, type Attestation, answerHash, tensorHash } from "../../../sdk/commitments.ts";
import { tensorHeader } from "../../../sdk/layouts.ts";
import { hash } from "../fixtures.ts";
import { Status } from "../seasons.ts";
import {
  attestArguments,
  baseInput,
  changed,
  circuit,
  inputBytes,
  layout,
  outputBytes,
  type Proven,
  provenRun,
  publishStripes,
  stripes,
  ZK,
  zkProtocol,
} from "../zk.ts";

const { ethers, networkHelpers } = await network.create();
const { G1, G2, fields } = bn254;

const P = fields.Fp.ORDER;

/** The same proof written otherwise: (A, B, C) times (k, 1/k, 1). */
function rewritten({ a, b, c }: Proof, k: bigint): Proof {
  const A = G1.ProjectivePoint.fromAffine({ x: a[0], y: a[1] }).multiply(k).toAffine();
  const [x, y] = [fields.Fp2.fromBigTuple([...b[0]]), fields.Fp2.fromBigTuple([...b[1]])];
  const B = G2.ProjectivePoint.fromAffine({ x, y }).multiply(fields.Fr.inv(k)).toAffine();
  return {
    a: [A.x, A.y],
    b: [
      [B.x.c0, B.x.c1],
      [B.y.c0, B.y.c1],
    ],
    c,
  };
}

describe("Attacks on ZkProof", () => {
  async function fixture() {
    const p = await zkProtocol(ethers, networkHelpers);
    const run = await provenRun(p, p.prover, baseInput(0));
    /** Records the run with other fields, answer or evidence, by another account or not. */
    const attest = async (
      {
        fields = {},
        answer = {},
        evidence = run.evidence,
      }: { fields?: Partial<Attestation>; answer?: Partial<Answer>; evidence?: Hex },
      account = p.prover,
      overrides = {},
    ) => {
      const opened = { ...run.answer, ...answer };
      const attestation = {
        ...{ ...run.attestation, ...fields, prover: account.address as Hex },
        answer: answerHash(account.address as Hex, opened),
      };
      const { method, modelId, inputHash, context } = attestation;
      const sent = p.registry.connect(account).attest(method, modelId, inputHash, context, opened, evidence, overrides);
      return { uid: (await p.registry.uidOf(attestation)) as Hex, sent };
    };
    /** Records it with other bytes behind input and output. */
    const withProof = (proof: Uint8Array) => attest({ evidence: encodeEvidence(run.input, run.output, proof) });
    return { ...p, run, attest, withProof };
  }

  type Site = Awaited<ReturnType<typeof fixture>>;

  /** Nothing was recorded: the honest attestation can still be made. */
  const isUnharmed = async ({ registry, run, prover }: Site) => {
    expect(await registry.statusOf(run.uid)).to.equal(Status.None);
    await registry.connect(prover).attest(...attestArguments(run));
    expect(await registry.statusOf(run.uid)).to.equal(Status.Verified);
  };

  const refusesProof = async (p: Site, { uid, sent }: Awaited<ReturnType<Site["attest"]>>) => {
    await expect(sent).to.be.revertedWithCustomError(p.zk, "InvalidProof").withArgs(uid);
    expect(await p.registry.statusOf(uid)).to.equal(Status.None);
  };

  describe("by evidence of another shape", () => {
    const length = inputBytes + outputBytes + 256;
    const shapes: Record<string, (evidence: Hex) => Hex> = {
      "without its last byte": (evidence) => evidence.slice(0, -2) as Hex,
      "with a byte more": (evidence) => concat([evidence, "0x00"]),
      "without a proof": (evidence) => evidence.slice(0, 2 + 2 * (inputBytes + outputBytes)) as Hex,
      "that is empty": () => "0x",
    };
    for (const [what, shape] of Object.entries(shapes))
      it(`refuses evidence ${what}`, async () => {
        const p = await networkHelpers.loadFixture(fixture);
        const evidence = shape(p.run.evidence);
        const { sent } = await p.attest({ evidence });

        await expect(sent)
          .to.be.revertedWithCustomError(p.zk, "WrongEvidenceLength")
          .withArgs((evidence.length - 2) / 2, length);
        await isUnharmed(p);
      });

    it("refuses output and input exchanged, and the proof before them", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { input, output, proof } = p.run;

      for (const parts of [
        [output, input, proof],
        [proof, input, output],
      ]) {
        const { sent } = await p.attest({ evidence: concat(parts.map((part) => bytesToHex(part))) });
        await expect(sent).to.be.revertedWithCustomError(p.zk, "WrongTensor");
      }
    });

    it("refuses the points of a proof in another order", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { proof } = p.run;
      const [a, b, c] = [proof.subarray(0, 64), proof.subarray(64, 192), proof.subarray(192)];
      const swapped = [b.subarray(32, 64), b.subarray(0, 32), b.subarray(96), b.subarray(64, 96)];

      for (const parts of [
        [c, b, a],
        [a, ...swapped, c],
        [b, a, c],
      ])
        await refusesProof(p, await p.withProof(Uint8Array.from(parts.flatMap((part) => [...part]))));
      await isUnharmed(p);
    });
  });

  describe("by another input or output", () => {
    it("refuses another input than the attested one", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { input, output, proof, attestation } = p.run;
      const other = changed(input, 0);
      const { sent } = await p.attest({ evidence: encodeEvidence(other, output, proof) });

      await expect(sent)
        .to.be.revertedWithCustomError(p.zk, "WrongTensor")
        .withArgs(tensorHash(tensorHeader(layout.input), other), attestation.inputHash);
    });

    it("refuses another output than the attested one", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { input, output, proof, answer } = p.run;
      const other = changed(output, 0);
      const { sent } = await p.attest({ evidence: encodeEvidence(input, other, proof) });

      await expect(sent)
        .to.be.revertedWithCustomError(p.zk, "WrongTensor")
        .withArgs(tensorHash(tensorHeader(layout.output), other), answer.outputHash);
    });

    it("refuses every output but the model's, by any one byte", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { input, output, proof } = p.run;
      for (let at = 0; at < outputBytes; at++) {
        const other = changed(output, at, 1 << (2 * at));
        const outputHash = tensorHash(tensorHeader(layout.output), other);
        const evidence = encodeEvidence(input, other, proof);
        await refusesProof(p, await p.attest({ answer: { outputHash }, evidence }));
      }
    });

    it("refuses the proof for another input", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const other = baseInput(1);
      const inputHash = tensorHash(tensorHeader(layout.input), other);
      const evidence = encodeEvidence(other, p.run.output, p.run.proof);

      await refusesProof(p, await p.attest({ fields: { inputHash }, evidence }));
    });
  });

  describe("by a proof that is another's", () => {
    it("refuses another prover's", async () => {
      const p = await networkHelpers.loadFixture(fixture);

      await refusesProof(p, await p.attest({}, p.other));
      await isUnharmed(p);
    });

    it("refuses one that was used, for another salt, context or model", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      await p.registry.connect(p.prover).attest(...attestArguments(p.run));
      const renamed = await publishStripes(p, { key: changed(circuit.key, 40) });
      await p.zk.admit(renamed, stripes.layout, changed(circuit.key, 40));

      await refusesProof(p, await p.attest({ answer: { salt: hash("another salt") } }));
      await refusesProof(p, await p.attest({ fields: { context: `0x03${"cd".repeat(31)}` } }));
      await refusesProof(p, await p.attest({ fields: { modelId: renamed } }));
    });

    it("refuses one that was made for another registry", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const elsewhere = await ethers.deployContract("AttestationRegistry", [p.models, p.manager]);
      const there = await provenRun({ registry: elsewhere, modelId: p.modelId }, p.prover, baseInput(0));
      expect(there.uid).to.not.equal(p.run.uid);

      await refusesProof(p, await p.withProof(there.proof));
    });
  });

  describe("by writing a proof otherwise", () => {
    it("records no attestation twice, however its proof is written", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      await p.registry.connect(p.prover).attest(...attestArguments(p.run));
      for (const k of [2n, 12345n, fields.Fr.ORDER - 1n]) {
        const { sent } = await p.withProof(encodeProof(rewritten(decodeProof(p.run.proof), k)));
        await expect(sent).to.be.revertedWithCustomError(p.registry, "AlreadyRecorded").withArgs(p.run.uid);
      }
    });

    it("takes a rewritten proof for its own attestation only: it says nothing new", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const proof = encodeProof(rewritten(decodeProof(p.run.proof), 7n));

      await refusesProof(p, await p.attest({ evidence: encodeEvidence(p.run.input, p.run.output, proof) }, p.other));
      const { uid, sent } = await p.withProof(proof);
      await sent;
      expect(await p.registry.statusOf(uid)).to.equal(Status.Verified);
    });

    const odd: Record<string, (proof: Proof) => Proof> = {
      "A negated": ({ a, ...rest }) => ({ ...rest, a: [a[0], P - a[1]] }),
      "C negated": ({ c, ...rest }) => ({ ...rest, c: [c[0], P - c[1]] }),
      "A and C at infinity": (proof) => ({ ...proof, a: [0n, 0n], c: [0n, 0n] }),
      "A at (0, p)": (proof) => ({ ...proof, a: [0n, P] }),
      "all at infinity": () => ({
        a: [0n, 0n],
        b: [
          [0n, 0n],
          [0n, 0n],
        ],
        c: [0n, 0n],
      }),
      "a coordinate above p": ({ c, ...rest }) => ({ ...rest, c: [c[0] + P, c[1]] }),
      "A's y above p": ({ a, ...rest }) => ({ ...rest, a: [a[0], a[1] + P] }),
      "C off the curve": ({ c, ...rest }) => ({ ...rest, c: [c[0], c[1] ^ 1n] }),
      "B off the curve": ({ b, ...rest }) => ({ ...rest, b: [b[0], [b[1][0] ^ 1n, b[1][1]]] }),
    };
    for (const [what, change] of Object.entries(odd))
      it(`refuses ${what}`, async () => {
        const p = await networkHelpers.loadFixture(fixture);

        await refusesProof(p, await p.withProof(encodeProof(change(decodeProof(p.run.proof)))));
      });
  });

  it("by too little gas: whatever it runs out in, nothing is recorded", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const before = await networkHelpers.takeSnapshot();
    const receipt = await (await p.registry.connect(p.prover).attest(...attestArguments(p.run))).wait();
    await before.restore();
    const used = Number(receipt?.gasUsed);
    const limits = Array.from({ length: 24 }, (_, i) => used - 1 - Math.floor((i * (used - 45_000)) / 24));

    for (const gasLimit of limits) {
      const { sent } = await p.attest({}, p.prover, { gasLimit });
      await expect(sent, `${gasLimit}`).to.be.revert(ethers);
      expect(await p.registry.statusOf(p.run.uid)).to.equal(Status.None);
    }
    await isUnharmed(p);
  });

  it("by evidence that fails: it refutes and burns nothing, and the unit stays open", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const unit = await provenRun(p, p.prover, p.inputOf(p.prover, 0), p.contextOf(0));
    const { method, modelId, inputHash, context } = unit.attestation;
    const broken = encodeEvidence(unit.input, unit.output, changed(unit.proof, 255));

    await expect(
      p.registry.connect(p.prover).attest(method, modelId, inputHash, context, unit.answer, broken),
    ).to.be.revertedWithCustomError(p.zk, "InvalidProof");
    await expect(p.campaign.burn(unit.attestation)).to.be.revertedWithCustomError(p.campaign, "WrongStatus");
    await p.registry.connect(p.prover).attest(...attestArguments(unit as Proven));
    await p.campaign.award(p.prover, unit.attestation, p.shownOf(p.prover, 0));
    expect((await p.campaign.ledgerOf(p.seasonId)).totalPoints).to.equal(10n);
  });

  it("by paying a unit twice, under two proofs", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const input = p.inputOf(p.prover, 0);
    for (const [i, salt] of ["one", "two"].entries()) {
      const run = await provenRun(p, p.prover, input, p.contextOf(0), hash(salt));
      await p.registry.connect(p.prover).attest(...attestArguments(run));
      const award = p.campaign.award(p.prover, run.attestation, p.shownOf(p.prover, 0));
      if (i === 0) await award;
      else await expect(award).to.be.revertedWithCustomError(p.campaign, "UnitSpent");
    }
  });

  it("by revoking what is proven", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await p.registry.connect(p.prover).attest(...attestArguments(p.run));

    await expect(p.registry.connect(p.prover).revoke(p.run.attestation))
      .to.be.revertedWithCustomError(p.registry, "NotRevocable")
      .withArgs(p.run.uid, ZK, Status.Verified);
  });
});
