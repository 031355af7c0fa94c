import { expect } from "chai";
import type { Log as EthersLog } from "ethers";
import { network } from "hardhat";
import { pino } from "pino";
import { type Address, getAddress, type Hex, keccak256, toHex } from "viem";
import type { Header, Log } from "../../../indexer/ingest/blocks.ts";
import type { Rpc } from "../../../indexer/ingest/rpc.ts";
import { assemble } from "../../../indexer/open.ts";
import { createServer } from "../../../indexer/serve/server.ts";
import { createState } from "../../../indexer/serve/state.ts";
import { openDatabase } from "../../../indexer/store/sqlite/database.ts";
import { createAnnouncements } from "../../../indexer/sync/announcements.ts";
import { newStatus } from "../../../indexer/sync/status.ts";
import { type Deployment, parseDeployment } from "../../../sdk/deployment.ts";
import type { ClaimAnswer, Season } from "../../../sdk/wire.ts";
import { byPoints, finalSeason } from "../../contracts/Rewards/rewarded.ts";

const { ethers, networkHelpers } = await network.create();

const NOBODY = { place: 0, rank: 0, account: `0x${"00".repeat(20)}`, points: 0n, lastSeq: 0n };
const NO_PROOF = { index: 0, count: 0, siblings: [] };

/** The season with badges, and where its contracts stand. */
async function deployed(differing: object) {
  const p = await finalSeason(ethers, networkHelpers, differing);
  const badges = await ethers.deployContract("Badges", [p.standings]);
  const named = {
    ...{ ModelRegistry: p.models, AttestationRegistry: p.registry, Campaign: p.campaign },
    ...{ Standings: p.standings, Rewards: p.rewards, Badges: badges },
    // Nothing is read of these.
    ...{ AccessManager: p.token, Bonds: p.token },
  };
  const contracts = Object.entries(named).map(([name, { target }]) => [
    name,
    { address: getAddress(target as string), transactionHash: keccak256(toHex(name)) },
  ]);
  const deployment = parseDeployment({ chainId: 31337, startBlock: 1, contracts: Object.fromEntries(contracts) });
  return { ...p, badges, deployment };
}

const logOf = (log: EthersLog): Log => ({
  ...{ address: log.address.toLowerCase() as Address, topics: [...log.topics] as Hex[] },
  ...{ data: Buffer.from(log.data.slice(2), "hex"), blockNumber: log.blockNumber, blockHash: log.blockHash as Hex },
  ...{ transactionHash: log.transactionHash as Hex, logIndex: log.index },
});

/** Everything that the chain's contracts emitted, read by an indexer from scratch, and its server. */
async function index(deployment: Deployment) {
  const db = openDatabase(":memory:", deployment);
  const opened = assemble(db, deployment, 100);
  const headerAt = async (number: number): Promise<Header> => {
    const block = await ethers.provider.getBlock(number);
    if (!block) throw new Error(`There is no block ${number}.`);
    return { number, hash: block.hash as Hex, parentHash: block.parentHash as Hex, timestamp: block.timestamp };
  };
  const head = await ethers.provider.getBlockNumber();
  const numbers = Array.from({ length: head }, (_, i) => i + 1);
  const logs = await ethers.provider.getLogs({
    ...{ fromBlock: 1, toBlock: head, address: opened.decoder.filter.addresses },
    topics: [opened.decoder.filter.signatures],
  } as never);
  opened.writer.start(await headerAt(0));
  opened.writer.append({ headers: await Promise.all(numbers.map(headerAt)), logs: logs.map(logOf), finalized: 0 });
  opened.writer.complete();
  const rpc = { failures: () => new Map(), provesLogs: () => true } as unknown as Rpc;
  const app = await createServer({
    state: createState({ ...opened, announcements: createAnnouncements(), deployment, rpc }),
    ...{ condition: newStatus(), content: undefined, rpcUrl: undefined, logger: pino({ level: "silent" }) },
  });
  return {
    async get<Answer>(path: string): Promise<Answer> {
      const answer = await app.inject({ url: `/v1/seasons/${path}`, headers: { host: "localhost" } });
      expect(answer.statusCode, answer.body).to.equal(200);
      return answer.json();
    },
    async close() {
      await app.close();
      db.close();
    },
  };
}

describe("the API's proofs", () => {
  for (const [split, differing] of Object.entries({ rank: {}, points: byPoints }))
    it(`are accepted by Rewards and Badges where the pool is split by ${split}, with equal points among them`, async () => {
      const p = await deployed(differing);
      const before = await index(p.deployment);
      const { item } = await before.get<{ item: Season }>("1");
      expect(item.rewards).to.deep.include({ pool: String(p.terms.pool), claimed: "0", returned: null });
      const answers = await Promise.all(p.inOrder.map((account) => before.get<ClaimAnswer>(`1/claim/${account}`)));
      await before.close();
      let claimed = 0n;
      for (const [i, { standing, proof, reward, badge }] of answers.entries()) {
        const signer = p.signers[i] as (typeof p.signers)[0];
        expect(reward?.state).to.equal(reward?.amount === "0" ? "nothing" : "claimable");
        const claim = { standing, proof, next: reward?.next ?? NOBODY, nextProof: reward?.nextProof ?? NO_PROOF };
        const sent = p.rewards.connect(signer).claim(1, p.terms, claim as never, signer, "0x");
        if (reward?.state === "nothing") await expect(sent).to.be.revertedWithCustomError(p.rewards, "NoReward");
        else
          await expect(sent)
            .to.emit(p.rewards, "RewardClaimed")
            .withArgs(1, signer, standing.rank, BigInt(reward?.amount ?? 0));
        claimed += BigInt(reward?.amount ?? 0);
        await p.badges.mint(1, standing as never, proof);
        expect(await p.badges.ownerOf(BigInt(badge.tokenId))).to.equal(signer.address);
      }
      await p.rewards.payPoster(1, p.terms);
      const after = await index(p.deployment);
      for (const [i, account] of p.inOrder.entries()) {
        const { reward, badge } = await after.get<ClaimAnswer>(`1/claim/${account}`);
        expect(reward).to.deep.include({ amount: answers[i]?.reward?.amount });
        expect(reward?.state).to.equal(reward?.amount === "0" ? "nothing" : "claimed");
        expect(badge.minted).to.include.keys("transactionHash");
      }
      const { item: paid } = await after.get<{ item: Season }>("1");
      expect(paid.rewards).to.include({ claimed: String(claimed), posterPaid: "42", returned: null });
      await after.close();
    });
});
