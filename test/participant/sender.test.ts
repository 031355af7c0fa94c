import { expect } from "chai";
import { createPublicClient, createTestClient, type Hex, http, type PublicClient, parseTransaction } from "viem";
import { followHeads, type Heads } from "../../participant/heads.ts";
import { createSender, type Sender, TooPoorError } from "../../participant/sender.ts";
import { type Call, callOf } from "../../sdk/calls.ts";
import { contractOf } from "../../sdk/client.ts";
import { RevertError } from "../../sdk/errors.ts";
import { quorum } from "../../sdk/methods/quorum.ts";
import { accountOf, type Site, startSite } from "./chain.ts";
import { LOST, Refusal, type RpcProxy, startProxy } from "./proxy.ts";
import { refusal } from "./refusal.ts";

const POOR = 20;

describe("sender", () => {
  let site: Site;
  let proxy: RpcProxy;
  let rpc: PublicClient;
  let heads: Heads;
  const reports: string[] = [];
  const ending = new AbortController();
  before(async () => {
    site = await startSite(6);
    proxy = await startProxy(site.rpcUrl);
    rpc = createPublicClient({ transport: http(proxy.url, { retryCount: 0 }) });
    heads = await followHeads(rpc, {
      signal: ending.signal,
      report: (sentence) => void reports.push(sentence),
      pollMs: 20,
    });
  });
  after(async () => {
    ending.abort();
    await proxy.goAway();
    await site.close();
  });

  const senderOf = (n: number): Sender => createSender(rpc, site.deployment.chainId, heads, accountOf(n));
  const deposit = (n: number, value: bigint): Call => {
    const { bonds } = site.client.contracts;
    const args = [contractOf(site.client, quorum).address, accountOf(n).address] as const;
    return callOf({ ...bonds, functionName: "deposit", args, value });
  };
  const freeOf = async (n: number): Promise<bigint> => {
    const { bonds } = site.client.contracts;
    const args = [contractOf(site.client, quorum).address, accountOf(n).address] as const;
    return (await site.client.rpc.readContract({ ...bonds, functionName: "bondOf", args })).free;
  };

  it("refuses what a contract refuses, with the custom error and its arguments", async () => {
    const { campaign } = site.client.contracts;
    const error = await senderOf(1)
      .send(callOf({ ...campaign, functionName: "seed", args: [9n] }))
      .catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(RevertError);
    expect((error as RevertError).errorName).to.equal("UnknownSeason");
    expect((error as RevertError).args).to.deep.equal([9n]);
    expect((error as RevertError).message).to.equal("seed was refused: UnknownSeason(seasonId: 9).");
    // An error of Bonds, which Quorum asks.
    expect(
      await refusal(senderOf(1).send(callOf({ ...contractOf(site.client, quorum), functionName: "join" }))),
    ).to.contain("join was refused: InsufficientFree(");
  });

  it("says how much an account lacks that can't pay", async () => {
    const poor = await senderOf(POOR)
      .send(deposit(POOR, 10n ** 18n))
      .catch((thrown: unknown) => thrown);
    expect(poor).to.be.instanceOf(TooPoorError);
    // The deposit, and at least 21,000 gas.
    expect((poor as Error).message).to.match(
      new RegExp(
        `^Account ${accountOf(POOR).address} has 0 ETH, too little for "deposit": 1\\.\\d+ ETH are missing\\.$`,
      ),
    );
  });

  it("says that the RPC serves another chain, which no patience mends", async () => {
    const sentence = await refusal(createSender(rpc, 1, heads, accountOf(1)).send(deposit(1, 1n)));
    expect(sentence).to.equal("The RPC serves chain 31337; the transaction is for chain 1.");
  });

  it("explains a transaction that is refused in its block", async () => {
    proxy.intercept = (method) => (method === "eth_estimateGas" ? "0x30d40" : undefined);
    const sentence = await refusal(
      senderOf(1).send(callOf({ ...contractOf(site.client, quorum), functionName: "quit" })),
    );
    proxy.intercept = () => undefined;
    expect(sentence).to.equal(`quit was refused: NotMember(account: ${accountOf(1).address}).`);
  });

  it("sends many at once without a gap in the nonces", async () => {
    const sender = senderOf(2);
    const before = await rpc.getTransactionCount({ address: sender.account.address });
    await Promise.all(Array.from({ length: 8 }, () => sender.send(deposit(2, 3n))));
    expect(await freeOf(2)).to.equal(24n);
    expect(await rpc.getTransactionCount({ address: sender.account.address })).to.equal(before + 8);
  });

  it("asks for no more gas than a transaction may use", async () => {
    const asked: (bigint | undefined)[] = [];
    proxy.intercept = (method, params) => {
      if (method === "eth_sendRawTransaction") asked.push(parseTransaction(params[0] as Hex).gas);
      return method === "eth_estimateGas" ? "0xc00000" : undefined;
    };
    await senderOf(1).send(deposit(1, 1n));
    proxy.intercept = () => undefined;
    expect(asked).to.deep.equal([2n ** 24n]);
  });

  it("goes on after another program used the account", async () => {
    const [one, other] = [senderOf(3), senderOf(3)];
    await one.send(deposit(3, 1n));
    // Of another amount: the same transaction, signed twice, is one.
    await other.send(deposit(3, 2n));
    await one.send(deposit(3, 1n));
    expect(await freeOf(3)).to.equal(4n);
  });

  it("waits for an RPC that goes away, sends once, and says so", async () => {
    const sender = senderOf(4);
    let sent = 0;
    proxy.intercept = (method) => {
      if (method === "eth_sendRawTransaction" && sent++ === 0) void proxy.goAway();
      return undefined;
    };
    const sending = sender.send(deposit(4, 7n));
    await site.until(() => reports.length > 0);
    await proxy.comeBack();
    expect((await sending).status).to.equal("success");
    proxy.intercept = () => undefined;
    expect(await freeOf(4)).to.equal(7n);
    expect(reports[0]).to.equal(`The RPC at ${proxy.url} can't be reached. Trying again until it can.`);
    await site.until(() => reports.includes("The RPC answers again."));
  });

  it("broadcasts again what the node forgot", async () => {
    const sender = senderOf(5);
    let swallowed = 0;
    proxy.intercept = (method) =>
      method === "eth_sendRawTransaction" && swallowed++ === 0 ? `0x${"00".repeat(32)}` : undefined;
    await sender.send(deposit(5, 2n));
    proxy.intercept = () => undefined;
    expect(await freeOf(5)).to.equal(2n);
    expect(swallowed).to.equal(2);
  });

  it("raises the fees of what the base fee has outgrown, with the same nonce", async () => {
    const sender = senderOf(5);
    const sent: ReturnType<typeof parseTransaction>[] = [];
    // The node forgets the first one, and from then on tells a base fee that it could not pay.
    proxy.intercept = (method, params) => {
      if (method !== "eth_sendRawTransaction") return undefined;
      sent.push(parseTransaction(params[0] as Hex));
      return sent.length === 1 ? `0x${"00".repeat(32)}` : undefined;
    };
    const sending = sender.send(deposit(5, 2n));
    await site.until(() => sent.length === 1);
    const paid = sent[0]?.maxFeePerGas as bigint;
    await site.client.rpc.request({
      method: "hardhat_setNextBlockBaseFeePerGas" as never,
      params: [`0x${(3n * paid).toString(16)}`] as never,
    });
    expect((await sending).status).to.equal("success");
    proxy.intercept = () => undefined;
    expect(await freeOf(5)).to.equal(4n);
    expect(sent.map(({ nonce }) => nonce)).to.deep.equal([sent[0]?.nonce, sent[0]?.nonce]);
    const [first, second] = sent as [(typeof sent)[0], (typeof sent)[0]];
    for (const fee of ["maxFeePerGas", "maxPriorityFeePerGas"] as const)
      expect(10n * (second[fee] as bigint) >= 11n * (first[fee] as bigint), fee).to.equal(true);
  });

  for (const message of ["already known", "AlreadyKnown", "Known transaction", "nonce too low", "?"])
    it(`finds that a transaction is there after a lost answer, when the node then says "${message}"`, async () => {
      const before = await freeOf(5);
      let sent = 0;
      proxy.intercept = (method) => {
        if (method !== "eth_sendRawTransaction") return undefined;
        return sent++ === 0 ? LOST : new Refusal({ code: -32000, message });
      };
      expect((await senderOf(5).send(deposit(5, 2n))).status).to.equal("success");
      proxy.intercept = () => undefined;
      expect([await freeOf(5), sent]).to.deep.equal([before + 2n, 2]);
    });

  it("offers more when a node goes on refusing, until it takes it", async () => {
    const before = await freeOf(5);
    const fees: bigint[] = [];
    proxy.intercept = (method, params) => {
      if (method !== "eth_sendRawTransaction") return undefined;
      fees.push(parseTransaction(params[0] as Hex).maxFeePerGas as bigint);
      return fees.length < 4 ? new Refusal({ code: -32000, message: "replacement fee too low" }) : undefined;
    };
    await senderOf(5).send(deposit(5, 2n));
    proxy.intercept = () => undefined;
    expect(await freeOf(5)).to.equal(before + 2n);
    for (const [i, fee] of fees.slice(1).entries()) expect(10n * fee > 11n * (fees[i] as bigint)).to.equal(true);
  });

  it("says what a node answers that never takes it", async () => {
    proxy.intercept = (method) =>
      method === "eth_sendRawTransaction" ? new Refusal({ code: -32000, message: "txpool is full" }) : undefined;
    const sentence = await refusal(senderOf(5).send(deposit(5, 2n)));
    proxy.intercept = () => undefined;
    expect(sentence).to.match(/^The RPC refused "deposit" 8 times\. .*txpool is full$/s);
  });

  const throttled: [string, Refusal][] = [
    ...([-32005, -32007, -32016, 15] as const).map((code): [string, Refusal] => [
      `code ${code}`,
      new Refusal({ code, message: "over the limit" }),
    ]),
    ["words", new Refusal({ code: -32000, message: "rate limited" })],
    ["429", new Refusal(undefined, 429)],
    ["429 and Retry-After", new Refusal(undefined, 429, { "retry-after": "1" })],
  ];
  for (const [how, answer] of throttled)
    it(`waits where too many requests are refused by ${how}`, async () => {
      const before = await freeOf(5);
      let refused = 0;
      proxy.intercept = (method) => (method === "eth_sendRawTransaction" && refused++ < 12 ? answer : undefined);
      expect((await senderOf(5).send(deposit(5, 2n))).status).to.equal("success");
      proxy.intercept = () => undefined;
      expect(await freeOf(5)).to.equal(before + 2n);
    });

  it("goes on where each kind of call is refused once", async () => {
    const before = await freeOf(5);
    const met = new Set<string>();
    proxy.intercept = (method) => {
      if (met.has(method)) return undefined;
      met.add(method);
      return new Refusal({ code: -32000, message: "header not found" });
    };
    expect((await senderOf(5).send(deposit(5, 2n))).status).to.equal("success");
    proxy.intercept = () => undefined;
    expect(await freeOf(5)).to.equal(before + 2n);
    expect([...met]).to.include.members([
      ...["eth_estimateGas", "eth_getTransactionCount", "eth_sendRawTransaction", "eth_getTransactionReceipt"],
      "eth_getTransactionByHash",
    ]);
  });

  it("tells a transaction that gave way to another of the same nonce", async () => {
    const rival = createSender(site.client.rpc, site.deployment.chainId, heads, accountOf(3));
    const before = await freeOf(3);
    let swallowed = 0;
    proxy.intercept = (method) =>
      method === "eth_sendRawTransaction" && swallowed++ === 0 ? `0x${"00".repeat(32)}` : undefined;
    const sending = refusal(senderOf(3).send(deposit(3, 1n)));
    await site.until(() => swallowed === 1);
    await rival.send(deposit(3, 4n));
    expect(await sending).to.match(/^Transaction 0x[0-9a-f]{64} gave way to another one of 0x/);
    proxy.intercept = () => undefined;
    expect(await freeOf(3)).to.equal(before + 4n);
  });

  it("gives up what waits behind transactions that a reorganisation took away, and goes on", async () => {
    const chain = createTestClient({ mode: "hardhat", transport: http(site.rpcUrl) });
    const sender = senderOf(4);
    const id = await chain.snapshot();
    for (let i = 0; i < 3; i++) await sender.send(deposit(4, 1n));
    await chain.revert({ id });
    expect(await refusal(sender.send(deposit(4, 1n)))).to.match(/waits for earlier ones, which the chain gave up/);
    const before = await freeOf(4);
    await sender.send(deposit(4, 5n));
    expect(await freeOf(4)).to.equal(before + 5n);
  });

  it("stops waiting when its signal aborts", async () => {
    const stop = new AbortController();
    const own = await followHeads(rpc, { signal: stop.signal, report: () => {}, pollMs: 20 });
    const waiting = own.next();
    stop.abort(new Error("It is over."));
    expect(await refusal(waiting)).to.equal("It is over.");
    expect(await refusal(own.next())).to.equal("It is over.");
  });
});
