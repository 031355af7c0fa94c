import { expect } from "chai";
import { type Hex, keccak256, pad } from "viem";
import { buildAttestation } from "../../../inference/methods/quorum.ts";
import { answerHash, ZERO_HASH } from "../../../sdk/commitments.ts";

const word = (byte: number): Hex => pad(`0x${byte.toString(16).padStart(2, "0")}`, { size: 32 });

describe("quorum evidence", () => {
  const prover = "0x1111111111111111111111111111111111111111";
  const run = {
    prover,
    method: 1,
    modelId: word(1),
    inputHash: word(2),
    context: word(3),
    outputHash: word(4),
    salt: keccak256("0x05"),
  } as const;

  it("keeps output and salt out of the attestation", () => {
    const { attestation } = buildAttestation(run);
    expect(attestation).to.have.all.keys("prover", "method", "modelId", "inputHash", "context", "answer");
    expect(Object.values(attestation)).not.to.include(run.outputHash);
    expect(Object.values(attestation)).not.to.include(run.salt);
  });

  it("hides the answer that it hands back, without a trace", () => {
    const { attestation, answer } = buildAttestation(run);
    expect(answer).to.deep.equal({ outputHash: run.outputHash, traceHash: ZERO_HASH, salt: run.salt });
    expect(attestation.answer).to.equal(answerHash(prover, answer));
    expect(buildAttestation({ ...run, salt: word(6) }).attestation.answer).not.to.equal(attestation.answer);
  });
});
