import { expect } from "chai";
import { hexToBytes, keccak256, zeroHash } from "viem";
import { readModel } from "../../../models/read.ts";
import { publishModel } from "../../../participant/publish.ts";
import { connect, UntoldModelError } from "../../../sdk/client.ts";
import { RevertError } from "../../../sdk/errors.ts";
import { tensorBytes } from "../../../sdk/layouts.ts";
import { fraudProof } from "../../../sdk/methods/fraudProof.ts";
import { quorum } from "../../../sdk/methods/quorum.ts";
import { ask, prepareRequest, sendRequest, type Wish } from "../../../sdk/requests/ask.ts";
import { InvalidWishError } from "../../../sdk/requests/errors.ts";
import { readRequest } from "../../../sdk/requests/read.ts";
import { ETH, Finality, methodsIn } from "../../../sdk/requests/request.ts";
import { accountSender } from "../../../sdk/sending.ts";
import { accountOf, type Site, startSite } from "../../participant/chain.ts";
import { refusal } from "../../participant/refusal.ts";
import { image, wishOf } from "../../participant/requests/byHand.ts";

describe("ask", () => {
  let site: Site;
  before(async () => {
    site = await startSite(4);
  });
  after(() => site.close());

  const asker = () => site.senderOf(1);
  const tryWish = (change: Partial<Wish>) => ask(site.client, asker(), { ...wishOf(site, 1), ...change });

  for (const [what, change, field, said] of [
    ["no cover for a covered answer", { cover: undefined }, "cover", "The cover is 0"],
    ["a cover that is less than the fee", { cover: 5n, fee: 6n }, "cover", "The cover is 5"],
    ["cover for a verified answer", { finality: "verified" }, "cover", "Only a covered answer"],
    ["an input of another length", { input: new Uint8Array(3) }, "input", "The input has 3 bytes"],
  ] satisfies [string, Partial<Wish>, string, string][])
    it(`refuses ${what}, and names it`, async () => {
      const error = await tryWish(change).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(InvalidWishError).and.include({ field });
      expect((error as Error).message).to.contain(said);
    });

  it("refuses a model that nobody published, and covered answers of a float model", async () => {
    const unknown = await tryWish({ modelId: zeroHash }).catch((thrown: unknown) => thrown);
    expect(unknown).to.be.instanceOf(UntoldModelError);
    const risk = await readModel("risk");
    await publishModel(site.client, site.senderOf(0), site.content, risk.model, risk.artifact);
    const { modelId } = risk.model;
    const input = risk.inputs.slice(0, 16);
    expect(await refusal(tryWish({ modelId, input }))).to.equal(
      `No method of this deployment gives covered answers of model ${modelId}.`,
    );
    const verified = { ...wishOf(site, 1), modelId, input, finality: "verified", cover: undefined } as const;
    const { request } = await prepareRequest(site.client, ETH, verified);
    expect(methodsIn(request.methods)).to.deep.equal([quorum.id]);
    // As long as Quorum's panels may take.
    expect(request.answerWindow).to.be.greaterThanOrEqual(600);
  });

  it("refuses with a contract's reason", async () => {
    const error = await tryWish({ within: 1 }).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(RevertError).and.include({ errorName: "InvalidRequest" });
    expect((error as RevertError).args).to.deep.equal(["deadline"]);
  });

  it("says so where a deployment has no requests", async () => {
    const { InferenceRequests: _, ...contracts } = site.deployment.contracts;
    const older = connect({ ...site.deployment, contracts: contracts as never }, site.rpcUrl);
    expect(await refusal(ask(older, asker(), wishOf(site, 1)))).to.equal(
      "The deployment on chain 31337 has no InferenceRequests contract.",
    );
  });

  it("sends nothing once its signal is aborted", async () => {
    const before = await site.client.rpc.getTransactionCount({ address: asker().account.address });
    const error = await refusal(ask(site.client, asker(), wishOf(site, 1), AbortSignal.abort(new Error("enough"))));
    expect(error).to.equal("enough");
    expect(await site.client.rpc.getTransactionCount({ address: asker().account.address })).to.equal(before);
  });

  it("asks for covered answers for the asker, under methods that never end Void", async () => {
    const { requestId, request, output, blockNumber } = await ask(site.client, asker(), wishOf(site, 1));
    expect(request).to.include({ beneficiary: asker().account.address, finality: Finality.covered, answerWindow: 600 });
    expect(methodsIn(request.methods)).to.deep.equal([fraudProof.id]);
    expect(tensorBytes(output)).to.equal(10);
    const shown = await readRequest(site.client, requestId, blockNumber);
    expect(shown.request).to.deep.equal(request);
    expect(keccak256(shown.input)).to.equal(request.inputHash);
    expect(shown.input.slice(-64)).to.deep.equal(image(1));
  });

  it("asks for verified answers under every method that settles the model, of a named input too", async () => {
    const inputHash = keccak256(hexToBytes("0x01"));
    const wish = { modelId: site.digits.model.modelId, input: { inputHash }, finality: "verified", fee: 1n } as const;
    const { request, input } = await prepareRequest(site.client, asker().account.address, {
      ...{ ...wish, methods: undefined, answerWindow: 60, within: 200, provers: [accountOf(2).address] },
      callback: { address: accountOf(3).address, gas: 50_000 },
    });
    expect(methodsIn(request.methods)).to.deep.equal([quorum.id, fraudProof.id]);
    expect(request).to.include({ inputHash, cover: 0n, beneficiary: ETH, answerWindow: 60, callbackGas: 50_000 });
    expect(request.provers).to.deep.equal([accountOf(2).address]);
    expect(input).to.equal("0x");
  });

  it("asks by a plain account, one call after the other", async () => {
    const sender = accountSender(site.client, accountOf(2));
    const prepared = await Promise.all(
      [1, 2, 3].map((value) => prepareRequest(site.client, sender.account.address, wishOf(site, value))),
    );
    const asked = await Promise.all(prepared.map((each) => sendRequest(site.client, sender, each)));
    expect(new Set(asked.map(({ requestId }) => requestId)).size).to.equal(3);
    const again = prepared[0] as (typeof prepared)[0];
    const error = await sendRequest(site.client, sender, again).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(RevertError).and.include({ errorName: "WrongState" });
  });
});
