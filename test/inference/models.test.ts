import { expect } from "chai";
import { type Hex, keccak256, sha256 } from "viem";
import { UnavailableError } from "../../inference/content.ts";
import { nameModel, type PublishedModel } from "../../inference/model.ts";
import { InvalidModelError, openModels } from "../../inference/models.ts";
import { openContent } from "../../participant/content.ts";
import { loadPinnedRuntime } from "../../participant/runtime.ts";
import { publishModel } from "../../scripts/season.ts";
import { modelId as nameOf, ZERO_HASH } from "../../sdk/commitments.ts";
import { encodeLayout, INT8, UINT8 } from "../../sdk/layouts.ts";
import { type Site, startSite } from "../participant/chain.ts";

describe("models", () => {
  let site: Site;
  before(async () => {
    site = await startSite(2);
  });
  after(() => site.close());

  const publish = (model: PublishedModel, artifact: Uint8Array) =>
    publishModel(site.client, site.senderOf(1), site.content, model, artifact);
  const failure = async (modelId: Hex, models = site.models): Promise<Error> => {
    const error = await models.open(modelId).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(Error);
    return error as Error;
  };

  it("refuses a model that nobody published", async () => {
    expect((await failure(ZERO_HASH)).message).to.equal(`No model ${ZERO_HASH} has been published.`);
  });

  it("refuses a model for another runtime", async () => {
    const { artifact, layout, model } = site.digits;
    const parts = { ...model, runtimeId: `0x${"11".repeat(32)}` as const };
    const modelId = nameOf({ ...parts, layoutHash: keccak256(layout) });
    await publish({ ...parts, modelId }, artifact);
    const error = await failure(modelId);
    expect(error).to.be.instanceOf(UnavailableError);
    expect(error.message).to.contain(`runs on runtime ${parts.runtimeId}`);
  });

  it("refuses layers that disagree with the file", async () => {
    const { artifact, layout, rows } = site.digits;
    const changed = rows.slice();
    changed[6] = (changed[6] as number) ^ 1;
    const model = nameModel(artifact, layout, changed);
    await publish(model, artifact);
    const error = await failure(model.modelId);
    expect(error).to.be.instanceOf(InvalidModelError);
    expect(error.message).to.contain("The file is not what its layout and rows make");
  });

  it("refuses a file that is no model", async () => {
    const artifact = new TextEncoder().encode("no model");
    const layout = encodeLayout({
      widths: [],
      input: { name: "input", dtype: INT8, dims: [1, 4] },
      output: { name: "output", dtype: UINT8, dims: [1, 2] },
    });
    const model = nameModel(artifact, layout, new Uint8Array(0));
    await publish(model, artifact);
    expect(await failure(model.modelId)).to.be.instanceOf(InvalidModelError);
  });

  it("refuses a file that can't be had, and takes it when it can", async () => {
    const content = openContent(`${site.directory}/elsewhere`);
    const models = openModels(site.client, content, await loadPinnedRuntime());
    const { artifact, model } = site.digits;
    const error = await failure(model.modelId, models);
    expect(error).to.be.instanceOf(UnavailableError);
    await content.put(artifact, "sha2-256");
    const opened = await models.open(model.modelId);
    expect(opened.publication.artifactHash).to.equal(sha256(artifact));
    expect(await models.open(model.modelId)).to.equal(opened);
    expect(await opened.session.run(new Uint8Array(64))).to.have.lengthOf(10);
  });
});
