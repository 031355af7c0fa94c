import { expect } from "chai";
import { createPublicClient } from "viem";
import { sentenceOf } from "../../sdk/errors.ts";
import { patientHttp } from "../../sdk/transport.ts";
import { Refusal, type RpcProxy, startProxy } from "../participant/proxy.ts";
import { refusal } from "../participant/refusal.ts";

describe("the patient transport", () => {
  let node: RpcProxy;
  let asked: number;
  before(async () => {
    node = await startProxy("http://127.0.0.1:1"); // Nothing is passed on.
  });
  after(() => node.goAway());

  /** Asks a node that gives `answer` so many times before its chain id. */
  const ask = (answer: Refusal, times: number, patienceMs?: number): Promise<number> => {
    asked = 0;
    node.intercept = () => (asked++ < times ? answer : "0x7a69");
    return createPublicClient({ transport: patientHttp(`${node.url}/v2/secret`, patienceMs) }).getChainId();
  };
  const sentence = (asking: Promise<unknown>) =>
    refusal(asking.catch((error) => Promise.reject(new Error(sentenceOf(error)))));

  for (const [what, answer] of [
    ["another error", new Refusal({ code: -32000, message: "header not found" })],
    ["too large a question", new Refusal({ code: -32005, message: "query returned more than 10000 results" })],
    ["too large a question by 429", new Refusal({ code: 7, message: "query returned more than 10000 results" }, 429)],
  ] as const)
    it(`doesn't wait where a node refuses because of ${what}`, async () => {
      const begun = Date.now();
      expect(await sentence(ask(answer, Infinity))).to.contain(answer.error?.message);
      expect(Date.now() - begun).to.be.lessThan(3_000);
    });

  const body = { code: -32000, message: "no" };
  const ways: [string, Refusal][] = [
    ...[429, 15, -32005, -32007, -32016, -32029, -32090].map((code): [string, Refusal] => [
      `code ${code}`,
      new Refusal({ code, message: "no" }),
    ]),
    ["words", new Refusal({ code: -32000, message: "rate limit reached" })],
    ["429", new Refusal(undefined, 429)],
    ["429 with another code", new Refusal(body, 429)],
    ["503 and Retry-After with another code", new Refusal(body, 503, { "retry-after": "1" })],
    ["429 and a date", new Refusal(body, 429, { "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT" })],
  ];

  for (const [how, answer] of ways)
    it(`says that a node takes no more requests, once it has refused by ${how} for too long`, async () => {
      expect(await sentence(ask(answer, Infinity, 100))).to.equal(
        `The RPC at ${node.url} takes no more requests for now.`,
      );
    });

  for (const [how, answer] of ways)
    it(`waits for a node that refuses by ${how}`, async () => {
      expect(await ask(answer, 2)).to.equal(31337);
      expect(asked).to.equal(3);
    });

  it("waits for a node that refuses for seconds", async () => {
    expect(await ask(new Refusal(body, 429), 9)).to.equal(31337);
  });

  it("waits only once for a node that does nothing but refuse", async () => {
    node.intercept = () => new Refusal({ code: -32016, message: "no" });
    const client = createPublicClient({ transport: patientHttp(node.url, 1_000) });
    await refusal(client.getChainId());
    const begun = Date.now();
    await refusal(client.getChainId());
    expect(Date.now() - begun).to.be.lessThan(400);
  });
});
