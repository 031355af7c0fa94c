import { readFileSync } from "node:fs";
import { expect } from "chai";
import {
  type Abi,
  BaseError,
  createTestClient,
  encodeErrorResult,
  type Hex,
  http,
  type PublicClient,
  type TransactionReceipt,
} from "viem";
import { UnavailableError } from "../../../../inference/content.ts";
import { nameModel } from "../../../../inference/model.ts";
import type { Models } from "../../../../inference/models.ts";
import { encodeTensor, hashTensor } from "../../../../inference/tensors.ts";
import { emptyState } from "../../../../participant/chainState.ts";
import { runJobs } from "../../../../participant/jobs.ts";
import { openJournal } from "../../../../participant/journal.ts";
import { createKeeper } from "../../../../participant/keeper.ts";
import type { Tools } from "../../../../participant/methods/method.ts";
import { createVerifier } from "../../../../participant/methods/quorum/verifier.ts";
import { openLanes } from "../../../../participant/models.ts";
import { publishModel } from "../../../../participant/publish.ts";
import type { Sender } from "../../../../participant/sender.ts";
import { bondsAbi } from "../../../../sdk/abi.ts";
import { detailOf, type SingleState } from "../../../../sdk/attestations.ts";
import { contractOf } from "../../../../sdk/client.ts";
import { cidOfSha256 } from "../../../../sdk/content.ts";
import { unitContext } from "../../../../sdk/contexts.ts";
import type { Transaction } from "../../../../sdk/gas.ts";
import { encodeLayout, INT8 } from "../../../../sdk/layouts.ts";
import { quorum } from "../../../../sdk/methods/quorum.ts";
import { Status } from "../../../../sdk/protocol.ts";
import { INVALID, UNAVAILABLE } from "../../../../sdk/votes.ts";
import { floatLayout } from "../../../inference/graph/onnx.ts";
import { type Site, startSite } from "../../chain.ts";
import { refusal } from "../../refusal.ts";
import { attestByHand, type ByHand, imageOf } from "./attestByHand.ts";
import { startVerifiers, untilAllAreMembers } from "./verifiers.ts";

