import { expect } from "chai";
import fc from "fast-check";
import { type Address, createTestClient, http } from "viem";
import { callOf } from "../../sdk/calls.ts";
import { contractOf } from "../../sdk/client.ts";
import { setBalance } from "../../sdk/development.ts";
import { RevertError } from "../../sdk/errors.ts";
import { quorum } from "../../sdk/methods/quorum.ts";
import { holdersOf, readFlows, readHolding, readMoney } from "../../sdk/money.ts";
import { accountOf, type Site, startSite } from "../participant/chain.ts";

const ACCOUNT = 1;
const { address } = accountOf(ACCOUNT);

/** What may be tried with an account's bonds; some of it is refused. */
const moves = fc.array(
  fc.record({
    move: fc.constantFrom("deposit", "unbond", "withdraw", "join", "quit", "wait"),
    holder: fc.constantFrom("Quorum", "FraudProof"),
    amount: fc.bigInt({ min: 1n, max: 2_000n }),
  }),
  { minLength: 4, maxLength: 8 },
);

type Move = (typeof moves extends fc.Arbitrary<infer Moves> ? Moves : never)[number];

describe("an account's money", () => {
  let site: Site;
  before(async () => {
    site = await startSite(2);
  });
  after(() => site.close());

  async function make({ move, holder, amount }: Move): Promise<void> {
    const { client } = site;
    const { bonds } = client.contracts;
    const at = holdersOf(client).find(({ name }) => name === holder)?.address as Address;
    if (move === "wait") {
      await createTestClient({ mode: "hardhat", transport: http(site.rpcUrl) }).increaseTime({ seconds: 90_000 });
      return;
    }
    const calls = {
      deposit: () => callOf({ ...bonds, functionName: "deposit", args: [at, address], value: amount }),
      unbond: () => callOf({ ...bonds, functionName: "unbond", args: [at, amount] }),
      withdraw: () => callOf({ ...bonds, functionName: "withdraw", args: [at] }),
      join: () => callOf({ ...contractOf(client, quorum), functionName: "join" }),
      quit: () => callOf({ ...contractOf(client, quorum), functionName: "quit" }),
    };
    await site
      .senderOf(ACCOUNT)
      .send(calls[move]())
      .catch((error: unknown) => {
        if (!(error instanceof RevertError)) throw error;
      });
  }

  it("is what went in less what went out, whatever is done", async () => {
    await fc.assert(
      fc.asyncProperty(moves, async (all) => {
        for (const each of all) await make(each);
        const { blockNumber, bonds, claimable } = await readMoney(site.client, address);
        const flows = await readFlows(site.client, address, blockNumber);
        const held = bonds.reduce((sum, { free, locked, unbonding }) => sum + free + locked + unbonding, 0n);
        expect(flows.deposited).to.equal(held + flows.withdrawn + flows.paid + flows.burned);
        expect(flows.received).to.equal(claimable + flows.claimed);
      }),
      { numRuns: 6 },
    );
  });

  it("names the methods that may hold it, and takes further holders", async () => {
    expect(holdersOf(site.client).map(({ name }) => name)).to.deep.equal(["Quorum", "FraudProof", "DisputeGame"]);
    const other = site.client.contracts.campaign.address;
    const { bonds } = await readMoney(site.client, accountOf(0).address, [other, other]);
    expect(bonds.map(({ name }) => name)).to.deep.equal(["Quorum", "FraudProof", "DisputeGame", undefined]);
    expect(await readHolding(site.client, { holder: other, name: undefined }, address)).to.deep.equal({
      ...{ holder: other, name: undefined, free: 0n, locked: 0n, unbonding: 0n, withdrawableAt: undefined },
    });
  });

  it("can be made on a development chain only", async () => {
    expect(await setBalance(site.client.rpc, accountOf(70).address, 5n)).to.equal(true);
    expect(await site.client.rpc.getBalance({ address: accountOf(70).address })).to.equal(5n);
    const other = { request: () => Promise.reject(new Error("The method doesn't exist.")) };
    expect(await setBalance(other as never, accountOf(70).address, 6n)).to.equal(false);
  });
});
