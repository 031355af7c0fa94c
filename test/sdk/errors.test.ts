import { expect } from "chai";
import { type Abi, createPublicClient, custom, encodeErrorResult, http, parseAbi } from "viem";
import { beaconAbi, campaignAbi } from "../../sdk/abi.ts";
import { ZERO_HASH } from "../../sdk/commitments.ts";
import { isConnectionError, RevertError, revertDataOf, sentenceOf } from "../../sdk/errors.ts";
import { fraudProofAbi } from "../../sdk/methods/fraudProof.ts";
import { methods } from "../../sdk/methods/index.ts";
import { quorumAbi } from "../../sdk/methods/quorum.ts";

const caught = async (promise: Promise<unknown>): Promise<unknown> => promise.then(() => undefined).catch((e) => e);
const call = { data: "0x00", to: "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF" } as const;
/** What viem throws when a node answers a call with this JSON-RPC error. */
const answering = (error: object) =>
  caught(
    createPublicClient({
      transport: custom({ request: () => Promise.reject(Object.assign(new Error(), error)) }, { retryCount: 0 }),
    }).call(call),
  );

describe("errors", () => {
  const data = encodeErrorResult({ abi: campaignAbi, errorName: "UnknownSeason", args: [9n] });

  it("says that an RPC can't be reached, without its path, which may hold a key", async () => {
    const rpc = createPublicClient({ transport: http("http://127.0.0.1:1/v2/secret", { retryCount: 0 }) });
    const error = await caught(rpc.getChainId());
    expect(isConnectionError(error)).to.equal(true);
    expect(sentenceOf(error)).to.equal("The RPC at http://127.0.0.1:1 can't be reached.");
  });

  it("says that an RPC takes no more requests, in whatever way it says so", async () => {
    const throttled = (answer: () => Response) =>
      caught(
        createPublicClient({
          transport: http("http://127.0.0.1:1/v2/secret", { retryCount: 0, fetchFn: async () => answer() }),
        }).getChainId(),
      );
    const refusing = (code: number, message: string) => () =>
      Response.json({ jsonrpc: "2.0", id: 1, error: { code, message } });
    for (const answer of [
      ...[429, 15, -32005, -32007, -32016].map((code) => refusing(code, "no")),
      ...["rate limit", "Too many requests", "server busy", "50/second request limit reached"].map((message) =>
        refusing(-32000, message),
      ),
      () => new Response("no", { status: 429 }),
      () => new Response("no", { status: 503, headers: { "retry-after": "1" } }),
    ]) {
      const error = await throttled(answer);
      expect(isConnectionError(error)).to.equal(true);
      expect(sentenceOf(error)).to.equal("The RPC at http://127.0.0.1:1 takes no more requests for now.");
    }
    for (const [code, message] of [
      [-32000, "header not found"],
      [-32005, "query returned more than 10000 results"],
    ] as const)
      expect(isConnectionError(await throttled(refusing(code, message)))).to.equal(false);
  });

  it("finds what a call reverted with, wherever a node puts it", async () => {
    for (const error of [
      { code: 3, message: "execution reverted", data },
      { code: -32603, message: "reverted", data: { message: "reverted", data } },
    ]) {
      const found = await answering(error);
      expect(revertDataOf(found)).to.equal(data);
      expect(isConnectionError(found)).to.equal(false);
    }
    expect(revertDataOf(new Error("It broke."))).to.equal(undefined);
  });

  it("says what a contract of another shape gave, and nothing where viem gives no details", async () => {
    const word = `0x${"f".repeat(64)}`;
    const rpc = createPublicClient({ transport: custom({ request: async () => word }) });
    const parameters = { address: call.to, abi: parseAbi(["function size() view returns (uint32)"]) } as const;
    const error = await caught(rpc.readContract({ ...parameters, functionName: "size" }));
    expect(sentenceOf(error)).to.contain("integer range").and.not.to.contain("undefined");
  });

  it("names the custom error and its arguments", () => {
    const error = new RevertError("award", data);
    expect(error.message).to.equal("award was refused: UnknownSeason(seasonId: 9).");
    expect([error.errorName, error.args]).to.deep.equal(["UnknownSeason", [9n]]);
  });

  it("names the errors of a beacon, which a draw may be refused with", () => {
    for (const errorName of ["NotYet", "HashGone", "WrongProof"] as const) {
      const refused = new RevertError("draw", encodeErrorResult({ abi: beaconAbi, errorName, args: [9n] }));
      expect(refused.message).to.equal(`draw was refused: ${errorName}(blockNumber: 9).`);
    }
  });

  it("names the errors of every known method, one that is registered later among them", () => {
    const refusalOf = (abi: Abi, errorName: string, args: unknown[]) =>
      new RevertError("settle", encodeErrorResult({ abi, errorName, args })).message;
    expect(refusalOf(quorumAbi, "UnknownCase", [ZERO_HASH])).to.contain(`UnknownCase(uid: ${ZERO_HASH})`);
    expect(refusalOf(fraudProofAbi, "NotOpen", [ZERO_HASH])).to.contain(`NotOpen(id: ${ZERO_HASH})`);
    const abi = parseAbi(["error NotToday(uint256 day)"]);
    expect(refusalOf(abi, "NotToday", [7n])).to.contain("it reverted with 0x");
    Object.assign(methods, { toy: { ...methods.quorum, id: 7, abi } });
    try {
      expect(refusalOf(abi, "NotToday", [7n])).to.equal("settle was refused: NotToday(day: 7).");
    } finally {
      delete (methods as { toy?: unknown }).toy;
    }
  });

  it("quotes what it can't decode, and says when there is no reason", () => {
    expect(new RevertError("draw", "0x12345678").message).to.equal("draw was refused: it reverted with 0x12345678.");
    expect(new RevertError("draw", "0x").message).to.equal("draw was refused: it reverted without a reason.");
    expect(new RevertError("draw", undefined).errorName).to.equal(undefined);
  });

  it("makes a sentence of anything thrown", async () => {
    expect(sentenceOf(new Error("The disk is full."))).to.equal("The disk is full.");
    expect(sentenceOf("no")).to.equal("no");
    expect(sentenceOf(await answering({ code: -32000, message: "header not found" }))).to.contain("header not found");
  });
});
