import { expect } from "chai";
import { readTagged } from "../../../indexer/ingest/blocks.ts";
import type { Checks, Endpoint } from "../../../indexer/ingest/endpoint.ts";
import { FatalError, RpcError } from "../../../indexer/ingest/errors.ts";
import { createRpc, type Rpc } from "../../../indexer/ingest/rpc.ts";
import { results, type Scripted, startScripted, text } from "./scripted.ts";

describe("several nodes", () => {
  let one: Scripted;
  let other: Scripted;
  let ending: AbortController;
  let rpc: Rpc;

  beforeEach(async () => {
    one = await startScripted(results(() => "one"));
    other = await startScripted(results(() => "other"));
    ending = new AbortController();
    rpc = open(one, other);
  });
  afterEach(async () => {
    ending.abort();
    await one.close();
    await other.close();
  });

  const open = (...servers: Scripted[]): Rpc =>
    createRpc({ nodes: servers.map(({ url }) => ({ url })), chainId: 31337, timeout: 2_000, signal: ending.signal });
  const ask = () => rpc.any((node) => node.call("eth_x", []));
  const refusal = async (answer: Promise<unknown>): Promise<RpcError> => {
    const error = await answer.then(() => undefined).catch((thrown) => thrown);
    expect(error).to.be.instanceOf(RpcError);
    return error;
  };

  it("refuse when each of them does, and give the reason", async () => {
    one.reply = text("out of order", 500);
    other.reply = text("{}");
    const error = await refusal(ask());
    expect(error.message).to.match(
      /^The node at \S+ answered eth_x with status 500\. The node at \S+ answered eth_x without a result\.$/,
    );
    expect(error.kind).to.equal("inconsistent");
    other.reply = one.reply;
    expect((await refusal(ask())).kind).to.equal("status");
  });

  it("refuse for good when each of them is of another chain", async () => {
    [one.chainId, other.chainId] = [1, 5];
    const call = (node: Endpoint) => node.call("eth_x", []);
    const fatal = async (answer: Promise<unknown>): Promise<string> => {
      const error: unknown = await answer.catch((thrown) => thrown);
      expect(error).to.be.instanceOf(FatalError);
      return (error as FatalError).message;
    };
    for (const ask of ["any", "all"] as const)
      expect(await fatal(open(one, other)[ask](call))).to.match(
        /^The node at \S+ is on chain 1, but the deployment is on chain 31337\. The node at \S+ is on chain 5, but /,
      );
    expect(await fatal(open(one).once(call))).to.match(/^The node at \S+ is on chain 1, but .* on chain 31337\.$/);
  });

  it("refuse, but not for good, when one is of another chain and another fails", async () => {
    one.chainId = 1;
    other.reply = text("out of order", 500);
    for (let i = 0; i < 2; i++)
      expect((await refusal(ask())).message).to.match(
        /The node at \S+ is on chain 1, but .* with status 500\.|500\..* on chain 1/,
      );
    expect(
      (await rpc.all((node) => node.call("eth_x", []))).map(({ result }) => (result as Error).name).sort(),
    ).to.deep.equal(["RpcError", "WrongChain"]);
    one.chainId = 31337;
    expect(await ask()).to.equal("one");
  });

  it("do without one of another chain, until it says that it is of theirs", async () => {
    one.chainId = 1;
    expect(await ask()).to.equal("other");
    const [wrong, right] = (await rpc.all((node) => node.call("eth_x", []))).map(({ result }) => result);
    expect((wrong as RpcError).message).to.match(/^The node at \S+ is on chain 1, but the deployment/);
    expect(right).to.equal("other");
    one.chainId = 31337;
    other.reply = text("out of order", 500);
    expect(await ask()).to.equal("one");
  });

  describe("with secrets", () => {
    const readHead = (node: Endpoint) => readTagged(node, "latest");
    const key = "sk_live_0123456789abcdef";
    const spoken = (url = key) => `no project at ${url}`;
    const block = { number: "0x1", hash: spoken() };
    const works: [string, unknown, (node: Endpoint) => Promise<unknown>][] = [
      ["an error", { error: { code: -32000, message: spoken() } }, (node) => node.call("eth_x", [])],
      ["an error that is no text", { error: { code: 1, message: { [key]: key } } }, (node) => node.call("eth_x", [])],
      ["no JSON-RPC", spoken(), (node) => node.call("eth_x", [])],
      ["an error after much else", { error: "x".repeat(480) + key }, (node) => node.call("eth_x", [])],
      ["a text for a block", { result: spoken() }, readHead],
      ["a text for a field", { result: block }, readHead],
      ["a text across the end of what is said", { result: "x".repeat(480) + key }, readHead],
    ];

    for (const [name, answer, work] of works)
      it(`never tell them, though a node repeats them in ${name}`, async () => {
        one.reply = text(JSON.stringify(answer));
        const nodes = [{ url: `${one.url}/v3/${key}` }];
        const secret = createRpc({ nodes, chainId: 31337, timeout: 2_000, signal: ending.signal });
        const { result } = (await secret.all(work))[0] as { result: unknown };
        for (const error of [await refusal(secret.any(work)), await refusal(secret.once(work)), result as RpcError]) {
          expect(error.message).to.match(/^The node at 127\.0\.0\.1:\d+ (?:answered|refused) .*…/);
          expect(error.message).to.have.length.below(560).and.to.not.include(key.slice(0, 4));
        }
      });

    it("keep their host's name, though a secret is equal to it", async () => {
      one.reply = text('{"error":"not at localhost"}');
      const nodes = [{ url: `${one.url.replace("127.0.0.1", "localhost")}/localhost` }];
      const secret = createRpc({ nodes, chainId: 31337, timeout: 2_000, signal: ending.signal });
      const { message } = await refusal(secret.any((node) => node.call("eth_x", [])));
      expect(message).to.match(/^The node at localhost:\d+ refused eth_x: "not at …"\.$/);
    });
  });

  it("count their failures by kind", async () => {
    one.reply = text("out of order", 500);
    other.reply = text("{}");
    await refusal(ask());
    await refusal(rpc.any(() => Promise.reject(new RpcError("It doesn't fit."))));
    expect([...rpc.failures()].sort()).to.deep.equal([
      ["inconsistent", 2],
      ["malformed", 1],
      ["status", 1],
    ]);
  });

  it("throw at once what is no failure of theirs", async () => {
    const failing = rpc.any(() => Promise.reject(new TypeError("a mistake of ours")));
    expect(await failing.catch((error) => error)).to.be.instanceOf(TypeError);
    expect(rpc.failures().size).to.equal(0);
  });

  it("prove their logs unless one offers no receipts, or headers aren't sealed", () => {
    const proving = (checks: Checks) => {
      const nodes = [one, other].map(({ url }) => ({ url }));
      return createRpc({ nodes, checks, chainId: 31337, timeout: 2_000, signal: ending.signal });
    };
    expect(rpc.provesLogs()).to.equal(false);
    expect(proving({ isTrusting: false, seals: "off", receipts: true }).provesLogs()).to.equal(false);
    expect(proving({ isTrusting: false, seals: "required", receipts: false }).provesLogs()).to.equal(false);
    const all = proving({ isTrusting: false, seals: "required", receipts: true });
    expect(all.provesLogs()).to.equal(true);
    return all
      .all(async ({ offers }) => Object.assign(offers, { receipts: false }))
      .then(() => {
        expect(all.provesLogs()).to.equal(false);
      });
  });

  it("take one another's place, and keep it", async () => {
    expect(await ask()).to.equal("one");
    one.reply = text("out of order", 500);
    expect(await ask()).to.equal("other");
    one.reply = results(() => "one");
    expect(await ask()).to.equal("other");
    other.reply = text("out of order", 500);
    expect(await ask()).to.equal("one");
    expect(await ask()).to.equal("one");
  });

  it("take one another's place for a whole piece of work", async () => {
    let tries = 0;
    const work = rpc.any(async (node) => {
      const answers = [await node.call("eth_x", []), await node.call("eth_x", [])];
      if (++tries === 1) throw new RpcError("These answers don't fit together.");
      return answers;
    });
    expect(await work).to.deep.equal(["other", "other"]);
    const once = rpc.once(async (node) => {
      await node.call("eth_x", []);
      throw new RpcError("Nor do these.");
    });
    expect((await refusal(once)).message).to.match(/^The node at \S+: Nor do these\.$/);
    expect(await rpc.once((node) => node.call("eth_x", []))).to.equal("one");
  });

  it("replace one another when the answers don't fit", async () => {
    expect(await ask()).to.equal("one");
    rpc.rotate();
    expect(await ask()).to.equal("other");
    rpc.rotate();
    expect(await ask()).to.equal("one");
  });

  it("are left alone for as long as they ask, while others answer", async () => {
    one.reply = text("slow down", 429, { "retry-after": "60" });
    expect(await ask()).to.equal("other");
    one.reply = results(() => "one");
    other.reply = text("out of order", 500);
    const error = await refusal(ask());
    expect(error.message).to.match(/ The node at \S+ may not be asked for another (?:59|60) s\.$/);
    expect(one.asked).to.have.lengthOf(1);
  });

  it("count each request that is refused as too many", async () => {
    let left = 3;
    one.reply = (response, calls, headers) =>
      left-- > 0
        ? text('{"error":{"code":-32007,"message":"25/second request limit reached"}}')(response, calls, headers)
        : results(() => "one")(response, calls, headers);
    expect(await ask()).to.equal("one");
    expect([...rpc.failures()]).to.deep.equal([["rate-limited", 3]]);
  });

  it("aren't waited for after the end", async () => {
    rpc = open(one);
    one.reply = text("slow down", 429, { "retry-after": "9" });
    const waiting = ask().catch((error: Error) => error.name);
    while (one.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    ending.abort();
    expect(await waiting).to.equal("AbortError");
  });
});
