import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { createTestClient, http, parseEther } from "viem";
import { contractOf } from "../../sdk/client.ts";
import { quorum } from "../../sdk/methods/quorum.ts";
import { accountOf, type Site, startSite } from "../participant/chain.ts";
import { type Answer, environmentOf, keyOf, runCommand } from "./site.ts";

/** Without money at first. */
const NEWCOMER = 40;
const { address } = accountOf(NEWCOMER);

describe("proofboard account, bonds, verifier and faucet", () => {
  let site: Site;
  let environment: Record<string, string>;
  before(async () => {
    site = await startSite(1);
    environment = { ...(await environmentOf(site)), PROOFBOARD_PRIVATE_KEY: keyOf(NEWCOMER) };
  });
  after(() => site.close());

  const run = (words: string, changed: Record<string, string> = {}): Promise<Answer> =>
    runCommand(words.split(" "), { ...environment, ...changed });
  const refused = async (words: string, changed: Record<string, string> = {}): Promise<string> => {
    const { code, stderr, stdout } = await run(words, changed);
    expect(code, stdout).to.be.oneOf([1, 2]);
    return stderr.trim();
  };
  /** What a command says as JSON. */
  const told = async (words: string) => {
    const { code, stdout, stderr } = await run(`${words} --json`);
    expect(code, stderr).to.equal(0);
    return JSON.parse(stdout);
  };
  const bond = async () => {
    const { bonds } = await told("account");
    const { free, locked, unbonding } = bonds.find(({ name }: { name: string }) => name === "Quorum");
    return [free, locked, unbonding].map(Number);
  };
  const pass = async (seconds: number) => {
    await createTestClient({ mode: "hardhat", transport: http(site.rpcUrl) }).increaseTime({ seconds });
    await site.follower.heads.next();
    await site.follower.heads.next();
  };

  it("refuses to show or fund nobody, or what is no address or amount", async () => {
    const nobody = { PROOFBOARD_PRIVATE_KEY: "" };
    expect(await refused("account", nobody)).to.equal('"account" needs ADDRESS, or a key.');
    expect(await refused("faucet", nobody)).to.equal('"faucet" needs ADDRESS, or a key.');
    expect(await refused("verifier status", nobody)).to.equal('"verifier status" needs ADDRESS, or a key.');
    expect(await refused("faucet --amount 0")).to.contain('--amount is "0"; it must be an amount of ETH above 0');
    expect(await refused("bonds deposit Nobody 1")).to.equal(
      'HOLDER is "Nobody"; it must be the address of a contract that holds bonds, or Quorum, FraudProof and DisputeGame.',
    );
  });

  it("refuses an account without money, and says how much is missing", async () => {
    expect(await refused("bonds deposit Quorum 2")).to.match(
      new RegExp(`^Account ${address} has 0 ETH, too little for "deposit": 2\\.\\d+ ETH are missing\\.$`),
    );
  });

  it("refuses to make money on a chain that others use", async () => {
    const file = join(site.directory, "elsewhere.json");
    await writeFile(file, JSON.stringify({ ...site.deployment, chainId: 1 }));
    expect(await refused("faucet", { PROOFBOARD_DEPLOYMENT: file })).to.contain("chain");
  });

  it("gives money on a development chain", async () => {
    expect(await told("faucet --amount 3")).to.deep.equal({
      ...{ account: address, amount: String(parseEther("3")), balance: String(parseEther("3")) },
    });
    expect((await told("account")).balance).to.equal(String(parseEther("3")));
  });

  it("refuses what there is nothing of", async () => {
    expect(await refused("bonds claim")).to.equal(`${address} has nothing to claim.`);
    expect(await refused("bonds withdraw Quorum")).to.equal(
      `${address} has nothing to withdraw from Quorum: nothing is on its way out, 0 ETH could be unbonded.`,
    );
    expect(await refused("bonds unbond Quorum")).to.equal(
      `${address} has 0 ETH free with Quorum; 0 ETH are locked, 0 ETH on their way out.`,
    );
    expect(await refused("verifier quit")).to.equal(`${address} is not on the list of verifiers.`);
    expect(await refused("verifier release")).to.equal(`${address} has no verifier's bond.`);
  });

  it("deposits, and joins with what the bond lacks", async () => {
    await told("bonds deposit Quorum 0.0000000000000004");
    expect(await bond()).to.deep.equal([400, 0, 0]);
    expect(await told("verifier join")).to.deep.include({ account: address, deposited: "600", bond: "1000" });
    expect(await bond()).to.deep.equal([0, 1000, 0]);
    expect(await refused("verifier join")).to.equal(`${address} is on the list of verifiers already.`);
    expect(await refused("verifier release")).to.equal(
      `${address} is on the list of verifiers: it must leave by \`verifier quit\` first.`,
    );
    expect(await refused("bonds unbond Quorum 0.5")).to.contain(
      "0 ETH free with Quorum; 0.000000000000001 ETH are locked",
    );
    const { isMember, penalties, openSeats, verifierBond } = await told("verifier status");
    expect({ isMember, penalties, openSeats, verifierBond }).to.deep.equal({
      ...{ isMember: true, penalties: [], openSeats: [], verifierBond: "1000" },
    });
  });

  it("quits, and says how long its bond is at stake", async () => {
    const { bondFreeAt } = await told("verifier quit");
    const until = new Date(bondFreeAt * 1000).toISOString().slice(0, 10);
    expect(await refused("verifier release")).to.contain(`The bond of ${address} is at stake until ${until}`);
    expect(await refused("verifier join")).to.contain("it may join again at");
    const { stdout } = await run("account");
    expect(stdout).to.contain(`off the list; its bond is at stake until ${until}`);
    await pass(bondFreeAt - Number(site.follower.heads.latest.timestamp));
  });

  it("releases the bond, unbonds and withdraws it, and has all of it back", async () => {
    await told("verifier release");
    expect(await bond()).to.deep.equal([1000, 0, 0]);
    expect((await told("bonds unbond Quorum")).amount).to.equal("1000");
    expect(await refused("bonds withdraw Quorum")).to.contain(
      "0.000000000000001 ETH are still on their way out: until",
    );
    await pass(
      Number(await site.client.rpc.readContract({ ...contractOf(site.client, quorum), functionName: "longest" })),
    );
    expect((await told("bonds withdraw Quorum")).amount).to.equal("1000");
    expect(await bond()).to.deep.equal([0, 0, 0]);
    const { flows, claimable, debts } = await told("account");
    expect(flows).to.deep.equal({
      ...{ deposited: "1000", withdrawn: "1000", paid: "0", burned: "0", received: "0", claimed: "0" },
    });
    expect([claimable, debts]).to.deep.equal(["0", []]);
  });
});
