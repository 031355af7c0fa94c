import { expect } from "chai";
import { allFaults, broken, isSpoil, spoils } from "./faults.ts";
import { createRandom } from "./random.ts";

const hash = (digit: string) => `0x${digit.repeat(64)}`;
const block = {
  ...{ number: "0x9", hash: hash("a"), parentHash: hash("b"), timestamp: "0x10" },
  logsBloom: `0x${"00".repeat(256)}`,
};
const log = (logIndex: string) => ({
  ...{ address: `0x${"c".repeat(40)}`, topics: [hash("1"), hash("2")], data: hash("3") },
  ...{ blockNumber: "0x9", blockHash: hash("a"), logIndex, removed: false },
});
const receipt = (logs: object[]) => ({ logs, status: "0x1", transactionHash: hash("6") });
const questions = [
  { call: { id: 1, method: "eth_getBlockByNumber", params: ["0x9", false] }, result: block },
  { call: { id: 1, method: "eth_getBlockByNumber", params: ["latest", false] }, result: block },
  { call: { id: 1, method: "eth_getLogs", params: [{}] }, result: [log("0x0"), log("0x1"), log("0x2")] },
  {
    call: { id: 1, method: "eth_getBlockReceipts", params: ["0x9"] },
    result: [receipt([]), receipt([log("0x0"), log("0x1")])],
  },
  { call: { id: 1, method: "eth_call", params: [] }, result: hash("4") },
];
const asked: string[] = [];
const ask = async (_: string, number: unknown) => {
  asked.push(String(number));
  return { ...block, number, hash: hash("d") };
};

describe("faults", () => {
  for (const fault of allFaults.filter(isSpoil))
    it(`${fault} makes another result of what it applies to`, async () => {
      const random = createRandom(5);
      let applied = 0;
      for (const { call, result } of questions) {
        const before = JSON.stringify(result);
        const spoilt = await spoils[fault](call, result, { random, ask });
        expect(JSON.stringify(result), "what the node said").to.equal(before);
        if (spoilt === undefined) continue;
        applied++;
        expect(JSON.stringify(spoilt)).not.to.equal(before);
      }
      expect(applied).to.be.greaterThan(0);
    });

  it("leave the block alone by which a chain is known", async () => {
    const call = { id: 1, method: "eth_getBlockByNumber", params: ["0x0", false] };
    for (const fault of allFaults.filter(isSpoil))
      expect(await spoils[fault](call, block, { random: createRandom(1), ask }), fault).to.equal(undefined);
  });

  const answers = [1, 2, 3, 4, 5].map((id) => ({ jsonrpc: "2.0", id, result: hash("4") }));
  for (const fault of allFaults)
    if (!isSpoil(fault) && !["http:reset", "http:hang", "http:slow"].includes(fault))
      it(`${fault} sends something else than the answers`, () => {
        const whole = { status: 200, headers: {}, text: JSON.stringify(answers) };
        expect(broken(fault, answers, false, createRandom(2)))
          .to.be.an("object")
          .and.not.deep.equal(whole);
      });
});
