import { expect } from "chai";
import fc from "fast-check";
import {
  type Address,
  createTestClient,
  custom,
  decodeErrorResult,
  encodeAbiParameters,
  encodeFunctionData,
  encodeFunctionResult,
  erc20Abi,
  type Hex,
  hashTypedData,
  http,
  keccak256,
  toEventSelector,
  toFunctionSelector,
} from "viem";
import { badgesAbi, rewardsAbi, standingsAbi } from "../../sdk/abi.ts";
import { callOf } from "../../sdk/calls.ts";
import { type Client, connect, contractOf } from "../../sdk/client.ts";
import { revertDataOf } from "../../sdk/errors.ts";
import {
  badgesContract,
  claimOf,
  claimTypedData,
  claimUntil,
  countPosted,
  decodeTerms,
  encodeTerms,
  type FinalOrder,
  isMinted,
  isRightSoFar,
  nextChunk,
  posterFee,
  proofAt,
  readDrafts,
  readFinalChunks,
  readFinalOrder,
  readLedger,
  readSeasonEnd,
  readTerms,
  rewardsContract,
  standingOf,
  standingsContract,
  type Terms,
} from "../../sdk/seasonEnd.ts";
import { accountOf, type Site, startSite } from "../participant/chain.ts";
import { deployToken, type EarnedSeason, earnSeason, finalise, freeze, post, termsOf } from "../participant/earned.ts";
import { refusal } from "../participant/refusal.ts";

const POSTER = 7;
const RIVAL = 8;
const STRANGER = accountOf(40).address;
/** 80, 30, 30, 30, 10 and 0 points: ranks 1, 2, 2, 2, 5, 6. */
const UNITS = [3, 8, 0, 3, 1, 3];

/** A JSON-RPC request. */
interface Asked {
  method: string;
  params?: readonly unknown[];
}

