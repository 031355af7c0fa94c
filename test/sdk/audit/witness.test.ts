import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { createPublicClient, type Hex, numberToHex } from "viem";
import { witnessed } from "../../../sdk/audit/witness.ts";
import { refusal } from "../../participant/refusal.ts";

type Answers = Record<string, () => unknown>;

const hash = (digit: string): Hex => `0x${digit.repeat(64)}`;
const log = (data: Hex) => ({
  ...{ address: `0x${"a1".repeat(20)}`, topics: [hash("1")], data, blockNumber: "0x7", blockHash: hash("7") },
  ...{ transactionHash: hash("2"), logIndex: "0x0", transactionIndex: "0x0", removed: false },
});

describe("nodes that are asked the same", () => {
  const servers: Server[] = [];
  const nodeOf = async (answers: Answers): Promise<string> => {
    const server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      const { id, method } = JSON.parse(body);
      const result = answers[method]?.();
      const error = { code: -32601, message: `no ${method} here` };
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ jsonrpc: "2.0", id, ...(result === undefined ? { error } : { result }) }));
    });
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
  });

  const question = { fromBlock: numberToHex(1), toBlock: numberToHex(9) };
  const ask = async (first: Answers, second: Answers) => {
    const urls: [string, string] = [await nodeOf(first), await nodeOf(second)];
    const { transport, differences } = witnessed(urls);
    return { urls, rpc: createPublicClient({ transport }), differences };
  };

  it("throws what the second one answers with an error", async () => {
    const { rpc } = await ask({ eth_getLogs: () => [] }, {});
    const asked = rpc.request({ method: "eth_getLogs", params: [question] });
    expect(await refusal(asked)).to.contain("no eth_getLogs here");
  });

  const told: [string, unknown, unknown, RegExp | undefined][] = [
    [
      "another log",
      [log("0x01")],
      [log("0x02")],
      /^The logs of blocks 1 to 9: \S+ answers block 7 .* 0x01, \S+ answers block 7 .* 0x02\.$/,
    ],
    [
      "fewer logs",
      [log("0x01"), log("0x02")],
      [log("0x01")],
      /answers 2 logs, of which number 2 is block 7 .*, \S+ answers 1 logs, of which number 2 is nothing more\.$/,
    ],
    ["the same in capitals", [log("0xab")], [log("0xAB")], undefined],
    ["the same", [log("0x01")], [log("0x01")], undefined],
  ];
  for (const [what, one, two, sentence] of told)
    it(`${sentence ? "tells both answers" : "is silent"} where the second one tells ${what}`, async () => {
      const { rpc, urls, differences } = await ask({ eth_getLogs: () => one }, { eth_getLogs: () => two });
      expect(await rpc.request({ method: "eth_getLogs", params: [question] })).to.deep.equal(one);
      expect(differences).to.have.length(sentence ? 1 : 0);
      if (!sentence) return;
      expect(differences[0]).to.match(sentence);
      for (const url of urls) expect(differences[0]).to.contain(url);
    });

  it("tells of other state, code and another block, but asks for the newest block once", async () => {
    const answers = (digit: string): Answers => ({
      eth_call: () => hash(digit),
      eth_getCode: () => hash(digit),
      eth_getBlockByNumber: () => ({ hash: hash(digit), number: "0x7" }),
    });
    const { rpc, differences } = await ask(answers("1"), answers("2"));
    const to = `0x${"a1".repeat(20)}` as const;
    await rpc.request({ method: "eth_getBlockByNumber", params: ["latest", false] });
    expect(differences).to.deep.equal([]);
    await rpc.request({ method: "eth_getBlockByNumber", params: ["0x7", false] });
    await rpc.request({ method: "eth_getCode", params: [to, "0x7"] });
    await rpc.request({ method: "eth_call", params: [{ to }, "0x7"] });
    await rpc.request({ method: "eth_call", params: [{ data: "0x00" }, "0x7"] });
    expect(differences.map((sentence) => sentence.split(":")[0])).to.deep.equal([
      "The hash of block 7",
      `The code of ${to} at block 7`,
      `A call of ${to} at block 7`,
      "A call at block 7",
    ]);
  });

  it("waits for a node that doesn't have the block yet", async () => {
    let asked = 0;
    const block = { hash: hash("1"), number: "0x7" };
    const { rpc, differences } = await ask(
      { eth_getBlockByNumber: () => block },
      { eth_getBlockByNumber: () => (++asked < 3 ? null : block) },
    );
    await rpc.request({ method: "eth_getBlockByNumber", params: ["0x7", false] });
    expect({ asked, differences }).to.deep.equal({ asked: 3, differences: [] });
  });
});
