import { expect } from "chai";
import { network } from "hardhat";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { hash } from "../fixtures.ts";
import { FRAUD } from "../fraud.ts";
import {
  accept,
  answer,
  answerTo,
  ask,
  attest,
  contextOf,
  decide,
  ETH,
  Finality,
  FLOOR,
  HOUR,
  lock,
  MOCK,
  ready,
  refute,
  requestOf,
  requestsProtocol,
  rightTrace,
  State,
  Status,
  verified,
  wrongTrace,
} from "./asked.ts";

const { ethers, networkHelpers } = await network.create();

describe("InferenceRequests.answer", () => {
  const fixture = () => requestsProtocol(ethers, networkHelpers);

  /** An accepted request whose answer isn't attested. */
  async function accepted(fields: object = {}) {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p, fields);
    const requestId = await ask(p, asked);
    await accept(p, asked);
    return { p, asked, requestId };
  }

  it("refuses a request that nobody accepted, or that is answered", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p);
    const requestId = await ask(p, asked);
    const made = await answerTo(p, asked);
    await attest(p, made);

    await expect(answer(p, asked, made))
      .to.be.revertedWithCustomError(p.requests, "WrongState")
      .withArgs(requestId, State.Open);

    const other = await ready(p, { nonce: 2n });
    await answer(p, other.asked, other.made);
    await expect(answer(p, other.asked, other.made))
      .to.be.revertedWithCustomError(p.requests, "WrongState")
      .withArgs(other.requestId, State.Covered);
  });

  it("refuses another prover than the one that accepted, with its own answer or a copied one", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, requestId, made } = await ready(p);
    const own = await answerTo(p, asked, { prover: p.rival });
    await attest(p, own);

    for (const tried of [own, { ...made, signer: p.rival }])
      await expect(answer(p, asked, tried))
        .to.be.revertedWithCustomError(p.requests, "MayNotAnswer")
        .withArgs(requestId, p.rival);
  });

  it("refuses an attestation of another prover than the one that accepted", async () => {
    const { p, asked } = await accepted();
    const made = await answerTo(p, asked, { prover: p.rival });
    await attest(p, made);

    await expect(answer(p, asked, { ...made, signer: p.prover }))
      .to.be.revertedWithCustomError(p.requests, "NotAnAnswer")
      .withArgs(made.uid, "prover");
  });

  it("refuses an answer once the prover's time is over", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, requestId, made } = await ready(p);
    const { until } = await p.requests.recordOf(requestId);
    await networkHelpers.time.setNextBlockTimestamp(until);

    await expect(answer(p, asked, made))
      .to.be.revertedWithCustomError(p.requests, "TooLate")
      .withArgs(until, until);
  });

  it("takes an answer in the prover's last second", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, requestId, made } = await ready(p);
    const { until } = await p.requests.recordOf(requestId);
    await networkHelpers.time.setNextBlockTimestamp(until - 1n);

    await expect(answer(p, asked, made)).to.emit(p.requests, "RequestAnswered");
  });

  it("refuses a method that isn't accepted, and none", async () => {
    const { p, asked } = await accepted();

    for (const method of [MOCK, 0]) {
      const made = await answerTo(p, asked, { method });
      await attest(p, made);
      await expect(answer(p, asked, made))
        .to.be.revertedWithCustomError(p.requests, "NotAnAnswer")
        .withArgs(made.uid, "method");
    }
  });

  it("refuses another model, another input and a context that isn't the request's", async () => {
    const { p, asked } = await accepted({ ...verified });
    const differing = {
      modelId: p.floatModel,
      inputHash: hash("another input"),
      context: FREE_CONTEXT,
    };

    for (const [field, value] of Object.entries(differing)) {
      const made = await answerTo(p, asked, { method: MOCK, [field]: value });
      await attest(p, made);
      await expect(answer(p, asked, made))
        .to.be.revertedWithCustomError(p.requests, "NotAnAnswer")
        .withArgs(made.uid, field);
    }
  });

  it("refuses an attestation replayed: of another request, contract, chain, or an action", async () => {
    const { p, asked } = await accepted();
    const other = await ethers.deployContract("InferenceRequests", [p.cover, FLOOR]);
    const encoded = ethers.keccak256(
      ethers.concat([p.requests.interface.encodeFunctionData("requestIdOf", [asked])]).replace(/^0x.{8}/, "0x"),
    );
    const foreign = ethers.keccak256(
      ethers.AbiCoder.defaultAbiCoder().encode(
        ["bytes32", "uint256", "address", "bytes32"],
        [ethers.encodeBytes32String("REQUEST_V1"), 1, p.requests.target, encoded],
      ),
    );
    const contexts = {
      request: await contextOf(p, { ...asked, nonce: 2n }),
      contract: `0x02${(await other.requestIdOf(asked)).slice(4)}`,
      chain: `0x02${foreign.slice(4)}`,
      action: `0x03${(await contextOf(p, asked)).slice(4)}`,
    };

    for (const context of Object.values(contexts)) {
      const made = await answerTo(p, asked, { context: context as `0x${string}` });
      await attest(p, made);
      await expect(answer(p, asked, made))
        .to.be.revertedWithCustomError(p.requests, "NotAnAnswer")
        .withArgs(made.uid, "context");
    }
  });

  it("refuses an attestation that nobody made, that is revoked, refuted or void", async () => {
    const { p, asked } = await accepted({ ...verified, methods: (1n << BigInt(MOCK)) | (1n << BigInt(FRAUD)) });
    const unmade = await answerTo(p, asked);
    const revoked = await answerTo(p, asked, { salt: hash("revoked") });
    await p.registry.connect(p.prover).revoke(revoked.attestation);
    const refuted = await answerTo(p, asked, { trace: wrongTrace });
    await attest(p, refuted);
    await refute(p, refuted);
    const ended = await answerTo(p, asked, { method: MOCK });
    await attest(p, ended);
    await decide(p, ended.uid, Status.Void);

    for (const made of [unmade, revoked, refuted, ended])
      await expect(answer(p, asked, made))
        .to.be.revertedWithCustomError(p.requests, "NotAnAnswer")
        .withArgs(made.uid, "status");
  });

  it("refuses a committed answer that isn't revealed: those who vote would see it", async () => {
    const { p, asked } = await accepted(verified);
    const made = await answerTo(p, asked, { method: MOCK });
    const { method, modelId, inputHash, context, answer: hidden } = made.attestation;
    const registry = p.registry.connect(p.prover);
    await registry.commit(method, modelId, inputHash, context, hidden);

    await expect(answer(p, asked, made))
      .to.be.revertedWithCustomError(p.requests, "NotAnAnswer")
      .withArgs(made.uid, "open");
    await registry.reveal(method, modelId, inputHash, context, made.answer);
    await answer(p, asked, made);
  });

  it("refuses a stale attestation, made before the prover accepted", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p);
    await ask(p, asked);
    const made = await answerTo(p, asked);
    await attest(p, made);
    await lock(p, asked, made);
    await accept(p, asked);

    await expect(answer(p, asked, made))
      .to.be.revertedWithCustomError(p.requests, "NotAnAnswer")
      .withArgs(made.uid, "attestedAt");
  });

  it("takes an attestation made in the second of the acceptance", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p);
    await ask(p, asked);
    const made = await answerTo(p, asked);
    await ethers.provider.send("evm_setAutomine", [false]);
    await attest(p, made);
    await accept(p, asked);
    await ethers.provider.send("evm_setAutomine", [true]);
    await networkHelpers.mine();
    await lock(p, asked, made);

    await answer(p, asked, made);
  });

  it("refuses an output that doesn't hash, trails, is cut or has another shape", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, made } = await ready(p);
    const { output } = made;
    const wrong = {
      changed: `${output.slice(0, -2)}${output.endsWith("00") ? "01" : "00"}`,
      trailing: `${output}00`,
      cut: output.slice(0, -2),
      shaped: output.replace("00000002", "00000001"),
      empty: "0x",
    };

    for (const given of Object.values(wrong)) {
      expect(given).to.not.equal(output);
      await expect(answer(p, asked, made, { output: given as `0x${string}` }))
        .to.be.revertedWithCustomError(p.requests, "WrongOutput")
        .withArgs(ethers.keccak256(given), made.answer.outputHash);
    }
  });

  it("refuses an answer whose parts aren't the attested ones, though its output hashes", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, made } = await ready(p);
    const foreign = await answerTo(p, asked, { trace: wrongTrace });

    for (const changes of [
      { answer: { ...made.answer, salt: hash("another salt") } },
      { answer: { ...made.answer, traceHash: hash("another trace") } },
      { answer: { ...made.answer, outputHash: foreign.answer.outputHash }, output: foreign.output },
    ])
      await expect(answer(p, asked, made, changes))
        .to.be.revertedWithCustomError(p.requests, "NotAnAnswer")
        .withArgs(made.uid, "answer");
  });

  it("refuses cover that is too small, or for another beneficiary, token or attestation", async () => {
    const { p, asked } = await accepted();
    const made = await answerTo(p, asked);
    const another = await answerTo(p, asked, { salt: hash("another") });
    await attest(p, made);
    await attest(p, another);
    const refusal = async (locked: bigint) =>
      expect(answer(p, asked, made))
        .to.be.revertedWithCustomError(p.requests, "CoverTooSmall")
        .withArgs(made.uid, locked, asked.cover);

    await lock(p, { ...asked, beneficiary: p.prover.address }, made);
    await lock(p, { ...asked, token: p.token.target as string }, made);
    await lock(p, asked, another);
    await refusal(0n);
    await lock(p, asked, made, asked.cover - 1n);
    await refusal(asked.cover - 1n);
    await lock(p, asked, made, 1n);
    await answer(p, asked, made);
  });

  it("delivers a covered answer: fee and deposit are the prover's", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, requestId, made } = await ready(p);

    const sent = answer(p, asked, made);
    await expect(sent)
      .to.emit(p.requests, "RequestAnswered")
      .withArgs(requestId, made.uid, p.prover, made.output)
      .and.to.emit(p.requests, "AnswerDelivered")
      .withArgs(requestId, made.uid, p.prover, Finality.Covered, asked.fee);
    await expect(sent).to.not.emit(p.requests, "CalledBack");
    expect(await p.requests.balanceOf(ETH, p.prover)).to.equal(asked.fee + 2_000n);
    const record = await p.requests.recordOf(requestId);
    expect(record.state).to.equal(State.Covered);
    expect(record.answer).to.equal(ethers.keccak256(ethers.concat([made.uid, made.answer.outputHash])));
  });

  it("pays fee and deposits in the request's token, and the floor in ETH", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, made } = await ready(p, { token: p.token.target });
    await answer(p, asked, made);

    expect(await p.requests.balanceOf(p.token, p.prover)).to.equal(asked.fee + 2_000n);
    expect(await p.requests.balanceOf(ETH, p.prover)).to.equal(FLOOR);
  });

  it("keeps the fee until an answer that is to be verified is; the deposit goes back at once", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, requestId, made } = await ready(p, verified);

    await expect(answer(p, asked, made)).to.not.emit(p.requests, "AnswerDelivered");
    expect((await p.requests.recordOf(requestId)).state).to.equal(State.Answered);
    expect(await p.requests.balanceOf(ETH, p.prover)).to.equal(FLOOR);
  });

  for (const [what, fields] of Object.entries({ verified, covered: {} }))
    it(`delivers a Verified answer to a request for a ${what} one, without cover`, async () => {
      const { p, asked, requestId } = await accepted(fields);
      const made = await answerTo(p, asked, { method: what === "verified" ? MOCK : FRAUD });
      await attest(p, made);
      if (what === "verified") await decide(p, made.uid, Status.Verified);
      else {
        await networkHelpers.time.increase(HOUR / 2);
        await p.fraud.settle(made.uid);
      }

      await expect(answer(p, asked, made))
        .to.emit(p.requests, "AnswerDelivered")
        .withArgs(requestId, made.uid, p.prover, Finality.Verified, asked.fee);
      expect((await p.requests.recordOf(requestId)).state).to.equal(State.Verified);
    });

  it("moves a prover's own money where it is its own requester", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const own = { ...p, requester: p.prover };
    const { asked, made } = await ready(own, {}, { trace: wrongTrace });
    await answer(own, asked, made);
    await refute(own, made);
    await p.cover.settle(made.uid, p.prover, ETH);

    expect(await p.requests.balanceOf(ETH, p.prover)).to.equal(asked.fee + 2_000n);
    expect(await p.cover.balanceOf(ETH, p.prover)).to.equal(asked.cover);
    expect(await p.cover.balanceOf(ETH, p.other)).to.equal(0);
  });

  it("costs whoever asks about what isn't the model's input nothing but a prover's refusal", async () => {
    const { p, asked } = await accepted({ inputHash: hash("nobody has it") });
    const made = await answerTo(p, asked, { trace: rightTrace });
    await attest(p, made);

    await expect(answer(p, asked, made))
      .to.be.revertedWithCustomError(p.requests, "NotAnAnswer")
      .withArgs(made.uid, "inputHash");
  });
});
