import { expect } from "chai";
import { type Hex, keccak256, sha256 } from "viem";
import { UnavailableError } from "../../inference/content.ts";
import { HostLimitError, InvalidModelError } from "../../inference/failures.ts";
import { nameModel, type PublishedModel } from "../../inference/model.ts";
import { openModels } from "../../inference/models.ts";
import { type OpenedModel, openHere } from "../../inference/opener.ts";
import { pinnedRuntime } from "../../inference/pinned.ts";
import { loadRuntime } from "../../inference/runtime.ts";
import { readModel } from "../../models/read.ts";
import { openContent } from "../../participant/content.ts";
import { publishModel } from "../../participant/publish.ts";
import { loadPinnedRuntime } from "../../participant/runtime.ts";
import { modelId as nameOf, ZERO_HASH } from "../../sdk/commitments.ts";
import { WrongHashError } from "../../sdk/content.ts";
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
    expect(error.message).to.match(/its layout and rows make a file with the sha256 0x\w{64}; it names 0x/);
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

  it("refuses a float model's file that is unavailable, and takes it when it can", async () => {
    const content = openContent(`${site.directory}/elsewhere`);
    const models = openModels(site.client, content, openHere(await loadPinnedRuntime()));
    const { artifact, model } = await readModel("risk");
    await publish(model, artifact);
    const error = await failure(model.modelId, models);
    expect(error).to.be.instanceOf(UnavailableError);
    await content.put(artifact, "sha2-256");
    const opened = await models.open(model.modelId);
    expect(opened.publication.artifactHash).to.equal(sha256(artifact));
    expect(await models.open(model.modelId)).to.equal(opened);
    expect(await opened.session.run(new Uint8Array(16))).to.have.lengthOf(2);
  });

  it("makes an integer model's file from what is on chain, when nobody has it", async () => {
    const asked: string[] = [];
    const get = (cid: string) => {
      asked.push(cid);
      return Promise.reject(new UnavailableError("Nobody has it."));
    };
    const models = openModels(site.client, { get }, openHere(await loadPinnedRuntime()));
    const { session, publication } = await models.open(site.digits.model.modelId);
    expect(publication.artifactHash).to.equal(sha256(site.digits.artifact));
    expect(await session.run(new Uint8Array(64))).to.have.lengthOf(10);
    expect(asked).to.deep.equal([]);
  });

  it("says of a runtime that isn't the pinned one that nothing can run here, and by which hash", async () => {
    const spoiled = openHere(() => loadRuntime(new Uint8Array(8)));
    const error = await failure(site.digits.model.modelId, openModels(site.client, site.content, spoiled));
    expect(error).to.be.instanceOf(HostLimitError);
    expect(error.cause).to.be.instanceOf(WrongHashError).and.to.include({ expected: pinnedRuntime.wasmHash });
  });

  it("says of what this machine can't do that it can't, not that the model is wrong", async () => {
    const opener = { open: () => Promise.reject(new HostLimitError("There is no memory left.")) };
    const models = openModels(site.client, site.content, opener);
    const error = await failure(site.digits.model.modelId, models);
    expect(error).to.be.instanceOf(UnavailableError).and.not.instanceOf(InvalidModelError);
  });

  it("remembers that a model runs nowhere", async () => {
    let asked = 0;
    const open = () => {
      asked += 1;
      return Promise.reject(new InvalidModelError("It has a loop."));
    };
    const models = openModels(site.client, site.content, { open }, { most: 1 });
    const { modelId } = site.digits.model;
    for (let i = 0; i < 3; i++) expect((await failure(modelId, models)).message).to.equal("It has a loop.");
    expect(asked).to.equal(1);
  });

  it("keeps no more models than it may, and none that failed", async () => {
    let opened = 0;
    const open = () => {
      opened += 1;
      return opened === 1 ? Promise.reject(new HostLimitError("Not now.")) : Promise.resolve({} as OpenedModel);
    };
    const models = openModels(site.client, site.content, { open }, { most: 1 });
    const [first, second] = [site.digits.model.modelId, (await readModel("risk")).model.modelId];
    await failure(first, models);
    for (const modelId of [first, first, second, second, first]) await models.open(modelId);
    expect(opened).to.equal(4);
  });
});
