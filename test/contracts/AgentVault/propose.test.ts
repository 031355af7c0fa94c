import { expect } from "chai";
import { network } from "hardhat";
import { type Hex, hexToBytes } from "viem";
import { callHash, featuresOf, policyHash, proposalContext, tradeHash } from "../../../sdk/vault.ts";
import { addressOf } from "../fixtures.ts";
import {
  CONSTANTS,
  covered,
  DAILY_LIMIT,
  depositMove,
  ETH,
  execute,
  type Move,
  propose,
  tradeMove,
  transferOf,
  vaultProtocol,
} from "./vaults.ts";

const { ethers, networkHelpers } = await network.create();
const fixture = () => vaultProtocol(ethers);

describe("AgentVault.propose", () => {
  it("refuses anyone but the agent, the owner too", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { vault, policy, owner, stranger } = p;
    const { route, target, value, data } = tradeMove(p);

    for (const account of [owner, stranger])
      await expect(vault.connect(account).propose(policy, route, target, value, data))
        .to.be.revertedWithCustomError(vault, "NotTheAgent")
        .withArgs(account);
  });

  it("refuses another policy than the one that holds", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const other = { ...p.policy, expiresAt: p.policy.expiresAt + 1 };

    await expect(propose(p, tradeMove(p), other))
      .to.be.revertedWithCustomError(p.vault, "WrongPolicy")
      .withArgs(policyHash(other), policyHash(p.policy));
  });

  it("refuses a policy that is over", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await networkHelpers.time.increaseTo(p.policy.expiresAt - 2);
    await propose(p, tradeMove(p));

    await expect(propose(p, tradeMove(p)))
      .to.be.revertedWithCustomError(p.vault, "PolicyExpired")
      .withArgs(p.policy.expiresAt);
  });

  it("refuses calls that the route doesn't allow", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const trade = tradeMove(p);
    const payment: Move = { route: 2, target: p.payee.address as Hex, value: 1n, data: "0x" };
    const selector = trade.data.slice(0, 10);
    const wrong: [Move, string][] = [
      [{ ...trade, route: 4 }, selector],
      [{ ...trade, route: 1 }, selector],
      [{ ...trade, target: addressOf(p.token) }, selector],
      [{ ...trade, data: "0x" }, "0x00000000"],
      [{ ...trade, data: trade.data.slice(0, 8) as Hex }, `${trade.data.slice(0, 8)}00`],
      [{ ...payment, target: addressOf(p.target) }, "0x00000000"],
      [{ ...payment, data: "0x00000000" }, "0x00000000"],
      [{ ...payment, data: "0x00" }, "0x00000000"],
    ];

    for (const [move, selector] of wrong)
      await expect(propose(p, move))
        .to.be.revertedWithCustomError(p.vault, "NotThisRoute")
        .withArgs(move.route, move.target, selector);
  });

  it("refuses value that the amount doesn't count", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    await expect(propose(p, { ...tradeMove(p), value: 1n }))
      .to.be.revertedWithCustomError(p.vault, "UncountedValue")
      .withArgs(1);
  });

  it("refuses data that ends before the amount does", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const trade = tradeMove(p);

    await expect(propose(p, { ...trade, data: trade.data.slice(0, -2) as Hex }))
      .to.be.revertedWithCustomError(p.vault, "DataTooShort")
      .withArgs(67, 68);
  });

  it("refuses a move of nothing", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    for (const move of [tradeMove(p, 0n), depositMove(p, 0n)])
      await expect(propose(p, move)).to.be.revertedWithCustomError(p.vault, "MovesNothing");
  });

  it("refuses more than is left of the day, of any size", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { proposed, answered } = await covered(p);
    await execute(p, proposed, answered);

    for (const [amount, left] of [
      [DAILY_LIMIT - 49n, DAILY_LIMIT - 50n],
      [2n ** 128n, DAILY_LIMIT - 50n],
      [2n ** 256n - 1n, DAILY_LIMIT - 50n],
    ] as const)
      await expect(propose(p, tradeMove(p, amount)))
        .to.be.revertedWithCustomError(p.vault, "OverDailyLimit")
        .withArgs(amount, left);
  });

  it("keeps the hash of the proposal alone, and says what an answer must be about", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { vault, policy, chainId } = p;
    const trade = tradeMove(p);
    const { context, features, proposal } = await propose(p, trade);
    const at = await networkHelpers.time.latest();

    const constants = new Int8Array(hexToBytes(CONSTANTS).buffer);
    const nothing = { spent: 0n, dailyLimit: DAILY_LIMIT, moves: 0n, dealings: 0n };
    expect(features).to.deep.equal(featuresOf({ constants, amount: 50n, ...nothing }));
    expect(context).to.equal(
      proposalContext({
        ...{ chainId, vault: addressOf(vault), nonce: 1n },
        ...{ callHash: callHash(trade), policyHash: policyHash(policy) },
      }),
    );
    const { target, value, data } = trade;
    expect(proposal).to.deep.equal({
      ...{ nonce: 1n, proposedAt: BigInt(at), asset: 1n, amount: 50n },
      ...{ inputHash: tradeHash(features), target, value, data },
    });
    const type = vault.interface.getEvent("Proposed").inputs[3];
    if (type === undefined) throw new Error("Proposed has no proposal.");
    const encoded = ethers.AbiCoder.defaultAbiCoder().encode([type], [proposal]);
    expect(await vault.proposalHash()).to.equal(ethers.keccak256(encoded));
    expect(await vault.nonce()).to.equal(1);
  });

  it("takes the amount from the value, or from a word of the arguments, as the route says", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const payment: Move = { route: 2, target: p.payee.address as Hex, value: 3n, data: "0x" };
    const transfer: Move = { route: 3, target: addressOf(p.token), value: 0n, data: transferOf(p.payee, 9n) };

    for (const [move, asset, amount] of [
      [tradeMove(p, DAILY_LIMIT), 1n, DAILY_LIMIT],
      [depositMove(p, 7n), 0n, 7n],
      [payment, 0n, 3n],
      [transfer, 1n, 9n],
    ] as const)
      expect((await propose(p, move)).proposal).to.include({ asset, amount });
  });

  it("builds the features of what the vault did before, each asset for itself", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const constants = new Int8Array(hexToBytes(CONSTANTS).buffer);
    const { proposed, answered } = await covered(p);
    await execute(p, proposed, answered);
    const common = { constants, amount: 200n, dailyLimit: DAILY_LIMIT, dealings: 1n };

    expect((await propose(p, tradeMove(p, 200n))).features).to.deep.equal(
      featuresOf({ ...common, spent: 50n, moves: 1n }),
    );
    expect((await propose(p, depositMove(p, 200n))).features).to.deep.equal(
      featuresOf({ ...common, spent: 0n, moves: 0n }),
    );
  });

  it("forgets the day's moves on the next day, and keeps the dealings", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { proposed, answered } = await covered(p);
    await execute(p, proposed, answered);
    expect(await p.vault.spentToday(p.token)).to.deep.equal([50n, 1n]);
    const today = Math.floor((await networkHelpers.time.latest()) / 86_400);
    await networkHelpers.time.increaseTo((today + 1) * 86_400);

    expect(await p.vault.spentToday(p.token)).to.deep.equal([0n, 0n]);
    const constants = new Int8Array(hexToBytes(CONSTANTS).buffer);
    const { features } = await propose(p, tradeMove(p));
    expect(features).to.deep.equal(
      featuresOf({ constants, amount: 50n, spent: 0n, dailyLimit: DAILY_LIMIT, moves: 0n, dealings: 1n }),
    );
  });

  it("changes no feature when money arrives", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const before = await propose(p, depositMove(p));
    await p.stranger.sendTransaction({ to: p.vault, value: 10n ** 18n });
    await p.token.mint(p.vault, 10n ** 18n);

    expect((await propose(p, depositMove(p))).features).to.deep.equal(before.features);
    expect(await p.vault.spentToday(ETH)).to.deep.equal([0n, 0n]);
  });

  it("puts a new proposal in the place of the one before", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { proposed, answered } = await covered(p);
    const next = await propose(p, depositMove(p));

    expect(next.proposal.nonce).to.equal(2n);
    await expect(execute(p, proposed, answered))
      .to.be.revertedWithCustomError(p.vault, "UnknownProposal")
      .withArgs(1);
  });
});
