import { expect } from "chai";
import { network } from "hardhat";
import { answerHash } from "../../../sdk/commitments.ts";
import { addressOf, hash } from "../fixtures.ts";
import {
  type Asked,
  accept,
  answer,
  answered,
  answerTo,
  ask,
  attest,
  calling,
  decide,
  ETH,
  Finality,
  lock,
  MOCK,
  ready,
  refute,
  request,
  requestOf,
  requestsProtocol,
  State,
  Status,
  settle,
  verified,
  wrongTrace,
} from "./asked.ts";

const { ethers, networkHelpers } = await network.create();

const Manners = { Returns: 0, Reverts: 1, RevertsWithBomb: 2, ReturnsBomb: 3, EatsGas: 4 };

describe("InferenceRequests, calling back", () => {
  const fixture = () => requestsProtocol(ethers, networkHelpers);
  const wrong = { trace: wrongTrace };

  /** A request of the consumer itself, who gets the cover, answered by `prover` but for the last call. */
  async function ofConsumer(p: Asked, fields: object = {}, answering: object = {}) {
    const asked = await requestOf(p, {
      ...{ ...calling(p, 1_000_000n), requester: addressOf(p.consumer), beneficiary: addressOf(p.consumer) },
      ...fields,
    });
    const call = p.requests.interface.encodeFunctionData("request", [asked, "0x"]);
    await p.consumer.execute(p.requests, call, { value: asked.fee });
    await accept(p, asked);
    const made = await answerTo(p, asked, answering);
    await attest(p, made);
    if (asked.cover !== 0n) await lock(p, asked, made);
    return { asked, requestId: (await p.requests.requestIdOf(asked)) as string, made };
  }

  it("tells of a covered answer and of its fall, with the gas that was promised", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, requestId, made } = await ready(p, calling(p), wrong);
    const hasGas = (gas: bigint) => gas > 190_000n && gas <= 200_000n;

    await expect(answer(p, asked, made))
      .to.emit(p.consumer, "AnswerSeen")
      .withArgs(requestId, made.uid, Finality.Covered, made.output, hasGas)
      .and.to.emit(p.requests, "CalledBack")
      .withArgs(requestId, p.consumer, true);
    await refute(p, made);
    await expect(settle(p, asked, made))
      .to.emit(p.consumer, "RefutalSeen")
      .withArgs(requestId, made.uid, hasGas);
  });

  it("tells of a verified answer once, when it is settled", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, requestId, made } = await ready(p, { ...verified, ...calling(p) });
    await expect(answer(p, asked, made)).to.not.emit(p.consumer, "AnswerSeen");
    await decide(p, made.uid, Status.Verified);

    await expect(settle(p, asked, made))
      .to.emit(p.consumer, "AnswerSeen")
      .withArgs(requestId, made.uid, Finality.Verified, made.output, () => true);
  });

  for (const status of [Status.Void, Status.Refuted])
    it(`tells nothing of an undelivered answer that ends ${status === Status.Void ? "Void" : "Refuted"}`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { asked, made } = await answered(p, { ...verified, ...calling(p) });
      await decide(p, made.uid, status);

      await expect(settle(p, asked, made)).to.not.emit(p.requests, "CalledBack");
    });

  for (const [name, manners] of Object.entries(Manners).slice(1))
    it(`isn't held up by a consumer that ${name
      .replace(/([A-Z])/g, " $1")
      .trim()
      .toLowerCase()}`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      await p.consumer.setManners(manners);
      const { asked, requestId, made } = await ready(p, calling(p), wrong);
      const succeeded = manners === Manners.ReturnsBomb;

      await expect(answer(p, asked, made))
        .to.emit(p.requests, "CalledBack")
        .withArgs(requestId, p.consumer, succeeded);
      expect(await p.requests.balanceOf(ETH, p.prover)).to.equal(asked.fee + 2_000n);
      await refute(p, made);
      await expect(settle(p, asked, made))
        .to.emit(p.requests, "CalledBack")
        .withArgs(requestId, p.consumer, succeeded);
      expect(await p.cover.balanceOf(ETH, p.requester)).to.equal(asked.cover);
    });

  it("isn't held up by a callback that is no contract, or one that was never meant", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const [callback, succeeded] of [
      [p.stranger.address, true],
      [p.requests.target, false],
      [p.cover.target, false],
      [p.token.target, false],
    ] as const) {
      const { asked, requestId, made } = await ready(p, { callback, callbackGas: 100_000n });
      await expect(answer(p, asked, made))
        .to.emit(p.requests, "CalledBack")
        .withArgs(requestId, callback, succeeded);
    }
  });

  it("copies nothing of a bomb: it costs no more than the promised gas", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const gasOf = async (manners: number, nonce: bigint) => {
      await p.consumer.setManners(manners);
      const { asked, made } = await ready(p, { ...calling(p), nonce });
      return Number((await (await answer(p, asked, made)).wait())?.gasUsed);
    };
    const plain = await gasOf(Manners.Returns, 1n);

    // A copy of the 100,000 bytes would cost 20,000 more.
    expect((await gasOf(Manners.ReturnsBomb, 2n)) - plain).to.be.below(32_000);
    expect((await gasOf(Manners.RevertsWithBomb, 3n)) - plain).to.be.below(32_000);
  });

  it("refuses a call with too little gas for the callback, whatever is left, and nothing has happened", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await p.consumer.setManners(Manners.EatsGas);
    const { asked, requestId, made } = await ready(p, calling(p, 3_000_000n));
    const requests = p.requests.connect(p.prover);
    const tryWith = async (gasLimit: bigint) => {
      const undo = await networkHelpers.takeSnapshot();
      try {
        await requests.answer(asked, made.attestation, made.answer, made.output, { gasLimit });
        const [seen] = await p.consumer.queryFilter(p.consumer.filters.AnswerSeen(), "latest");
        const [called] = await p.requests.queryFilter(p.requests.filters.CalledBack(), "latest");
        return { called: called?.args.succeeded, gas: seen?.args.gas };
      } catch {
        return undefined;
      } finally {
        await undo.restore();
      }
    };

    await expect(
      requests.answer(asked, made.attestation, made.answer, made.output, { gasLimit: 3_000_000 }),
    ).to.be.revertedWithCustomError(requests, "NotEnoughGas");
    let [refused, enough] = [3_000_000n, 4_000_000n];
    while (enough - refused > 64n) {
      const middle = (refused + enough) / 2n;
      const done = await tryWith(middle);
      if (done === undefined) refused = middle;
      else enough = middle;
    }
    await p.consumer.setManners(Manners.Returns);
    const least = await tryWith(enough);
    expect(least?.called).to.equal(true);
    expect(least?.gas).to.be.within(2_999_000n, 3_000_000n);
    expect((await p.requests.recordOf(requestId)).state).to.equal(State.Accepted);
  });

  it("fits a transaction with the most gas and a large output", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const output = `0x${"ab".repeat(100_000)}` as const;
    await p.consumer.setManners(Manners.EatsGas);
    const asked = await requestOf(p, { ...verified, ...calling(p, 8_000_000n) });
    await ask(p, asked);
    await accept(p, asked);
    const built = await answerTo(p, asked, { method: MOCK });
    const opened = { ...built.answer, outputHash: ethers.keccak256(output) as `0x${string}` };
    const attestation = { ...built.attestation, answer: answerHash(addressOf(p.prover), opened) };
    const uid = (await p.registry.uidOf(attestation)) as `0x${string}`;
    const made = { ...built, attestation, answer: opened, output, uid };
    await attest(p, made);
    await decide(p, uid, Status.Verified);

    await expect(answer(p, asked, made)).to.emit(p.requests, "CalledBack");
  });

  it("finds the books in order when the consumer calls back in: its cover and a new request", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, made } = await ofConsumer(p, {}, wrong);
    const next = { ...asked, nonce: 2n, fee: 0n };
    await p.consumer.onNextCall(p.requests, p.requests.interface.encodeFunctionData("request", [next, "0x"]));
    await expect(answer(p, asked, made))
      .to.emit(p.consumer, "CalledOn")
      .withArgs(true, "0x");
    await refute(p, made);
    await p.consumer.onNextCall(
      p.cover,
      p.cover.interface.encodeFunctionData("withdraw", [ETH, p.consumer.target as string]),
    );

    await expect(settle(p, asked, made)).to.changeEtherBalance(ethers, p.consumer, asked.cover);
    expect((await p.requests.recordOf(await p.requests.requestIdOf(next))).state).to.equal(State.Open);
  });

  it("refuses a consumer that settles, answers or cancels the request again from within", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, requestId, made } = await ofConsumer(p, {}, wrong);
    const { interface: abi } = p.requests;
    const state = (number: number) => abi.encodeErrorResult("WrongState", [requestId, number]);

    await p.consumer.onNextCall(p.requests, abi.encodeFunctionData("cancel", [asked]));
    await expect(answer(p, asked, made))
      .to.emit(p.consumer, "CalledOn")
      .withArgs(false, state(State.Covered));
    await refute(p, made);
    await p.consumer.onNextCall(p.requests, abi.encodeFunctionData("settle", [asked, made.uid, made.output]));
    await expect(settle(p, asked, made))
      .to.emit(p.consumer, "CalledOn")
      .withArgs(false, state(State.Fallen));
    expect(await p.cover.balanceOf(ETH, p.consumer)).to.equal(asked.cover);
  });

  it("lets nobody spoil a callback by calling from within a payment to itself", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const griefer = await ethers.deployContract("Reenterer");
    const asked = await requestOf(p, { requester: griefer.target, nonce: 7n });
    await p.helpers.impersonateAccount(addressOf(griefer));
    await p.helpers.setBalance(addressOf(griefer), 10n ** 18n);
    const asGriefer = p.requests.connect(await ethers.getSigner(addressOf(griefer)));
    await asGriefer.request(asked, "0x", { value: asked.fee });
    await asGriefer.cancel(asked);

    const own = await ofConsumer(p, { ...verified });
    await answer(p, own.asked, own.made);
    await decide(p, own.made.uid, Status.Verified);
    const spoiled = await requestOf(p, { requester: addressOf(p.consumer), nonce: 8n });
    await p.consumer.execute(p.requests, p.requests.interface.encodeFunctionData("request", [spoiled, "0x"]), {
      value: 5_000,
    });
    await p.consumer.execute(p.requests, p.requests.interface.encodeFunctionData("cancel", [spoiled]));
    const { interface: abi } = p.requests;
    await p.consumer.onNextCall(p.requests, abi.encodeFunctionData("withdraw", [ETH, addressOf(p.consumer)]));
    await griefer.onNextPayment(
      p.requests,
      abi.encodeFunctionData("settle", [own.asked, own.made.uid, own.made.output]),
    );

    await expect(p.requests.withdraw(ETH, griefer)).to.emit(p.consumer, "CalledOn").withArgs(true, "0x");
    expect(await p.requests.balanceOf(ETH, p.consumer)).to.equal(0);
  });

  it("refuses to call back from within a pull, where the consumer couldn't pay in", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, requestId, made } = await answered(p, { ...verified, ...calling(p) });
    await decide(p, made.uid, Status.Verified);
    const hostile = await ethers.deployContract("MockToken");
    await hostile.mint(p.requester, 5_000);
    await hostile.connect(p.requester).approve(p.requests, 5_000);
    const call = p.requests.interface.encodeFunctionData("settle", [asked, made.uid, made.output]);
    await hostile.onNextTransfer(p.requests, call);

    const refusal = p.requests.interface.getError("ReentrancyGuardReentrantCall")?.selector;
    await expect(request(p, await requestOf(p, { token: hostile.target, nonce: 2n })))
      .to.emit(hostile, "CalledBack")
      .withArgs(false, refusal);
    expect((await p.requests.recordOf(requestId)).state).to.equal(State.Answered);
    await expect(settle(p, asked, made)).to.emit(p.consumer, "AnswerSeen");
  });

  it("lets nobody keep a consumer from its cover by calling from within a pull of Cover", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, made } = await ofConsumer(p, {}, wrong);
    await answer(p, asked, made);
    await refute(p, made);
    const hostile = await ethers.deployContract("MockToken");
    await hostile.mint(p.rival, 1);
    await hostile.connect(p.rival).approve(p.cover, 1);
    const lure = await answerTo(p, asked, { prover: p.rival, salt: hash("lure") });
    await attest(p, lure);
    await p.consumer.onNextCall(
      p.cover,
      p.cover.interface.encodeFunctionData("withdraw", [ETH, addressOf(p.consumer)]),
    );
    await hostile.onNextTransfer(
      p.requests,
      p.requests.interface.encodeFunctionData("settle", [asked, made.uid, made.output]),
    );

    await expect(p.cover.connect(p.rival).lock(lure.uid, p.rival, hostile, 1))
      .to.emit(p.consumer, "CalledOn")
      .withArgs(true, "0x");
    expect(await ethers.provider.getBalance(p.consumer)).to.equal(asked.cover);
  });
});
