import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { policyHash } from "../../../sdk/vault.ts";
import { covered, execute, type Policy, propose, tradeMove, type VaultProtocol, vaultProtocol } from "./vaults.ts";

const { ethers, networkHelpers } = await network.create();
const fixture = () => vaultProtocol(ethers);

type Change = (policy: Policy, p: VaultProtocol) => Partial<Policy>;

const [first, second] = [0, 1];
const withAsset =
  (number: number, change: object): Change =>
  ({ assets }) => ({
    assets: assets.map((asset, i) => (i === number ? { ...asset, ...change } : asset)),
  });

const looser: Record<string, Change> = {
  "another agent": (_, { stranger }) => ({ agent: stranger.address as Hex }),
  "a later expiry": ({ expiresAt }) => ({ expiresAt: expiresAt + 1 }),
  "another lifetime": ({ lifetime }) => ({ lifetime: lifetime - 1 }),
  "another covered model": ({ covered }, { integerModel }) => ({ covered: { ...covered, modelId: integerModel } }),
  "more methods": ({ covered }) => ({ covered: { ...covered, methods: covered.methods | 8n } }),
  "another header": ({ verified, covered }) => ({
    verified: { ...verified, outputHeaderHash: covered.outputHeaderHash },
  }),
  "another reading": ({ verified }) => ({ verified: { ...verified, reading: 0 } }),
  "named provers": (_, { prover }) => ({ provers: [prover.address as Hex] }),
  "a higher daily limit": withAsset(first, { dailyLimit: 1_001n }),
  "a higher covered limit": withAsset(second, { coveredLimit: 101n }),
  "another token": withAsset(second, { token: `0x${"11".repeat(20)}` }),
  "fewer assets": ({ assets, routes }) => ({
    assets: assets.slice(0, 1),
    routes: routes.filter(({ asset }) => asset === 0),
  }),
  "more assets": ({ assets }) => ({ assets: [...assets, ...assets] }),
  "a new route": ({ routes }) => ({
    routes: [...routes.slice(1), ...routes.slice(0, 1).map((route) => ({ ...route, amountWord: 1 }))],
  }),
  "a route twice": ({ routes }) => ({ routes: [...routes, ...routes.slice(-1)] }),
  "routes in another order": ({ routes }) => ({ routes: [...routes].reverse() }),
  "other features": ({ routes }) => ({
    routes: routes.map((route) => ({ ...route, features: `0x${"7f".repeat(16)}` })),
  }),
};

const stricter: Record<string, Change> = {
  "nothing else": () => ({}),
  "an earlier expiry": ({ expiresAt }) => ({ expiresAt: expiresAt - 1 }),
  "lower limits": ({ assets }) => ({
    assets: assets.map(({ token }) => ({ token, dailyLimit: 60n, coveredLimit: 0n })),
  }),
  "fewer routes": ({ routes }) => ({ routes: [routes[0], routes[2]] as Policy["routes"] }),
  "no route": () => ({ routes: [] }),
};

describe("AgentVault.tighten", () => {
  it("refuses anyone but the owner", async () => {
    const { vault, agent, policy } = await networkHelpers.loadFixture(fixture);

    await expect(vault.tighten(policy, policy)).to.be.revertedWithCustomError(vault, "NotTheOwner").withArgs(agent);
  });

  it("refuses to start from another policy, and from none", async () => {
    const { vault, owner, policy } = await networkHelpers.loadFixture(fixture);
    const owned = vault.connect(owner);
    const other = { ...policy, expiresAt: policy.expiresAt + 1 };

    await expect(owned.tighten(other, policy)).to.be.revertedWithCustomError(vault, "WrongPolicy");
    await owned.pause();
    await expect(owned.tighten(policy, policy)).to.be.revertedWithCustomError(vault, "WrongPolicy");
  });

  for (const [name, change] of Object.entries(looser))
    it(`refuses ${name}`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const next = { ...p.policy, ...change(p.policy, p) };

      await expect(p.vault.connect(p.owner).tighten(p.policy, next)).to.be.revertedWithCustomError(
        p.vault,
        "NotStricter",
      );
    });

  for (const [name, change] of Object.entries(stricter))
    it(`takes ${name} at once, and the proposal away`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const next = { ...p.policy, ...change(p.policy, p) };
      const { proposed, answered } = await covered(p);

      await expect(p.vault.connect(p.owner).tighten(p.policy, next)).to.emit(p.vault, "PolicySet");
      expect(await p.vault.policyHash()).to.equal(policyHash(next));
      await expect(execute({ ...p, policy: next }, proposed, answered)).to.be.revertedWithCustomError(
        p.vault,
        "UnknownProposal",
      );
    });

  it("counts what moved on that day before", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { proposed, answered } = await covered(p);
    await execute(p, proposed, answered);
    for (const [dailyLimit, left] of [
      [60n, 10n],
      [40n, 0n],
    ] as const) {
      const held = {
        ...p,
        policy: { ...p.policy, assets: p.policy.assets.map((asset) => ({ ...asset, dailyLimit })) },
      };
      const snapshot = await networkHelpers.takeSnapshot();
      await p.vault.connect(p.owner).tighten(p.policy, held.policy);
      await expect(propose(held, tradeMove(p, 11n)))
        .to.be.revertedWithCustomError(p.vault, "OverDailyLimit")
        .withArgs(11, left);
      await snapshot.restore();
    }
  });

  it("leaves the agent what is still allowed", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const next = { ...p.policy, routes: p.policy.routes.slice(0, 1) };
    await p.vault.connect(p.owner).tighten(p.policy, next);
    const { proposed, answered } = await covered({ ...p, policy: next });

    await expect(execute({ ...p, policy: next }, proposed, answered)).to.emit(p.vault, "Executed");
    await expect(propose({ ...p, policy: next }, { ...tradeMove(p), route: 1 })).to.be.revertedWithCustomError(
      p.vault,
      "NotThisRoute",
    );
  });
});
