import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { encodeAbiParameters, encodeEventTopics, encodeFunctionResult, type Hex, numberToHex, pad } from "viem";
import { campaignAbi } from "../../../sdk/abi.ts";
import type { Deployment } from "../../../sdk/deployment.ts";
import { openChain } from "../../../web/audit/chain.ts";
import { account, hashOf } from "./story.ts";

interface Call {
  id: number;
  method: string;
  params: unknown[];
}

const campaign = account(99);
const deployment = { contracts: { Campaign: { address: campaign } } } as unknown as Deployment;
const subject = hashOf(5);

const log = (eventName: "PointsAwarded" | "PointsBurned" | "SeasonSeeded", blockNumber: number, data: Hex) => ({
  ...{ address: campaign, data, blockNumber: numberToHex(blockNumber), logIndex: "0x0" },
  topics:
    eventName === "SeasonSeeded"
      ? encodeEventTopics({ abi: campaignAbi, eventName, args: { seasonId: 7n } })
      : encodeEventTopics({ abi: campaignAbi, eventName, args: { seasonId: 7n, account: account(1), subject } }),
});

const points = (reason: number, amount: bigint, seq: bigint) =>
  encodeAbiParameters([{ type: "uint8" }, { type: "uint64" }, { type: "uint64" }], [reason, amount, seq]);

describe("chain behind the audit", () => {
  let server: Server;
  let url: string;
  let answer: (call: Call) => unknown;
  const asked: Call[] = [];

  before(async () => {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Call | Call[];
      const answers = [body].flat().map((call) => {
        asked.push(call);
        return { jsonrpc: "2.0", id: call.id, result: answer(call) };
      });
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(Array.isArray(body) ? answers : answers[0]));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());
  beforeEach(() => {
    asked.length = 0;
  });

  const refusal = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => "no error",
      (error: Error) => error.message,
    );

  it("refuses an event that it didn't ask for, and one that is malformed", async () => {
    answer = () => [log("SeasonSeeded", 3, pad("0x01"))];
    expect(await refusal(openChain(deployment, url).points(7n, 1, 9))).to.include("the event SeasonSeeded");
    answer = () => [log("PointsAwarded", 3, "0x1234")];
    expect(await refusal(openChain(deployment, url).points(7n, 1, 9))).to.match(/data/i);
  });

  it("says that there is no newest block", async () => {
    answer = () => null;
    expect(await refusal(openChain(deployment, url).head())).to.equal(`The RPC at ${url} has no newest block.`);
  });

  it("reads a block with all fields of its header", async () => {
    answer = ({ params }) => (params[0] === "0x63" ? null : { number: "0xc", hash: hashOf(12), slotNumber: "0x1" });
    const chain = openChain(deployment, url);
    expect(chain.name).to.equal(url);
    expect(await chain.header(12)).to.deep.include({ hash: hashOf(12), slotNumber: "0x1" });
    expect(await chain.header(99)).to.equal(undefined);
  });

  it("asks for the season's point events in those blocks, and returns burns as negative", async () => {
    answer = () => [log("PointsAwarded", 3, points(1, 10n, 1n)), log("PointsBurned", 4, points(5, 4n, 2n))];
    const about = { seasonId: 7n, account: account(1), subject };
    expect(await openChain(deployment, url).points(7n, 1, 9)).to.deep.equal([
      { ...about, reason: 1, delta: 10n, seq: 1n, blockNumber: 3 },
      { ...about, reason: 5, delta: -4n, seq: 2n, blockNumber: 4 },
    ]);
    const [filter] = (asked[0] as Call).params as [
      { topics: [Hex[], Hex]; fromBlock: Hex; toBlock: Hex; address: string },
    ];
    expect(filter).to.deep.include({ address: campaign, fromBlock: "0x1", toBlock: "0x9" });
    expect(filter.topics[0]).to.have.length(2);
    expect(filter.topics[1]).to.equal(pad("0x07"));
  });

  it("reads blocks, and none where there is none", async () => {
    answer = ({ method, params }) => {
      if (method === "eth_chainId") return "0x7a69";
      return params[0] === "0x63" ? null : { number: "0xc", hash: hashOf(12) };
    };
    const chain = openChain(deployment, url);
    expect(await chain.chainId()).to.equal(31337);
    expect(await chain.head()).to.deep.equal({ number: 12, hash: hashOf(12) });
    expect(await chain.hashOf(12)).to.equal(hashOf(12));
    expect(await chain.hashOf(99)).to.equal(undefined);
  });

  it("reads what the campaign keeps, as of a block by its hash", async () => {
    const chain = openChain(deployment, url);
    const abi = campaignAbi;
    answer = () => encodeFunctionResult({ abi, functionName: "ledgerOf", result: [9n, 3, 140n, hashOf(1)] });
    expect(await chain.ledger(7n, hashOf(12))).to.deep.equal({
      ...{ seq: 9n, participants: 3, totalPoints: 140n, ledgerHash: hashOf(1) },
    });
    expect(asked[0]?.params[1]).to.deep.equal({ blockHash: hashOf(12) });
    answer = () => encodeFunctionResult({ abi, functionName: "entryOf", result: [50n, 8n, 0n] });
    expect(await chain.entry(7n, account(1), hashOf(12))).to.deep.equal({ points: 50n, lastSeq: 8n });
  });
});