describe("a season's end, read from the chain", () => {
  let site: Site;
  let token: Address;
  let season: EarnedSeason;
  let terms: Terms;
  before(async () => {
    site = await startSite(9);
    token = await deployToken(site);
    terms = termsOf(token);
    season = await earnSeason(site, UNITS, terms);
  });
  after(() => site.close());

  /** A client whose RPC changes answers. */
  const lying = (lie: (asked: Asked, result: unknown) => unknown): Client =>
    connect(
      site.deployment,
      custom({ request: async (asked: Asked) => lie(asked, await site.client.rpc.request(asked as never)) }),
    );
  /** Changes the list of an event's logs. */
  const lyingLogs = (signature: string, lie: (logs: { data: Hex }[]) => unknown) => {
    const topic = toEventSelector(signature);
    return lying((asked, result) => {
      const isAsked = asked.method === "eth_getLogs" && JSON.stringify(asked.params).includes(topic);
      return isAsked ? lie(result as { data: Hex }[]) : result;
    });
  };
  const POSTED = "event StandingsPosted(uint256 indexed, address indexed, uint32, bytes32, address[])";
  const AWARDED = "event PointsAwarded(uint256 indexed, address indexed, bytes32 indexed, uint8, uint64, uint64)";
  const ESCROWED = "event RewardsEscrowed(uint256 indexed, address indexed, bytes)";

  describe("before it is final", () => {
    it("says where there are no contracts for it", async () => {
      const { Standings: _s, Rewards: _r, ...contracts } = site.deployment.contracts;
      const client = { ...site.client, deployment: { ...site.deployment, contracts } } as Client;
      expect(() => contractOf(client, standingsContract)).to.throw("on chain 31337 has no Standings contract.");
      expect(await readTerms(client, season.seasonId)).to.equal(undefined);
    });

    it("has no order, and says so", async () => {
      expect((await readSeasonEnd(site.client, season.seasonId)).frozen).to.equal(false);
      expect(await readFinalOrder(site.client, season.seasonId)).to.equal(undefined);
      expect(await refusal(readFinalChunks(site.client, season.seasonId))).to.equal(
        `Season ${season.seasonId} has no final order yet.`,
      );
    });

    it("has terms, as they were escrowed; a season without any has none", async () => {
      expect(await readTerms(site.client, season.seasonId)).to.deep.equal(terms);
      expect(await readTerms(site.client, 99n)).to.equal(undefined);
      expect(decodeTerms(encodeTerms(terms))).to.deep.equal(terms);
    });

    it("refuses terms that the contract can't have emitted, and an RPC that hides them", async () => {
      for (const bytes of ["0x", "0x1234", `${encodeTerms(terms)}00`] as const)
        expect(() => decodeTerms(bytes)).to.throw(`The RPC tells of rewards' terms that are none: ${bytes}.`);
      expect(
        await refusal(
          readTerms(
            lyingLogs(ESCROWED, () => []),
            season.seasonId,
          ),
        ),
      ).to.equal(`Rewards are held for season ${season.seasonId}, but the RPC doesn't tell their terms.`);
    });

    it("refuses a ledger that isn't the campaign's", async () => {
      const block = await site.client.rpc.getBlockNumber();
      const read = (client: Client) => refusal(readLedger(client, season.seasonId, block));
      expect(await read(lyingLogs(AWARDED, (logs) => logs.slice(1)))).to.contain(
        `The RPC tells a broken ledger of season ${season.seasonId}: The ledger goes from seq 0`,
      );
      expect(await read(lyingLogs(AWARDED, (logs) => logs.slice(0, -1)))).to.match(
        /^The RPC's point events give season \d the ledger hash 0x\w{64} at seq \d; the campaign keeps 0x\w{64} at seq \d\.$/,
      );
    });
  });

  describe("once it is frozen", () => {
    it("says what a poster posts next, and begins a wrong draft anew", async () => {
      await season.close();
      await freeze(site, POSTER, season.seasonId);
      const block = () => site.client.rpc.getBlockNumber({ cacheTime: 0 });
      const { standings } = await readLedger(site.client, season.seasonId, await block());
      const [first, second, third] = standings.map(({ account }) => account) as [Address, Address, Address];
      const draftOf = async (n: number) =>
        (await readDrafts(site.client, season.seasonId, await block())).get(accountOf(n).address) ?? [];

      expect(nextChunk(standings, await draftOf(RIVAL), 1)).to.deep.equal({ first: 1, accounts: [first] });
      await post(site, RIVAL, season.seasonId, 1, [first]);
      await post(site, RIVAL, season.seasonId, 2, [second]);
      expect(countPosted(await draftOf(RIVAL))).to.equal(2);
      expect(nextChunk(standings, await draftOf(RIVAL), 1)).to.deep.equal({ first: 3, accounts: [third] });
      await post(site, RIVAL, season.seasonId, 1, [first, third]);
      expect(isRightSoFar(standings, await draftOf(RIVAL))).to.equal(false);
      expect(nextChunk(standings, await draftOf(RIVAL), 9)?.first).to.equal(1);
      expect(nextChunk(standings.slice(0, 2), [{ first: 1, accounts: [first, second] }], 9)).to.equal(undefined);
      expect(isRightSoFar(standings, [])).to.equal(true);
    });
  });

  describe("once it is final", () => {
    let order: FinalOrder;
    before(async () => {
      const { standings } = await readLedger(
        site.client,
        season.seasonId,
        await site.client.rpc.getBlockNumber({ cacheTime: 0 }),
      );
      const accounts = standings.map(({ account }) => account);
      await post(site, POSTER, season.seasonId, 1, accounts.slice(0, 3));
      await post(site, POSTER, season.seasonId, 1, accounts.slice(0, 2));
      await post(site, POSTER, season.seasonId, 3, accounts.slice(2));
      order = (await readFinalOrder(site.client, season.seasonId)) as FinalOrder;
    });

    const refused = (client: Client) => refusal(readFinalOrder(client, season.seasonId));

    it("refuses chunks that are missing, cut otherwise or hold others", async () => {
      const id = season.seasonId;
      expect(await refused(lyingLogs(POSTED, () => []))).to.equal(
        `The RPC tells of no chunk at place 1 of season ${id}'s final order.`,
      );
      expect(await refused(lyingLogs(POSTED, (logs) => logs.slice(0, -1)))).to.equal(
        `The RPC tells of no chunk at place 3 of season ${id}'s final order.`,
      );
      expect(await refused(lyingLogs(POSTED, (logs) => [logs[1], logs[2], logs[2]]))).to.equal(
        `The RPC tells of no chunk at place 7 of season ${id}'s final order.`,
      );
      // The last digit of the root, the first of an account.
      for (const at of [2 + 2 * 64 - 1, 2 + 4 * 64 + 24]) {
        const flipped = ({ data }: { data: Hex }) =>
          `${data.slice(0, at)}${data[at] === "0" ? "1" : "0"}${data.slice(at + 1)}`;
        const lie = (logs: { data: Hex }[]) => logs.map((log) => ({ ...log, data: flipped(log) }));
        expect(await refused(lyingLogs(POSTED, lie))).to.contain(
          `The RPC tells of a final chunk at place 1 of season ${id} that isn't the ledger's`,
        );
      }
    });

    it("refuses roots and an end that the contract doesn't keep", async () => {
      const answering = (signature: string, answer: (result: Hex) => Hex) =>
        lying(({ method, params }, result) =>
          method === "eth_call" && JSON.stringify(params).includes(toFunctionSelector(signature))
            ? answer(result as Hex)
            : result,
        );
      const zero = `0x${"00".repeat(32)}` as const;
      expect(await refused(answering("function finalRootOf(uint256, uint32)", () => zero))).to.equal(
        `The contract keeps the root ${zero} for place 1 of season ${season.seasonId}; the ledger gives ${order.chunks[0]?.root}.`,
      );
      const result = { ...order.end, participants: 7 };
      const other = () => encodeFunctionResult({ abi: standingsAbi, functionName: "endOf", result });
      expect(await refused(answering("function endOf(uint256)", other))).to.equal(
        `The RPC tells of another ledger of season ${season.seasonId} than the one that was frozen.`,
      );
    });

    it("has no claim of a stranger, and no place beyond the last", () => {
      expect(claimOf(order, terms, STRANGER)).to.equal(undefined);
      expect(standingOf(order, STRANGER)).to.equal(undefined);
      for (const place of [0, 7])
        expect(() => proofAt(order, place)).to.throw(
          RangeError,
          `Season ${season.seasonId} has no place ${place}: its places are 1 to 6.`,
        );
    });

    it("gives the final chunks and the ledger's ranks", () => {
      expect(order.chunks.map(({ first, standings }) => [first, standings.length])).to.deep.equal([
        [1, 2],
        [3, 4],
      ]);
      expect(order.ledger.standings.map(({ rank }) => rank)).to.deep.equal([1, 2, 2, 2, 5, 6]);
      expect(order.end.poster).to.equal(accountOf(POSTER).address);
      expect(posterFee(terms, 6)).to.equal(42n);
      expect(posterFee(terms, 8)).to.equal(50n);
      expect(claimUntil(order.end, terms)).to.equal(order.end.finalisedAt + terms.claimPeriod);
    });

    it("computes amounts as the contract does, whatever the terms", async () => {
      const { rpc } = site.client;
      const rewards = contractOf(site.client, rewardsContract);
      const clock = createTestClient({ mode: "hardhat", transport: http(site.rpcUrl) });
      const slot = await termsSlot(rewards.address);
      const amount = fc.bigInt({ min: 0n, max: 10n ** 20n });
      const prize = fc.record({ places: fc.integer({ min: 1, max: 4 }), amount });
      const given = fc.record({
        pool: amount,
        prizes: fc.array(prize, { maxLength: 5 }),
        place: fc.integer({ min: 1, max: 6 }),
      });
      await fc.assert(
        fc.asyncProperty(given, async ({ pool, prizes, place }) => {
          const some: Terms = { ...terms, pool, prizes };
          const value = keccak256(encodeTerms(some));
          await clock.setStorageAt({ address: rewards.address, index: slot, value });
          const { account } = proofAt(order, place).standing;
          const found = claimOf(order, some, account);
          if (found === undefined) throw new Error(`${account} has no claim.`);
          // Whoever isn't the account is told what it has to sign: the amount's digest.
          const args = [season.seasonId, some, found.claim, STRANGER, "0x"] as const;
          const data = encodeFunctionData({ abi: rewardsAbi, functionName: "claim", args });
          const error = await rpc.call({ account: STRANGER, to: rewards.address, data }).catch((thrown) => thrown);
          const reason = decodeErrorResult({ abi: rewardsAbi, data: revertDataOf(error) ?? "0x" });
          const message = { seasonId: season.seasonId, account, to: STRANGER, amount: found.amount };
          const expected =
            found.amount === 0n
              ? ["NoReward", season.seasonId, account]
              : ["NotSignedByAccount", account, hashTypedData(claimTypedData(site.client, message))];
          expect([reason.errorName, ...(reason.args ?? [])]).to.deep.equal(expected);
        }),
        { numRuns: 60 },
      );
      const value = keccak256(encodeTerms(terms));
      await clock.setStorageAt({ address: rewards.address, index: slot, value });
    });

    /** Where Rewards keeps the hash of the season's terms. */
    async function termsSlot(address: Address): Promise<Hex> {
      for (let mapping = 0n; mapping < 8n; mapping++) {
        const types = [{ type: "uint256" }, { type: "uint256" }] as const;
        const slot = keccak256(encodeAbiParameters(types, [season.seasonId, mapping]));
        if ((await site.client.rpc.getStorageAt({ address, slot })) === keccak256(encodeTerms(terms))) return slot;
      }
      throw new Error("Rewards keeps no terms.");
    }

    it("proves each reward and each badge to the contracts", async () => {
      const rewards = contractOf(site.client, rewardsContract);
      const badges = { address: contractOf(site.client, badgesContract).address, abi: badgesAbi } as const;
      for (let n = 1; n <= UNITS.length; n++) {
        const { account } = site.senderOf(n);
        const found = claimOf(order, terms, account.address);
        if (found === undefined) throw new Error(`${account.address} has no claim.`);
        const { standing, proof } = found.claim;
        expect(await isMinted(site.client, season.seasonId, standing.place)).to.equal(false);
        await site
          .senderOf(n)
          .send(callOf({ ...badges, functionName: "mint", args: [season.seasonId, standing, proof] }));
        expect(await isMinted(site.client, season.seasonId, standing.place)).to.equal(true);
        if (found.amount === 0n) continue;
        const args = [season.seasonId, terms, found.claim, account.address, "0x"] as const;
        await site.senderOf(n).send(callOf({ ...rewards, functionName: "claim", args }));
        const balance = { address: token, abi: erc20Abi, functionName: "balanceOf", args: [account.address] } as const;
        expect(await site.client.rpc.readContract(balance)).to.equal(found.amount);
      }
    });

    it("doesn't take an RPC that is away for a badge that isn't there", async () => {
      const client = connect(
        site.deployment,
        custom({ request: () => Promise.reject(new Error("away")) }, { retryCount: 0 }),
      );
      expect(await refusal(isMinted(client, season.seasonId, 1))).to.contain("away");
    });
  });

  describe("of a season without prizes", () => {
    it("shares the pool by points, and lets another send a signed claim", async () => {
      const shared = termsOf(token, { pool: 1_000n, prizes: [] });
      const { seasonId, close } = await earnSeason(site, [3, 1], shared);
      await close();
      await finalise(site, POSTER, seasonId, 1);
      const order = (await readFinalOrder(site.client, seasonId)) as FinalOrder;
      const account = accountOf(1);
      const found = claimOf(order, shared, account.address);
      expect(found?.amount).to.equal(750n);
      if (found === undefined) throw new Error("There is no claim.");
      const message = { seasonId, account: account.address, to: STRANGER, amount: found.amount };
      const signature = await account.signTypedData(claimTypedData(site.client, message));
      const rewards = contractOf(site.client, rewardsContract);
      const args = [seasonId, shared, found.claim, STRANGER, signature] as const;
      await site.senderOf(RIVAL).send(callOf({ ...rewards, functionName: "claim", args }));
      const balance = { address: token, abi: erc20Abi, functionName: "balanceOf", args: [STRANGER] } as const;
      expect(await site.client.rpc.readContract(balance)).to.equal(750n);
    });
  });
});
