import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { Hex } from "viem";
import { UnavailableError } from "../../../../inference/content.ts";
import { nameModel } from "../../../../inference/model.ts";
import type { Models } from "../../../../inference/models.ts";
import { encodeTensor, hashTensor } from "../../../../inference/tensors.ts";
import { runJobs } from "../../../../participant/jobs.ts";
import { openJournal } from "../../../../participant/journal.ts";
import { createKeeper } from "../../../../participant/keeper.ts";
import type { Tools } from "../../../../participant/methods/method.ts";
import { createVerifier } from "../../../../participant/methods/quorum/verifier.ts";
import { openLanes } from "../../../../participant/models.ts";
import { publishModel } from "../../../../scripts/season.ts";
import { detailOf, type SingleState } from "../../../../sdk/attestations.ts";
import { contractOf } from "../../../../sdk/client.ts";
import { INVALID, UNAVAILABLE } from "../../../../sdk/commitments.ts";
import { cidOfSha256 } from "../../../../sdk/content.ts";
import { unitContext } from "../../../../sdk/contexts.ts";
import { encodeLayout, INT8 } from "../../../../sdk/layouts.ts";
import { quorum } from "../../../../sdk/methods/quorum.ts";
import { Status } from "../../../../sdk/protocol.ts";
import { floatLayout } from "../../../inference/graph/onnx.ts";
import { type Site, startSite } from "../../chain.ts";
import { attestByHand, type ByHand, imageOf } from "./attestByHand.ts";

