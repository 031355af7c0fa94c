import { expect } from "chai";
import { RpcError } from "../../../indexer/ingest/errors.ts";
import { readLedger, readSeasonCount } from "../../../indexer/ingest/ledgers.ts";
import type { Block } from "../node.ts";
import { deployment } from "../story.ts";
import { type Reading, saidOf, startReading, whole } from "./reading.ts";

const campaign = deployment.contracts.Campaign.address;
const { hash, ledgers } = whole.at(-1) as Block;

describe("reading the chain's ledgers", () => {
  let reading: Reading;
  beforeEach(async () => {
    reading = await startReading();
  });
  afterEach(() => reading.close());

  const open = () => reading.open(reading.node.url);

  it("refuses what is no answer of Campaign", async () => {
    for (const [result, message] of [
      [null, "The node answered with a result of eth_call null."],
      ["0x1", 'The node answered with a result of eth_call "0x1".'],
      ["0x", "The node answered eth_call with bytes that are no answer of Campaign."],
      ["0x01", "The node answered eth_call with bytes that are no answer of Campaign."],
    ] as const) {
      reading.node.fault = (method) => (method === "eth_call" ? { result } : undefined);
      for (const answer of [readLedger(open(), campaign, 1n, hash), readSeasonCount(open(), campaign, hash)]) {
        const error = await answer.catch((thrown) => thrown);
        expect(error).to.be.instanceOf(RpcError);
        expect(saidOf(error)).to.equal(message);
      }
    }
  });

  it("refuses another block than the one that is asked for", async () => {
    const error = await readLedger(open(), campaign, 1n, `0x${"12".repeat(32)}`).catch((thrown) => thrown);
    expect(error).to.be.instanceOf(RpcError);
    expect(error.kind).to.equal("refused");
  });

  it("reads them as of a block", async () => {
    expect(await readSeasonCount(open(), campaign, hash)).to.equal(ledgers.size);
    for (const [seasonId, { seq, participants, totalPoints, ledgerHash }] of ledgers)
      expect(await readLedger(open(), campaign, seasonId, hash)).to.deep.equal({
        ...{ seasonId, seq, participants, totalPoints, ledgerHash },
      });
  });
});
