import { expect } from "chai";
import { network } from "hardhat";
import { concat, type Hex, hexToBytes, keccak256 } from "viem";
import { answerHash } from "../../../sdk/commitments.ts";
import { INT8, tensorHeader, UINT8 } from "../../../sdk/layouts.ts";
import { Status } from "../../../sdk/protocol.ts";
import { callHash, proposalContext, tradeHash } from "../../../sdk/vault.ts";
import { addressOf, ETHER, hash } from "../fixtures.ts";
import {
  answerOf,
  attest,
  attestVerified,
  COVERED_LIMIT,
  covered,
  coverIt,
  DAILY_LIMIT,
  DELAY,
  depositMove,
  ETH,
  execute,
  executeArguments,
  LIFETIME,
  MOCK,
  propose,
  QUORUM,
  setPolicy,
  settle,
  tradeMove,
  transferOf,
  vaultProtocol,
} from "./vaults.ts";

const { ethers, networkHelpers } = await network.create();
const fixture = () => vaultProtocol(ethers);
const wait = (seconds: number) => networkHelpers.time.increase(seconds);

/** A covered move of 50 tokens, ready to be executed. */
async function ready() {
  const p = await vaultProtocol(ethers);
  return { ...p, ...(await covered(p)) };
}

describe("AgentVault.execute", () => {
  describe("refuses, of the proposal,", () => {
    it("another policy, or one that is over", async () => {
      const p = await networkHelpers.loadFixture(ready);
      const other = { ...p, policy: { ...p.policy, lifetime: LIFETIME + 1 } };

      await expect(execute(other, p.proposed, p.answered)).to.be.revertedWithCustomError(p.vault, "WrongPolicy");

      const long = await setPolicy(p, { lifetime: 2 ** 40 - 1 }, wait);
      const { proposed, answered } = await covered(long);
      await networkHelpers.time.increaseTo(p.policy.expiresAt - 1);
      await expect(execute(long, proposed, answered)).to.be.revertedWithCustomError(p.vault, "PolicyExpired");
    });

    it("one that was changed in any part", async () => {
      const p = await networkHelpers.loadFixture(ready);

      for (const [name, value] of Object.entries({
        ...{ nonce: 2n, proposedAt: 0n, asset: 0n, amount: 49n, inputHash: hash("features") },
        ...{ target: p.stranger.address, value: 1n, data: "0x" },
      })) {
        const changed = { ...p.proposed, proposal: { ...p.proposed.proposal, [name]: value } };
        await expect(execute(p, changed, p.answered), name).to.be.revertedWithCustomError(p.vault, "UnknownProposal");
      }
    });

    it("one that was executed", async () => {
      const p = await networkHelpers.loadFixture(ready);
      await execute(p, p.proposed, p.answered);

      await expect(execute(p, p.proposed, p.answered))
        .to.be.revertedWithCustomError(p.vault, "UnknownProposal")
        .withArgs(1);
    });

    it("one that is older than its life", async () => {
      const p = await networkHelpers.loadFixture(ready);
      const { proposedAt } = p.proposed.proposal;
      await networkHelpers.time.increaseTo(BigInt(proposedAt) + BigInt(LIFETIME));

      await expect(execute(p, p.proposed, p.answered))
        .to.be.revertedWithCustomError(p.vault, "ProposalLapsed")
        .withArgs(1);
    });

    it("one from before the policy changed, and changed back", async () => {
      const p = await networkHelpers.loadFixture(ready);
      const other = await setPolicy(p, { lifetime: 2 * DELAY }, wait);
      await expect(execute(other, p.proposed, p.answered)).to.be.revertedWithCustomError(p.vault, "UnknownProposal");

      const { proposed, answered } = await covered(other);
      const back = await setPolicy(other, {}, wait);
      await expect(execute(back, proposed, answered)).to.be.revertedWithCustomError(p.vault, "UnknownProposal");
    });
  });

  describe("refuses, of the attestation,", () => {
    it("a context of another nonce, call, vault, chain or policy, or of another use", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const move = tradeMove(p);
      const proposed = await propose(p, move);
      const parts = {
        ...{ chainId: p.chainId, vault: addressOf(p.vault), nonce: 1n },
        ...{ callHash: callHash(move), policyHash: (await p.vault.policyHash()) as Hex },
      };
      const others = [
        proposalContext({ ...parts, nonce: 2n }),
        proposalContext({ ...parts, callHash: callHash(tradeMove(p, 51n)) }),
        proposalContext({ ...parts, vault: addressOf(p.target) }),
        proposalContext({ ...parts, chainId: 1 }),
        proposalContext({ ...parts, policyHash: hash("policy") }),
        concat(["0x02", `0x${proposed.context.slice(4)}`]),
        ETH.padEnd(66, "0") as Hex,
      ];
      expect(proposalContext(parts)).to.equal(proposed.context);

      for (const context of others) {
        const answered = await attest(p, proposed, { context });
        await coverIt(p, answered, 50n);
        await expect(execute(p, proposed, answered))
          .to.be.revertedWithCustomError(p.vault, "AnotherAction")
          .withArgs(context, proposed.context);
      }
    });

    it("one of the proposal before", async () => {
      const p = await networkHelpers.loadFixture(ready);
      const next = await propose(p, tradeMove(p));

      await expect(execute(p, next, p.answered))
        .to.be.revertedWithCustomError(p.vault, "AnotherAction")
        .withArgs(p.proposed.context, next.context);
    });

    it("features that aren't the call's", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const proposed = await propose(p, tradeMove(p));
      const inputHash = tradeHash(proposed.features.map((feature, i) => (i === 0 ? feature - 1 : feature)));
      const answered = await attest(p, proposed, { inputHash });
      await coverIt(p, answered, 50n);

      await expect(execute(p, proposed, answered))
        .to.be.revertedWithCustomError(p.vault, "AnotherInput")
        .withArgs(inputHash, proposed.proposal.inputHash);
    });

    it("a prover that the policy doesn't name", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const provers = [p.stranger.address, p.prover.address] as Hex[];
      const named = await setPolicy(p, { provers }, wait);
      const proposed = await propose(named, tradeMove(p));
      const answered = await attest(p, proposed, { prover: p.agent });

      await expect(execute(named, proposed, answered))
        .to.be.revertedWithCustomError(p.vault, "ProverNotAccepted")
        .withArgs(p.agent);

      const accepted = await attest(p, proposed);
      await coverIt(p, accepted, 50n);
      await expect(execute(named, proposed, accepted)).to.emit(p.vault, "Executed");
    });

    it("one that isn't recorded, is refuted, void or revoked", async () => {
      const p = await networkHelpers.loadFixture(ready);
      const unknown = answerOf(p, p.proposed, { prover: p.agent });
      await expect(execute(p, p.proposed, unknown))
        .to.be.revertedWithCustomError(p.vault, "NotActionable")
        .withArgs(await p.registry.uidOf(unknown.attestation), Status.none);

      for (const [prover, status] of [
        [p.prover, Status.refuted],
        [p.stranger, Status.void],
      ] as const) {
        const answered = prover === p.prover ? p.answered : await attest(p, p.proposed, { prover });
        await settle(p, answered, status);
        await expect(execute(p, p.proposed, answered))
          .to.be.revertedWithCustomError(p.vault, "NotActionable")
          .withArgs(answered.uid, status);
      }
      await p.registry.connect(p.agent).revoke(unknown.attestation);
      await expect(execute(p, p.proposed, unknown)).to.be.revertedWithCustomError(p.vault, "NotActionable");
    });

    it("one from before the proposal", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const snapshot = await networkHelpers.takeSnapshot();
      const foreseen = await propose(p, tradeMove(p));
      await snapshot.restore();
      const answered = await attest(p, foreseen);
      await coverIt(p, answered, 50n);
      const proposed = await propose(p, tradeMove(p));

      expect(proposed.context).to.equal(foreseen.context);
      await expect(execute(p, proposed, answered))
        .to.be.revertedWithCustomError(p.vault, "AttestedTooEarly")
        .withArgs(answered.uid);
    });

    it("one from the proposal's own second", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const snapshot = await networkHelpers.takeSnapshot();
      const at = (await networkHelpers.time.latest()) + 100;
      await networkHelpers.time.setNextBlockTimestamp(at);
      const proposed = await propose(p, tradeMove(p));
      await snapshot.restore();
      await ethers.provider.send("evm_setAutomine", [false]);
      const { route, target, value, data } = tradeMove(p);
      await p.vault.propose(p.policy, route, target, value, data);
      const made = answerOf(p, proposed);
      const { method, modelId, inputHash, context } = made.attestation;
      await p.registry.connect(p.prover).attest(method, modelId, inputHash, context, made.opened, "0x");
      await networkHelpers.time.setNextBlockTimestamp(at);
      await networkHelpers.mine();
      await ethers.provider.send("evm_setAutomine", [true]);
      const uid = (await p.registry.uidOf(made.attestation)) as Hex;
      await coverIt(p, { ...made, uid }, 50n);

      await expect(execute(p, proposed, made))
        .to.be.revertedWithCustomError(p.vault, "AttestedTooEarly")
        .withArgs(uid);
    });

    it("another model, or another method, pending or verified", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const proposed = await propose(p, tradeMove(p));
      const other = await attest(p, proposed, { modelId: p.integerModel });
      const wrongMethod = await attest(p, proposed, { method: 0 });
      await coverIt(p, other, 50n);

      for (const status of [Status.pending, Status.verified]) {
        if (status !== Status.pending) await settle(p, other, status);
        await expect(execute(p, proposed, other))
          .to.be.revertedWithCustomError(p.vault, "ModelNotAccepted")
          .withArgs(p.integerModel);
      }
      await expect(execute(p, proposed, wrongMethod))
        .to.be.revertedWithCustomError(p.vault, "MethodNotAccepted")
        .withArgs(0);
    });
  });

  describe("refuses, of finality,", () => {
    it("a pending answer without enough cover, in the asset, for the vault", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const proposed = await propose(p, tradeMove(p));
      const answered = await attest(p, proposed);
      await coverIt(p, answered, 50n, ETH);
      await p.cover.connect(p.prover).lock(answered.uid, p.prover, p.token, 50);
      for (const locked of [0n, 49n]) {
        if (locked !== 0n) await coverIt(p, answered, locked);
        await expect(execute(p, proposed, answered))
          .to.be.revertedWithCustomError(p.vault, "NotCovered")
          .withArgs(answered.uid, locked, 50);
      }
      await coverIt(p, answered, 1n);

      await expect(execute(p, proposed, answered)).to.emit(p.vault, "Executed");
    });

    it("a larger move on a covered answer, and on one that is Verified under its rule", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const amount = COVERED_LIMIT + 1n;
      const { proposed, answered } = await covered(p, tradeMove(p, amount), amount);

      for (const status of [Status.pending, Status.verified]) {
        if (status !== Status.pending) await settle(p, answered, status);
        await expect(execute(p, proposed, answered))
          .to.be.revertedWithCustomError(p.vault, "NeedsVerified")
          .withArgs(amount, COVERED_LIMIT);
      }
    });

    it("the verified rule's model while it is pending, for a large move and for a small one", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const answering = { bytes: [1, 9], header: p.verdict.header, modelId: p.verdict.modelId } as const;
      const large = await propose(p, tradeMove(p, DAILY_LIMIT));
      await expect(execute(p, large, await attest(p, large, answering)))
        .to.be.revertedWithCustomError(p.vault, "NeedsVerified")
        .withArgs(DAILY_LIMIT, COVERED_LIMIT);
      const small = await propose(p, tradeMove(p));
      await expect(execute(p, small, await attest(p, small, answering))).to.be.revertedWithCustomError(
        p.vault,
        "ModelNotAccepted",
      );
    });
  });

  describe("refuses, of the output,", () => {
    it("an answer that isn't the attested one", async () => {
      const p = await networkHelpers.loadFixture(ready);
      const { attestation, opened, output } = p.answered;

      for (const changed of [
        { outputHash: hash("output") },
        { traceHash: hash("trace") },
        { salt: hash("other salt") },
      ])
        await expect(execute(p, p.proposed, { attestation, opened: { ...opened, ...changed }, output }))
          .to.be.revertedWithCustomError(p.vault, "AnotherOutput")
          .withArgs(p.answered.uid);
    });

    it("bytes that don't hash to it, that trail, or that end early", async () => {
      const p = await networkHelpers.loadFixture(ready);
      const { attestation, opened, output } = p.answered;

      for (const other of [`${output}00`, output.slice(0, -2), `${output.slice(0, -4)}0600`, "0x", "0x00"] as Hex[])
        await expect(execute(p, p.proposed, { attestation, opened, output: other }))
          .to.be.revertedWithCustomError(p.vault, "AnotherOutput")
          .withArgs(p.answered.uid);
    });

    it("attested bytes of another shape, type, name or length", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const proposed = await propose(p, tradeMove(p));
      const headers = [
        tensorHeader({ name: "scores", dtype: INT8, dims: [2, 1] }),
        tensorHeader({ name: "scores", dtype: UINT8, dims: [1, 2] }),
        tensorHeader({ name: "points", dtype: INT8, dims: [1, 2] }),
        Uint8Array.from([...p.scores.header, 0]),
        p.scores.header.slice(0, -1),
      ];
      for (const header of headers) {
        const answered = await attest(p, proposed, { header });
        await coverIt(p, answered, 50n);
        await expect(execute(p, proposed, answered))
          .to.be.revertedWithCustomError(p.vault, "WrongOutputHeader")
          .withArgs(answered.uid);
      }
      for (const output of ["0x", "0x05"] as Hex[]) {
        const opened = { outputHash: keccak256(output), traceHash: hash("trace"), salt: hash("salt") };
        const { attestation } = answerOf(p, proposed);
        const { method, modelId, inputHash, context } = attestation;
        await p.registry.connect(p.prover).attest(method, modelId, inputHash, context, opened, "0x");
        const made = { ...attestation, answer: answerHash(p.prover.address as Hex, opened) };
        const uid = (await p.registry.uidOf(made)) as Hex;
        await coverIt(p, { uid, attestation: made, opened, output, prover: p.prover }, 50n);
        await expect(execute(p, proposed, { attestation: made, opened, output }))
          .to.be.revertedWithCustomError(p.vault, "WrongOutputHeader")
          .withArgs(uid);
      }
    });

    it("scores that are equal or lower for allowing, as signed bytes", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const proposed = await propose(p, tradeMove(p));

      for (const bytes of [
        [5, 5],
        [4, 5],
        [255, 0],
        [128, 127],
      ] as const) {
        const answered = await attest(p, proposed, { bytes });
        await coverIt(p, answered, 50n);
        await expect(execute(p, proposed, answered))
          .to.be.revertedWithCustomError(p.vault, "MoveRefused")
          .withArgs(answered.uid);
      }
    });

    it("a verdict that isn't 1", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const proposed = await propose(p, tradeMove(p));

      for (const bytes of [
        [0, 9],
        [2, 9],
        [255, 0],
      ] as const)
        await expect(execute(p, proposed, await attestVerified(p, proposed, bytes))).to.be.revertedWithCustomError(
          p.vault,
          "MoveRefused",
        );
    });
  });

  describe("and its call:", () => {
    it("one that reverts reverts everything, and may be tried again", async () => {
      const p = await networkHelpers.loadFixture(ready);
      await p.target.setReverts(true);
      await expect(execute(p, p.proposed, p.answered)).to.be.revertedWithCustomError(p.target, "TargetReverts");
      expect(await p.vault.spentToday(p.token)).to.deep.equal([0n, 0n]);
      await p.target.setReverts(false);

      await expect(execute(p, p.proposed, p.answered))
        .to.emit(p.target, "Traded")
        .withArgs(p.vault, 0, 50);
    });

    it("one that sends more than there is is refused", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      await networkHelpers.setBalance(addressOf(p.vault), 49n);
      const { proposed, answered } = await covered(p, depositMove(p), 50n, ETH);

      await expect(execute(p, proposed, answered))
        .to.be.revertedWithCustomError(p.vault, "InsufficientBalance")
        .withArgs(49, 50);
    });

    it("one to an address without code is refused", async () => {
      const p = await networkHelpers.loadFixture(ready);
      await networkHelpers.setCode(addressOf(p.target), "0x");

      await expect(execute(p, p.proposed, p.answered)).to.be.revertedWithCustomError(p.vault, "AddressEmptyCode");
    });

    it("one that calls back finds the proposal gone, and nothing else that it may do", async () => {
      const p = await networkHelpers.loadFixture(ready);
      const { vault, target, policy } = p;
      const again = vault.interface.encodeFunctionData("execute", [...executeArguments(p, p.proposed, p.answered)]);
      const pause = vault.interface.encodeFunctionData("pause");
      const set = vault.interface.encodeFunctionData("setPolicy", [policy]);

      for (const [data, refusal] of [
        [again, vault.interface.encodeErrorResult("UnknownProposal", [1])],
        [pause, vault.interface.encodeErrorResult("NotTheOwner", [addressOf(target)])],
        [set, vault.interface.encodeErrorResult("NotTheVault", [addressOf(target)])],
      ] as const) {
        const snapshot = await networkHelpers.takeSnapshot();
        await target.onNextTrade(vault, data);
        const sent = execute(p, p.proposed, p.answered);
        await expect(sent).to.emit(target, "CalledBack").withArgs(false, refusal);
        expect(await vault.spentToday(p.token)).to.deep.equal([50n, 1n]);
        await snapshot.restore();
      }
    });

    it("is made once, with its cover counted: in ETH", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { proposed, answered } = await covered(p, depositMove(p), 50n, ETH);
      const sent = execute(p, proposed, answered);

      await expect(sent).to.emit(p.vault, "Executed").withArgs(1, answered.uid, Status.pending);
      await expect(sent).to.emit(p.target, "Traded").withArgs(p.vault, 50, 7);
      await expect(sent).to.changeEtherBalances(ethers, [p.vault, p.target], [-50n, 50n]);
      expect(await p.vault.proposalHash()).to.equal(ethers.ZeroHash);
      expect(await p.vault.spentToday(ETH)).to.deep.equal([50n, 1n]);
      expect(await p.vault.spentToday(p.token)).to.deep.equal([0n, 0n]);
      expect(await p.vault.dealingsWith(p.target)).to.equal(1);
    });

    it("pays an account, by a route without a function", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const move = { route: 2, target: p.payee.address as Hex, value: 5n, data: "0x" } as const;
      const { proposed, answered } = await covered(p, move, 5n, ETH);

      await expect(execute(p, proposed, answered)).to.changeEtherBalances(ethers, [p.vault, p.payee], [-5n, 5n]);
    });

    it("moves tokens; a token that returns false moves none and counts", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const move = { route: 3, target: addressOf(p.token), value: 0n, data: transferOf(p.payee, 60n) };
      const first = await covered(p, move, 60n);
      await expect(execute(p, first.proposed, first.answered)).to.changeTokenBalances(
        ethers,
        p.token,
        [p.vault, p.payee],
        [-60n, 60n],
      );
      const second = await covered(p, move, 60n);
      await p.token.setManners(true, false, false);

      await expect(execute(p, second.proposed, second.answered)).to.be.revertedWithCustomError(p.token, "TokenReverts");
      await p.token.setManners(false, true, false);
      await execute(p, second.proposed, second.answered);
      expect(await p.vault.spentToday(p.token)).to.deep.equal([120n, 2n]);
    });
  });

  describe("acts on", () => {
    it("the whole day's limit when the answer is verified", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const proposed = await propose(p, tradeMove(p, DAILY_LIMIT));
      const answered = await attestVerified(p, proposed);

      await expect(execute(p, proposed, answered))
        .to.emit(p.vault, "Executed")
        .withArgs(1, answered.uid, Status.verified);
      await expect(propose(p, tradeMove(p, 1n)))
        .to.be.revertedWithCustomError(p.vault, "OverDailyLimit")
        .withArgs(1, 0);
    });

    it("a small move when the answer is verified, under either rule, without cover", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const first = await propose(p, tradeMove(p));
      await execute(p, first, await attestVerified(p, first));
      const second = await propose(p, tradeMove(p));
      const answered = await attest(p, second);
      await settle(p, answered, Status.verified);

      await expect(execute(p, second, answered))
        .to.emit(p.vault, "Executed")
        .withArgs(2, answered.uid, Status.verified);
    });

    it("a small move whose covered answer was settled in between, and its cover returned", async () => {
      const p = await networkHelpers.loadFixture(ready);
      await settle(p, p.answered, Status.verified);
      await p.cover.settle(p.answered.uid, p.vault, p.token);

      await expect(execute(p, p.proposed, p.answered)).to.emit(p.vault, "Executed");
    });

    it("an answer of the agent itself, where the policy names no prover", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      await p.token.mint(p.agent, ETHER);
      await p.token.connect(p.agent).approve(p.cover, ETHER);
      const proposed = await propose(p, tradeMove(p));
      const answered = await attest(p, proposed, { prover: p.agent });
      await coverIt(p, answered, 50n);

      await expect(execute(p, proposed, answered)).to.emit(p.vault, "Executed");
    });

    it("a proposal of yesterday, whose features are too high today", async () => {
      const p = await networkHelpers.loadFixture(ready);
      await execute(p, p.proposed, p.answered);
      const midnight = (Math.floor((await networkHelpers.time.latest()) / 86_400) + 1) * 86_400;
      await networkHelpers.time.increaseTo(midnight - 60);
      const { proposed, answered } = await covered(p);
      await networkHelpers.time.increaseTo(midnight + 60);
      await execute(p, proposed, answered);

      expect(await p.vault.spentToday(p.token)).to.deep.equal([50n, 1n]);
    });
  });

  it("names methods by their numbers' bits", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const only = await setPolicy(p, { covered: { ...p.policy.covered, methods: 1n << BigInt(QUORUM) } }, wait);
    const proposed = await propose(only, tradeMove(p));
    const answered = await attest(p, proposed);

    await expect(execute(only, proposed, answered))
      .to.be.revertedWithCustomError(p.vault, "MethodNotAccepted")
      .withArgs(MOCK);
    expect(hexToBytes(proposed.context)[0]).to.equal(3);
  });
});
