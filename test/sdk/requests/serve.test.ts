import { expect } from "chai";
import type { Hex } from "viem";
import { RevertError } from "../../../sdk/errors.ts";
import { Status } from "../../../sdk/protocol.ts";
import { ask } from "../../../sdk/requests/ask.ts";
import { readAnswer, readRequest, readShownOutput } from "../../../sdk/requests/read.ts";
import { RequestState, requestContext } from "../../../sdk/requests/request.ts";
import { accept, answer, coverAnswer } from "../../../sdk/requests/serve.ts";
import { type Site, startSite } from "../../participant/chain.ts";
import { answerByHand, wishOf } from "../../participant/requests/byHand.ts";

describe("serving requests", () => {
  let site: Site;
  before(async () => {
    site = await startSite(4);
  });
  after(() => site.close());

  const asked = (value: number) => ask(site.client, site.senderOf(1), wishOf(site, value));
  const refused = (call: Promise<unknown>) => call.catch((error: unknown) => error);

  it("refuses to accept what another prover has, and to answer what it hasn't accepted", async () => {
    const { request } = await asked(1);
    await accept(site.client, site.senderOf(2), request);
    const late = await refused(accept(site.client, site.senderOf(3), request));
    expect(late).to.be.instanceOf(RevertError).and.include({ errorName: "StillAnswering" });
    const other = await asked(2);
    const given = await answerByHand(site, 2, other);
    const moved = await refused(answer(site.client, site.senderOf(2), request, { ...given, output: "0x" }));
    expect(moved).to.be.instanceOf(RevertError);
  });

  it("answers with the cover that the request asks for, and locks no more than is missing", async () => {
    const made = await asked(3);
    const { uid } = await answerByHand(site, 2, made);
    const state = await readRequest(site.client, made.requestId);
    expect(state.state).to.equal(RequestState.covered);
    const found = await readAnswer(site.client, state);
    expect(found).to.include({ uid, status: Status.pending, cover: made.request.cover });
    const named = { uid, modelId: made.request.modelId, context: requestContext(made.requestId) };
    expect(await readShownOutput(site.client, named)).to.deep.equal(state.answer?.output);
    expect(await readShownOutput(site.client, { ...named, uid: made.requestId })).to.equal(undefined);
    // Not the id itself, which is its own context where it begins with 2.
    const other: Hex = `0x01${made.requestId.slice(4)}`;
    expect(await readShownOutput(site.client, { ...named, context: other })).to.equal(undefined);
    await coverAnswer(site.client, site.senderOf(2), made.request, uid);
    expect((await readAnswer(site.client, state))?.cover).to.equal(made.request.cover);
  });
});
