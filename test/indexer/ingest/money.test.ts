import { expect } from "chai";
import { toHex } from "viem";
import { RpcError } from "../../../indexer/ingest/errors.ts";
import { readMoney } from "../../../indexer/ingest/money.ts";
import { type Block, BOND } from "../node.ts";
import { deployment } from "../story.ts";
import { type Reading, saidOf, startReading, whole } from "./reading.ts";

const { Bonds, Campaign, Quorum, FraudProof } = deployment.contracts;
const asked = {
  account: `0x${"ab".repeat(20)}` as const,
  ...{ bonds: Bonds.address, campaign: Campaign.address },
  holders: [Quorum, FraudProof].flatMap((each) => each?.address ?? []),
  seasons: [1n, 2n],
};
const { hash } = whole.at(-1) as Block;

describe("reading where an account's money is", () => {
  let reading: Reading;
  beforeEach(async () => {
    reading = await startReading();
  });
  afterEach(() => reading.close());

  const read = (blockHash = hash) => readMoney(reading.open(reading.node.url), asked, blockHash);

  it("refuses what is no answer of the contracts, and no balance", async () => {
    for (const [wrong, result, message] of [
      ["eth_getBalance", "much", 'The node answered with a result of eth_getBalance "much".'],
      ["eth_call", null, "The node answered with a result of eth_call null."],
      ["eth_call", "0x", "The node answered eth_call with bytes that are no answer of Bonds or Campaign."],
    ] as const) {
      reading.node.fault = (method) => (method === wrong ? { result } : undefined);
      const error = await read().catch((thrown) => thrown);
      expect(error).to.be.instanceOf(RpcError);
      expect(saidOf(error)).to.equal(message);
    }
  });

  it("refuses another block than the one that is asked for", async () => {
    const error = await read(`0x${"12".repeat(32)}`).catch((thrown) => thrown);
    expect(error).to.be.instanceOf(RpcError);
  });

  it("reads it in two requests, however many holders and seasons there are", async () => {
    expect(await read()).to.deep.equal({ balance: 11n, claimable: 7n, bonds: [BOND, BOND], owed: [4n, 4n] });
    expect(reading.node.requests.filter(({ method }) => method === "eth_call").length).to.equal(5);
  });

  it("reads a balance of any size", async () => {
    for (const balance of [10n ** 22n, 2n ** 256n - 1n]) {
      reading.node.fault = (method) => (method === "eth_getBalance" ? { result: toHex(balance) } : undefined);
      expect((await read()).balance).to.equal(balance);
    }
    reading.node.fault = (method) => (method === "eth_getBalance" ? { result: toHex(2n ** 256n) } : undefined);
    expect(await read().catch((thrown) => thrown)).to.be.instanceOf(RpcError);
  });
});