describe("verifier", () => {
  let site: Site;
  let verifying: AbortController;
  /** Starts the three verifiers, with something in another's place. */
  const startVerifiers = (changed: Partial<Tools> = {}): void => {
    verifying = new AbortController();
    const verifiers = [2, 3, 4].map((n) => createVerifier({ ...site, ...changed, sender: site.senderOf(n) }));
    runJobs(site.follower, verifiers, { signal: verifying.signal, report: site.report }).catch((error: Error) =>
      site.report(`Fatal: ${error.message}`),
    );
  };
  before(async () => {
    site = await startSite(6);
    startVerifiers();
    runJobs(site.follower, [createKeeper(site.client, site.senderOf(0))], site).catch(() => undefined);
    const contract = contractOf(site.client, quorum);
    for (;;) {
      if ((await site.client.rpc.readContract({ ...contract, functionName: "memberCount" })) === 3n) break;
      await site.follower.heads.next();
    }
    await site.follower.heads.next();
  });
  after(async () => {
    verifying.abort();
    await site.close();
  });

  const votesOn = async ({ id }: SingleState): Promise<Hex[]> => {
    const logs = await site.client.rpc.getContractEvents({
      ...contractOf(site.client, quorum),
      ...{ eventName: "VoteRevealed", args: { uid: id }, fromBlock: 0n, strict: true },
    });
    return logs.map(({ args }) => args.outputHash);
  };

  it("refuses a unit whose input is not the assigned one", async () => {
    const seasonId = await site.openSeason(400, 1);
    await site.until(() => {
      const season = site.follower.state.seasons.get(seasonId);
      return season?.seed !== undefined && site.follower.state.head.timestamp > season.startsAt;
    });
    const campaign = site.client.contracts.campaign.address;
    const context = unitContext({ campaign, seasonId, taskId: 1n, unit: 0n });
    const image = await imageOf(site, 3);
    const settled = await attestByHand(site, site.senderOf(1), { ...image, context });
    expect(settled.status).to.equal(Status.refuted);
    expect(await votesOn(settled)).to.deep.equal([INVALID]);
  });

  it("refuses an input that is not the model's", async () => {
    const tensor = { spec: { name: "other", dtype: INT8, dims: [1, 64] }, data: new Uint8Array(64) };
    await site.content.put(encodeTensor(tensor), "keccak-256");
    const settled = await attestByHand(site, site.senderOf(1), { inputHash: hashTensor(tensor) });
    expect(settled.status).to.equal(Status.refuted);
    expect(await votesOn(settled)).to.deep.equal([INVALID]);
  });

  it("refutes a wrong answer", async () => {
    const image = await imageOf(site, 4);
    await site.content.put(image.bytes, "keccak-256");
    const settled = await attestByHand(site, site.senderOf(1), { inputHash: image.inputHash });
    expect(settled.status).to.equal(Status.refuted);
    expect(await votesOn(settled)).to.deep.equal([image.outputHash]);
  });

  it("says that an input is unavailable, but waits for it first", async () => {
    const image = await imageOf(site, 5);
    const settled = await attestByHand(site, site.senderOf(1), image);
    expect(settled.status).to.equal(Status.void);
    expect(await votesOn(settled)).to.deep.equal([UNAVAILABLE]);
    expect(site.reports.some((sentence) => sentence.endsWith("is unavailable."))).to.equal(true);
    await site.content.put(image.bytes, "keccak-256");
  });

  it("verifies a free attestation, finding its input by its hash", async () => {
    const image = await imageOf(site, 5);
    const settled = await attestByHand(site, site.senderOf(1), image);
    expect(settled.status).to.equal(Status.verified);
  });

  it("reveals after a restart what it committed to before", async () => {
    const image = await imageOf(site, 6);
    await site.content.put(image.bytes, "keccak-256");
    const settling = attestByHand(site, site.senderOf(1), image);
    await site.until(() =>
      [...site.follower.state.attestations.byId.values()].some(
        (each) => each.status === Status.pending && (detailOf(quorum, each)?.committed.size ?? 0) > 0,
      ),
    );
    verifying.abort();
    const reopened = openJournal(`${site.directory}/journal.sqlite`);
    startVerifiers({ journal: reopened });
    const settled = await settling;
    expect(settled.status).to.equal(Status.verified);
    expect(await votesOn(settled)).to.deep.equal([image.outputHash]);
    verifying.abort();
    reopened.close();
  });

  it("says that a vote is not in its journal", async () => {
    startVerifiers();
    const image = await imageOf(site, 6);
    const settling = attestByHand(site, site.senderOf(1), image);
    await site.until(() =>
      [...site.follower.state.attestations.byId.values()].some(
        (each) => each.status === Status.pending && (detailOf(quorum, each)?.committed.size ?? 0) > 0,
      ),
    );
    verifying.abort();
    const lost = openJournal(`${site.directory}/lost.sqlite`);
    startVerifiers({ journal: lost });
    await site.until(() => site.reports.some((sentence) => sentence.includes("is not in this journal")));
    verifying.abort();
    lost.close();
    startVerifiers();
    // The first journal's vote is refused by nobody: the seat is still there to be revealed.
    expect((await settling).status).to.equal(Status.verified);
  });

  /** Lets verifiers with something in another's place vote on an attestation; returns it settled. */
  const settledWith = async (changed: Partial<Tools>, of: Site, chosen: ByHand): Promise<SingleState> => {
    verifying.abort();
    startVerifiers(changed);
    const settled = await attestByHand(of, site.senderOf(1), chosen);
    verifying.abort();
    startVerifiers();
    return settled;
  };
  const nothing: Models = { open: () => Promise.reject(new Error("Nobody should ask for it.")) };

  it("votes rightly on an integer model whose file nobody has", async () => {
    const get = (cid: string) =>
      cid === cidOfSha256(site.digits.model.artifactHash)
        ? Promise.reject(new UnavailableError("Nobody has it."))
        : site.content.get(cid);
    const content = { ...site.content, get };
    const { models, strangers, close } = await openLanes(site.client, content);
    const image = await imageOf(site, 7);
    await site.content.put(image.bytes, "keccak-256");
    const settled = await settledWith({ content, models, strangers }, site, image);
    close();
    expect(settled.status).to.equal(Status.verified);
  });

  it("keeps strangers' models out of the way of a season's, and calls a graph that runs nowhere invalid", async () => {
    const image = await imageOf(site, 8);
    await site.content.put(image.bytes, "keccak-256");
    expect((await settledWith({ strangers: nothing }, site, image)).status).to.equal(Status.verified);

    const artifact = readFileSync(new URL("../../../fixtures/onnx/loop_endless.onnx", import.meta.url));
    const layout = encodeLayout(floatLayout([1, 4], [1, 4]));
    const model = nameModel(artifact, layout, new Uint8Array(0));
    await publishModel(site.client, site.senderOf(1), site.content, model, artifact);
    const endless = { ...site, digits: { ...site.digits, model } };
    const settled = await settledWith({ models: nothing }, endless, image);
    expect(await votesOn(settled)).to.deep.equal([INVALID]);
  });

  it("votes in time although a run doesn't end, and says that it couldn't be had", async () => {
    const models: Models = {
      open: async (modelId) => ({
        ...(await site.models.open(modelId)),
        session: { run: () => new Promise<never>(() => {}) },
      }),
    };
    const image = await imageOf(site, 9);
    await site.content.put(image.bytes, "keccak-256");
    const settled = await settledWith({ models }, site, image);
    expect(settled.status).to.equal(Status.void);
    expect(await votesOn(settled)).to.deep.equal([UNAVAILABLE]);
  });

  it("never calls invalid what this machine can't do", async () => {
    const models: Models = { open: () => Promise.reject(new TypeError("memory access out of bounds")) };
    const image = await imageOf(site, 10);
    await site.content.put(image.bytes, "keccak-256");
    expect(await votesOn(await settledWith({ models }, site, image))).to.deep.equal([UNAVAILABLE]);
  });

  it("never failed otherwise", () => {
    expect(site.reports.filter((sentence) => sentence.startsWith("Fatal"))).to.deep.equal([]);
  });
});
