import { expect } from "chai";
import { createWalletClient, type Hex, http, numberToHex, toHex } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { type Log, readHeaders, type SealedHeader } from "../../../indexer/ingest/blocks.ts";
import { readBlockLogs } from "../../../indexer/ingest/completeness.ts";
import { createEndpoint, type Endpoint } from "../../../indexer/ingest/endpoint.ts";
import { RpcError } from "../../../indexer/ingest/errors.ts";
import { readRanges } from "../../../indexer/ingest/ranges.ts";
import { readReceipts } from "../../../indexer/ingest/receipts.ts";
import { createRpc, type Rpc } from "../../../indexer/ingest/rpc.ts";
import { type Anvil, startAnvil } from "../../simulator/anvil.ts";
import { results, type Scripted, startScripted, text } from "./scripted.ts";

/** Emits its calldata as a log whose topics are the first two words: CALLDATACOPY, LOG2. */
const LOGGER = "0x365f5f376020355f35365fa200";

type Receipt = Record<string, unknown> & { logs: Record<string, unknown>[] };

// Anvil computes receipts' roots as Ethereum does.
describe("reading receipts", () => {
  const account = mnemonicToAccount("test test test test test test test test test test test junk");
  const ending = new AbortController();
  const checks = { isTrusting: false, seals: "required", receipts: true } as const;
  const contract = "0x00000000000000000000000000000000000000aa";
  let anvil: Anvil;
  let liar: Scripted;
  let node: Endpoint;
  let headers: SealedHeader[];
  const counts = [0, 1, 2, 17, 130, 300];

  before(async () => {
    anvil = await startAnvil(1_700_000_000);
    await anvil.request("evm_setAutomine", false);
    await anvil.request("anvil_setCode", contract, LOGGER);
    const wallet = createWalletClient({ account, transport: http(anvil.url) });
    let nonce = 0;
    for (const count of counts) {
      for (let i = 0; i < count; i++) {
        const data = `0x${toHex(i, { size: 32 }).slice(2)}${toHex(7, { size: 32 }).slice(2)}${"ab".repeat(i)}` as const;
        const shared = { to: contract, data, nonce: nonce++, gas: 100_000n, chain: null } as const;
        const accessList = [{ address: account.address, storageKeys: [] }];
        const gasPrice = 10_000_000_000n;
        if (i % 3 === 0) await wallet.sendTransaction({ ...shared, gasPrice });
        else if (i % 3 === 1) await wallet.sendTransaction({ ...shared, gasPrice, accessList });
        else await wallet.sendTransaction({ ...shared, maxFeePerGas: gasPrice, maxPriorityFeePerGas: 1n });
      }
      await anvil.request("anvil_mine", "0x1");
    }
    node = createEndpoint({ node: { url: anvil.url }, chainId: 31337, timeout: 20_000, checks, signal: ending.signal });
    headers = await readHeaders(
      node,
      counts.map((_, i) => i + 1),
    );
    liar = await startScripted();
  });
  after(async () => {
    ending.abort();
    await liar.close();
    await anvil.stop();
  });

  const busy = () => headers[3] as SealedHeader;
  const receiptsOf = ({ number }: SealedHeader) =>
    anvil.request<Receipt[]>("eth_getBlockReceipts", numberToHex(number));

  const ofLiar = () =>
    createEndpoint({ node: { url: liar.url }, chainId: 31337, timeout: 2_000, checks, signal: ending.signal });

  /** Reads the receipts of the block with 17 of them, as a node tells them that changes them. */
  async function readChanged(change: (receipts: Receipt[]) => unknown): Promise<unknown> {
    const answer = change(structuredClone(await receiptsOf(busy())));
    liar.reply = results(() => answer);
    return readReceipts(ofLiar(), [busy()]);
  }

  const expectRefused = async (change: (receipts: Receipt[]) => unknown, message: RegExp) => {
    const error: Error = await readChanged(change).then(
      () => new Error("It was taken."),
      (thrown) => thrown,
    );
    expect(error).to.be.instanceOf(RpcError);
    expect(error.message).to.match(message);
  };

  const log = (receipts: Receipt[]) => receipts[5]?.logs[0] as Record<string, unknown>;

  it("refuses an altered, missing, doubled, moved or additional log", async () => {
    const root = /The receipts of block 4 have the root 0x\w{64}, but its header names 0x\w{64}/;
    const changes: ((receipts: Receipt[]) => unknown)[] = [
      (receipts) => void Object.assign(log(receipts), { data: `${String(log(receipts).data).slice(0, -2)}cd` }),
      (receipts) => void Object.assign(log(receipts), { address: `0x${"ab".repeat(20)}` }),
      (receipts) =>
        void Object.assign(log(receipts), {
          topics: [(log(receipts).topics as Hex[])[1], (log(receipts).topics as Hex[])[0]],
        }),
      (receipts) => void receipts[16]?.logs.pop(),
      (receipts) => void receipts[5]?.logs.push(log(receipts)),
      (receipts) => void receipts[6]?.logs.push(...(receipts[5]?.logs.splice(0) ?? [])),
      (receipts) => void receipts.pop(),
      (receipts) => void receipts.reverse(),
      (receipts) => void Object.assign(receipts[0] as Receipt, { status: "0x0" }),
      (receipts) => void Object.assign(receipts[0] as Receipt, { cumulativeGasUsed: "0x1" }),
      (receipts) => void Object.assign(receipts[0] as Receipt, { type: "0x2" }),
    ];
    for (const change of changes)
      await expectRefused((receipts) => {
        change(receipts);
        return receipts;
      }, root);
  });

  it("refuses another transaction's hash, and what isn't a list of receipts", async () => {
    await expectRefused((receipts) => {
      Object.assign(receipts[2] as Receipt, { transactionHash: receipts[3]?.transactionHash });
      return receipts;
    }, /Receipt 2 of block 4 is of transaction 0x\w{64}, not the block's/);
    for (const answer of [null, {}, "0x", 7]) await expectRefused(() => answer, /without the receipts of block 4/);
    await expectRefused(() => [null], /null for a receipt/);
    await expectRefused((receipts) => [{ ...receipts[0], logs: null }], /a receipt without logs/);
    const withTopics = (topics: unknown) => (receipts: Receipt[]) => [
      { ...receipts[0], logs: [{ ...receipts[0]?.logs[0], topics }] },
    ];
    await expectRefused(withTopics(3), /a log without topics/);
    await expectRefused(withTopics(Array(5).fill(`0x${"ab".repeat(32)}`)), /a log without topics/);
    await expectRefused(withTopics([`0x${"ab".repeat(31)}`]), /answered with topics "0x(ab){31}"/);
    await expectRefused(withTopics([`0x${"zz".repeat(32)}`]), /answered with topics "0x(zz){32}"/);
    await expectRefused((receipts) => [{ ...receipts[0], logsBloom: "0x12" }], /logsBloom/);
  });

  it("finds out once in a while that a node offers none, and doesn't take a passing refusal for that", async () => {
    let time = 0;
    const refuse = (code: number, message: string) =>
      text(JSON.stringify({ jsonrpc: "2.0", id: 1, error: { code, message } }));
    const endpoint = createEndpoint({
      node: { url: liar.url },
      chainId: 31337,
      timeout: 2_000,
      checks,
      signal: ending.signal,
      now: () => time,
    });
    liar.reply = refuse(-32000, "header not found yet");
    expect(await readReceipts(endpoint, [busy()]).catch((error) => error)).to.be.instanceOf(RpcError);
    expect(endpoint.offers.receipts).to.equal(true);
    liar.reply = refuse(-32601, "the method eth_getBlockReceipts does not exist/is not available");
    expect(await readReceipts(endpoint, [busy()])).to.equal(undefined);
    liar.asked = [];
    expect(await readReceipts(endpoint, [busy()])).to.equal(undefined);
    expect(liar.asked).to.deep.equal([]);
    // It said so while it started, and offers them now.
    time += 601_000;
    const receipts = await receiptsOf(busy());
    liar.reply = results(() => receipts);
    expect((await readReceipts(endpoint, [busy()]))?.logs[0]).to.have.lengthOf(counts[3] as number);
  });

  it("gives all logs of blocks with up to 300 transactions of all types, as eth_getLogs does", async () => {
    const { logs } = (await readReceipts(node, headers)) ?? { logs: [] };
    expect(logs.map((each) => each.length)).to.deep.equal(counts);
    for (const [i, found] of logs.entries()) {
      const { hash } = headers[i] as SealedHeader;
      const told = await anvil.request<Record<string, string>[]>("eth_getLogs", { blockHash: hash });
      expect(found.map(({ data, ...log }) => ({ ...log, data: `0x${data.toString("hex")}` }))).to.deep.equal(
        told.map(({ address, topics, data, blockNumber, blockHash, transactionHash, logIndex }) => ({
          ...{ address, topics, data, blockHash, transactionHash },
          ...{ blockNumber: Number(blockNumber), logIndex: Number(logIndex) },
        })),
      );
    }
  });

  it("names transactions as other nodes do, or is refused with both names", async () => {
    const { number } = busy();
    const ask = (at: number) => anvil.request<{ transactions: Hex[] }>("eth_getBlockByNumber", numberToHex(at), false);
    const honest = new Map(
      await Promise.all(counts.map(async (_, i) => [numberToHex(i + 1), await ask(i + 1)] as const)),
    );
    const header = honest.get(numberToHex(number)) as { transactions: Hex[] };
    const lying = { ...header, transactions: header.transactions.with(1, `0x${"12".repeat(32)}`) };
    const filter = { addresses: [], signatures: [], whole: [contract], since: new Map() } as const;
    const wanted = { filter, blooms: true };
    const open = (told: ReadonlyMap<unknown, unknown>) => {
      liar.reply = results(({ params: [at] }) => told.get(at));
      const nodes = [anvil, liar].map(({ url }) => ({ url }));
      return createRpc({ nodes, chainId: 31337, timeout: 2_000, checks, signal: ending.signal });
    };
    const readRange = async (rpc: Rpc) => {
      const logs: Log[] = [];
      const [after] = headers as [SealedHeader];
      for await (const range of readRanges(rpc, { ...wanted, after, to: number, head: counts.length }))
        logs.push(...range.logs);
      return logs;
    };
    const reads = [(rpc: Rpc) => readBlockLogs(rpc, wanted, busy()), readRange];
    for (const read of reads) {
      const error = await read(open(new Map(honest).set(numberToHex(number), lying))).catch((thrown) => thrown);
      expect(error).to.be.instanceOf(RpcError);
      expect(error.message).to.match(
        / tells log 1 of block 4, .*; The node at \S+ tells log 1 of block 4, by \S+ in 0x1212/,
      );
      liar.asked.length = 0;
      const hashes = (await read(open(honest))).slice(-header.transactions.length).map((log) => log.transactionHash);
      expect(hashes).to.deep.equal(header.transactions);
      // The other node is asked for no more than headers.
      expect(new Set(liar.asked.flat().map(({ method }) => method))).to.deep.equal(new Set(["eth_getBlockByNumber"]));
    }
  });

  it("refuses those of a header that names a transaction twice, or none: no other node's names could refute it", async () => {
    const told = await receiptsOf(busy());
    const names = busy().transactions as Hex[];
    Object.assign(told[1] as Receipt, { transactionHash: names[0] });
    liar.reply = results(() => told);
    for (const transactions of [names.with(1, names[0] as Hex), undefined]) {
      const error = await readReceipts(ofLiar(), [{ ...busy(), transactions }]).catch((thrown) => thrown);
      expect(error).to.be.instanceOf(RpcError);
      expect(error.message).to.match(
        /^The node tells 17 receipts of block 4, whose header names (16|0) transactions\.$/,
      );
    }
  });
});