describe("verifier", () => {
  let site: Site;
  let stopVerifying: () => void;
  /** Starts the three verifiers anew, with something in another's place. */
  const restart = async (...changed: [changed?: Partial<Tools>, senderOf?: Site["senderOf"]]): Promise<void> => {
    stopVerifying();
    stopVerifying = await startVerifiers(site, ...changed);
  };
  before(async () => {
    site = await startSite(6);
    runJobs(site.follower, [createKeeper(site.client, site.senderOf(0))], site).catch(() => undefined);
    stopVerifying = await startVerifiers(site);
  });
  after(() => site.close());

  const votesOn = async ({ id }: SingleState): Promise<Hex[]> => {
    const logs = await site.client.rpc.getContractEvents({
      ...contractOf(site.client, quorum),
      ...{ eventName: "VoteRevealed", args: { uid: id }, fromBlock: 0n, strict: true },
    });
    return logs.map(({ args }) => args.outputHash);
  };
  /** A vote of the first panel's only member, and of the deciding panel that is called where it can't decide. */
  const threeTimes = (vote: Hex): Hex[] => [vote, vote, vote];
  const seatsOf = ({ id }: SingleState) =>
    site.client.rpc.readContract({ ...contractOf(site.client, quorum), functionName: "seatsOf", args: [id] });

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
    expect(await votesOn(settled)).to.deep.equal(threeTimes(UNAVAILABLE));
    expect((await seatsOf(settled)).map(({ round }) => round)).to.deep.equal([1, 2, 2]);
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
    const reopened = openJournal(`${site.directory}/journal.sqlite`);
    await restart({ journal: reopened });
    const settled = await settling;
    expect(settled.status).to.equal(Status.verified);
    expect(await votesOn(settled)).to.deep.equal([image.outputHash]);
    await restart();
    reopened.close();
  });

  it("says that a vote is not in its journal", async () => {
    const image = await imageOf(site, 6);
    const settling = attestByHand(site, site.senderOf(1), image);
    await site.until(() =>
      [...site.follower.state.attestations.byId.values()].some(
        (each) => each.status === Status.pending && (detailOf(quorum, each)?.committed.size ?? 0) > 0,
      ),
    );
    const lost = openJournal(`${site.directory}/lost.sqlite`);
    await restart({ journal: lost });
    await site.until(() => site.reports.some((sentence) => sentence.includes("is not in this journal")));
    await restart();
    lost.close();
    // The first journal's vote is refused by nobody: the seat is still there to be revealed.
    expect((await settling).status).to.equal(Status.verified);
  });

  /** Lets verifiers with something in another's place vote on an attestation; returns it settled. */
  const settledWith = async (changed: Partial<Tools>, of: Site, chosen: ByHand): Promise<SingleState> => {
    await restart(changed);
    const settled = await attestByHand(of, site.senderOf(1), chosen);
    await restart();
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
    expect(await votesOn(settled)).to.deep.equal(threeTimes(UNAVAILABLE));
  });

  it("never calls invalid what this machine can't do", async () => {
    const models: Models = { open: () => Promise.reject(new TypeError("memory access out of bounds")) };
    const image = await imageOf(site, 10);
    await site.content.put(image.bytes, "keccak-256");
    expect(await votesOn(await settledWith({ models }, site, image))).to.deep.equal(threeTimes(UNAVAILABLE));
  });

  it("serves on a seat that another member missed", async () => {
    let dropped = 0;
    const once = (n: number): Sender => ({
      account: site.senderOf(n).account,
      send(call) {
        return call.name === "commit" && dropped++ === 0 ? new Promise(() => {}) : site.senderOf(n).send(call);
      },
    });
    await restart({}, once);
    const image = await imageOf(site, 11);
    await site.content.put(image.bytes, "keccak-256");
    const settled = await attestByHand(site, site.senderOf(1), image);
    expect(settled.status).to.equal(Status.verified);
    const [missed, filled, ...more] = await seatsOf(settled);
    expect([missed?.state, filled?.state, more.length]).to.deep.equal([3, 2, 0]);
    expect(missed?.member).to.not.equal(filled?.member);
  });

  it("joins again a day after it was taken off the list, and says so", async () => {
    const said = (what: string) => site.reports.filter((sentence) => sentence.includes(what)).length;
    await site.until(() => said("it is off the list of verifiers, and may join again at 20") === 1);
    const clock = createTestClient({ mode: "hardhat", transport: http(site.rpcUrl) });
    await clock.increaseTime({ seconds: 86_400 });
    await untilAllAreMembers(site);
    await site.until(() => said("it is on the list of verifiers again") === 1);
  });

  describe("off the list", () => {
    const account = () => site.senderOf(5).account;
    const refusalBy = (abi: Abi, errorName: string, args: unknown[]) =>
      new BaseError("It is refused.", {
        cause: Object.assign(new Error(), { data: encodeErrorResult({ abi, errorName, args }) }),
      });
    const tooEarly = refusalBy(quorum.abi, "TooEarlyToJoin", [5_000n]);
    const lacking = (free: bigint, needed: bigint) => {
      const holder = contractOf(site.client, quorum).address;
      return refusalBy(bondsAbi, "InsufficientFree", [holder, account().address, free, needed]);
    };

    /** A verifier to whom joining would be refused with these errors, one after the other, then no more. */
    function verifierOf(...refusals: Error[]) {
      const sent: { name: string; value: bigint }[] = [];
      const reports: string[] = [];
      const chain = { isMember: false };
      const send = async ({ name, value }: Transaction) => {
        sent.push({ name, value });
        return {} as TransactionReceipt;
      };
      const readContract = async ({ functionName }: { functionName: string }) =>
        functionName === "isMember" ? chain.isMember : { verifierBond: 1_000n };
      const call = async () => {
        const refused = refusals.shift();
        if (refused) throw refused;
      };
      const rpc = { ...site.client.rpc, readContract, call } as unknown as PublicClient;
      const verifier = createVerifier({
        ...{ ...site, client: { ...site.client, rpc }, sender: { account: account(), send } },
        report: (sentence) => void reports.push(sentence),
      });
      const due = (number: bigint, timestamp = 1_000n) => {
        const head = { ...site.follower.state.head, number, timestamp };
        return verifier.due({ ...emptyState(head) });
      };
      return { chain, sent, reports, due };
    }

    it("passes on a refusal that it can do nothing about", async () => {
      const { due, sent } = verifierOf(refusalBy(quorum.abi, "NotMember", [account().address]));
      expect(await refusal(due(0n)[0]?.run() as Promise<void>)).to.contain("NotMember");
      expect(sent).to.deep.equal([]);
    });

    it("doesn't fill up by itself a bond of which more than half was lost", async () => {
      const { due, chain, sent, reports } = verifierOf(lacking(0n, 501n));
      chain.isMember = true;
      await due(0n)[0]?.run();
      chain.isMember = false;
      await due(32n)[0]?.run();
      expect(sent).to.deep.equal([]);
      expect(reports).to.deep.equal([
        `verifier ${account().address}: it is off the list of verifiers, for it lost more than half of its bond.`,
      ]);
      expect(due(1_000n, 1_000_000n)).to.deep.equal([]);
    });

    it("waits until it may join again", async () => {
      const { due, sent, reports } = verifierOf(tooEarly);
      await due(0n)[0]?.run();
      expect(reports).to.deep.equal([
        `verifier ${account().address}: it is off the list of verifiers, and may join again at 1970-01-01T01:23:20.000Z.`,
      ]);
      expect(due(64n, 4_999n)).to.deep.equal([]);
      await due(64n, 5_000n)[0]?.run();
      expect(sent.map(({ name }) => name)).to.deep.equal(["join"]);
    });

    it("looks once in 32 blocks", () => {
      const { due } = verifierOf();
      const keys = [0n, 31n, 32n].map((number) => due(number)[0]?.key);
      expect(new Set(keys.slice(0, 2)).size).to.equal(1);
      expect(keys[2]).to.not.equal(keys[1]);
    });

    it("joins at first with all that its bond lacks, and deposits no more than that", async () => {
      const { due, sent, reports } = verifierOf(lacking(30n, 1_000n));
      await due(0n)[0]?.run();
      expect(sent).to.deep.equal([
        { name: "deposit", value: 970n },
        { name: "join", value: 0n },
      ]);
      expect(reports).to.deep.equal([`verifier ${account().address}: it is on the list of verifiers.`]);
    });

    it("fills up what it lost by an absence, and joins again", async () => {
      const { due, chain, sent, reports } = verifierOf(lacking(0n, 500n));
      chain.isMember = true;
      await due(0n)[0]?.run();
      expect(sent).to.deep.equal([]);
      chain.isMember = false;
      await due(32n)[0]?.run();
      expect(sent.map(({ name, value }) => [name, value])).to.deep.equal([
        ["deposit", 500n],
        ["join", 0n],
      ]);
      expect(reports).to.deep.equal([`verifier ${account().address}: it is on the list of verifiers again.`]);
    });
  });

  it("never failed otherwise", () => {
    expect(site.reports.filter((sentence) => sentence.startsWith("Fatal"))).to.deep.equal([]);
  });
});
