import { expect } from "chai";
import type { Hex } from "viem";
import { programOf } from "../../../../inference/graphModel/program.ts";
import { nameModel } from "../../../../inference/model.ts";
import type { Models } from "../../../../inference/models.ts";
import { unsigned } from "../../../../inference/operators/operator.ts";
import { encodeTensor, hashTensor, InvalidRunError } from "../../../../inference/tensors.ts";
import { readModel } from "../../../../models/read.ts";
import { runJobs } from "../../../../participant/jobs.ts";
import { type Journal, openJournal } from "../../../../participant/journal.ts";
import { createKeeper } from "../../../../participant/keeper.ts";
import type { Tools } from "../../../../participant/methods/method.ts";
import { createProver, type ProverOptions } from "../../../../participant/methods/quorum/prover.ts";
import { publishModel } from "../../../../participant/publish.ts";
import type { Sender } from "../../../../participant/sender.ts";
import { lieAfter } from "../../../../scripts/demo/accounts.ts";
import { openSeason } from "../../../../scripts/season.ts";
import { detailOf, type SingleState } from "../../../../sdk/attestations.ts";
import { contractOf } from "../../../../sdk/client.ts";
import { cidOfKeccak256 } from "../../../../sdk/content.ts";
import { encodeLayout, tensorBytes } from "../../../../sdk/layouts.ts";
import { type QuorumDetail, quorum } from "../../../../sdk/methods/quorum.ts";
import { Status } from "../../../../sdk/protocol.ts";
import { randomGeneration } from "../../../simulator/graphs/random.ts";
import { createRandom } from "../../../simulator/random.ts";
import { type Site, startSite } from "../../chain.ts";
import { refusal } from "../../refusal.ts";
import { startVerifiers } from "./verifiers.ts";

describe("prover", () => {
  let site: Site;
  let seasonId: bigint;
  let stopVerifying: () => void;
  /** A graph model that continues a text. */
  const writer = randomGeneration(createRandom(6));
  before(async () => {
    site = await startSite(14, { appeal: 80 });
    const startsAt = Number(site.follower.heads.latest.timestamp) + 20;
    const endsAt = startsAt + 2_000;
    const risk = await readModel("risk");
    await publishModel(site.client, site.senderOf(0), site.content, risk.model, risk.artifact);
    const rules = { method: quorum.id, points: 10n, unitsPerAccount: 3 };
    const tasks = [site.digits, risk].map(({ model, inputs, card }) => ({
      ...{ model, ...rules, noise: 8 },
      inputs: inputs.slice(0, (16 * inputs.length) / card.inputCount),
    }));
    const { artifact, layout, operators } = writer.model;
    const model = nameModel(artifact, encodeLayout(layout), new Uint8Array());
    await publishModel(site.client, site.senderOf(0), site.content, model, artifact);
    tasks.push({ model, ...rules, noise: 0, inputs: new Uint8Array(tensorBytes(layout.input)).fill(operators.length) });
    seasonId = await openSeason(site.client, site.senderOf(0), {
      ...{ startsAt, endsAt, closesAt: endsAt + 1_000, verifierCap: 1000n, uri: "", tasks },
    });
    runJobs(site.follower, [createKeeper(site.client, site.senderOf(0))], site).catch((error: Error) =>
      site.report(`Fatal: ${error.message}`),
    );
    stopVerifying = await startVerifiers(site);
    await site.until(() => site.follower.state.seasons.get(seasonId)?.seed);
  });
  after(() => site.close());

  /** Runs a prover of account `n` until `until` is true, then kills it. */
  const prove = async (n: number, changes: Partial<ProverOptions>, until: () => unknown): Promise<void> => {
    const stop = new AbortController();
    const prover = createProver({ ...site, sender: site.senderOf(n), seasonId, taskId: 1n, maxUnits: 1, ...changes });
    const run = runJobs(site.follower, [prover], { signal: stop.signal, report: site.report });
    try {
      await Promise.race([run, site.until(() => until() as boolean)]);
    } finally {
      stop.abort();
    }
    await run;
  };
  const attestationsOf = (n: number): SingleState[] => {
    const { address } = site.senderOf(n).account;
    return [...site.follower.state.attestations.byId.values()].filter(
      (each) => each.kind === "single" && each.message.prover === address,
    ) as SingleState[];
  };
  const journalOf = (n: number): Journal => openJournal(`${site.directory}/prover-${n}.sqlite`);
  const keptIn = (journal: Journal, n: number) =>
    journal.attestationsOf(
      site.deployment.chainId,
      site.client.contracts.attestationRegistry.address,
      site.senderOf(n).account.address,
    );

  it("skips a unit whose model has no valid run, and says so", async () => {
    let opened = 0;
    const models: Models = {
      async open(modelId) {
        const model = await site.models.open(modelId);
        if (opened++ > 0) return model;
        const run = () => Promise.reject(new InvalidRunError('Output "scores" has NaN at element 0.'));
        return { ...model, session: { run } };
      },
    };
    await prove(5, { models }, () => attestationsOf(5).length === 1);
    expect(attestationsOf(5)[0]?.message.context.endsWith("1")).to.equal(true);
    expect(site.reports.filter((sentence) => sentence.includes("has NaN"))).to.deep.equal([
      `prover ${site.senderOf(5).account.address}: unit 0 of task 1 has no answer. Output "scores" has NaN at element 0.`,
    ]);
  });

  it("has an attestation on disk before it is sent, and sends the same one after a crash", async () => {
    const journal = journalOf(6);
    const real = site.senderOf(6);
    const crashing: Sender = {
      account: real.account,
      send(call) {
        if (call.name !== "commit") return real.send(call);
        expect(keptIn(journal, 6)).to.have.lengthOf(1);
        throw new Error("The power went off.");
      },
    };
    const crashed = prove(6, { journal, sender: crashing }, () => false);
    expect(await refusal(crashed)).to.contain("The power went off.");
    const kept = keptIn(journal, 6)[0]?.uid;
    journal.close();

    const reopened = journalOf(6);
    await prove(6, { journal: reopened }, () => attestationsOf(6)[0]?.status === Status.verified);
    expect(attestationsOf(6).map(({ id }) => id)).to.deep.equal([kept]);
    expect(keptIn(reopened, 6)).to.have.lengthOf(1);
    reopened.close();
  });

  it("reveals after a restart what it committed to before", async () => {
    const journal = journalOf(7);
    await prove(7, { journal }, () => attestationsOf(7).length === 1);
    expect(attestationsOf(7)[0]?.answer).to.equal(undefined);
    journal.close();
    const reopened = journalOf(7);
    await prove(7, { journal: reopened }, () => attestationsOf(7)[0]?.status === Status.verified);
    expect(attestationsOf(7)).to.have.lengthOf(1);
    reopened.close();
  });

  it("says that an answer is not in its journal", async () => {
    const [journal, lost] = [journalOf(8), openJournal(`${site.directory}/lost.sqlite`)];
    await prove(8, { journal }, () => attestationsOf(8).length === 1);
    await prove(8, { journal: lost }, () =>
      site.reports.some((sentence) => sentence.includes("is not in this journal")),
    );
    await prove(8, { journal }, () => attestationsOf(8)[0]?.status === Status.verified);
    journal.close();
    lost.close();
  });

  it("attests what a graph model writes, and a panel that writes it again verifies it", async () => {
    const { operators, parameters, layout } = writer.model;
    const prompt = new Int8Array(tensorBytes(layout.input)).fill(operators.length);
    const written = programOf(operators, parameters).run(prompt).at(-1) as Int8Array;

    await prove(1, { taskId: 3n }, () => attestationsOf(1)[0]?.status === Status.verified);

    const output = { spec: layout.output, data: unsigned(written) };
    expect(attestationsOf(1)[0]?.answer?.outputHash).to.equal(hashTensor(output));
    const kept = await site.content.get(cidOfKeccak256(hashTensor(output)));
    expect(kept, "the text, for who wants to compare it").to.deep.equal(encodeTensor(output));
  });

  it("works through its units, no more at once than `parallel`", async () => {
    let most = 0;
    await prove(9, { maxUnits: 3, parallel: 2 }, () => {
      const own = attestationsOf(9);
      most = Math.max(most, own.filter(({ status }) => status === Status.pending).length);
      return own.filter(({ inLedger }) => inLedger).length === 3;
    });
    expect(most).to.equal(2);
    const { campaign } = site.client.contracts;
    const args = [seasonId, site.senderOf(9).account.address] as const;
    const [points] = await site.client.rpc.readContract({ ...campaign, functionName: "entryOf", args });
    expect(points).to.equal(30n);
  });

  describe("whose answer could be refuted", () => {
    /** Lets the verifiers vote with something in another's place. */
    const restart = async (changed: Partial<Tools> = {}): Promise<void> => {
      stopVerifying();
      stopVerifying = await startVerifiers(site, changed);
    };
    /** Verifiers who vote for another output. */
    const lying = () => ({ models: lieAfter(0, site.models) });
    const said = (n: number, what: string): boolean =>
      site.reports.some(
        (sentence) => sentence.startsWith(`prover ${site.senderOf(n).account.address}: `) && sentence.includes(what),
      );
    const statusOf = (n: number): number | undefined => attestationsOf(n)[0]?.status;
    const detailAt = (n: number): QuorumDetail => detailOf(quorum, attestationsOf(n)[0] as SingleState) as QuorumDetail;
    afterEach(() => restart());

    it("doesn't defend an answer that the model's rows don't give", async () => {
      await prove(10, lying(), () => statusOf(10) === Status.refuted);
      expect(said(10, "isn't defended: the model's rows give another output than it names.")).to.equal(true);
      expect([detailAt(10).shown, detailAt(10).appellant]).to.deep.equal([undefined, undefined]);
    });

    it("has its run shown where the panel decided for another", async () => {
      await restart(lying());
      await prove(11, {}, () => statusOf(11) === Status.verified);
      expect(said(11, "has its run shown.")).to.equal(true);
      expect(detailAt(11)).to.deep.include({ round: 1, appellant: undefined });
      expect(detailAt(11).shown?.trace).to.have.length.greaterThan(64);
      // Whoever voted for another output than the one that stands isn't paid as its verifier.
      const args = [attestationsOf(11)[0]?.id as Hex] as const;
      const verifiers = { ...contractOf(site.client, quorum), functionName: "verifiersOf", args } as const;
      expect(await site.client.rpc.readContract(verifiers)).to.deep.equal([]);
    });

    it("has its run shown where the first panel didn't decide and another one is called", async () => {
      await restart({ models: { open: () => Promise.reject(new Error("The disk is broken.")) } });
      await prove(12, {}, () => statusOf(12) === Status.verified);
      expect(said(12, "has its run shown.")).to.equal(true);
      expect(detailAt(12).round).to.equal(2);
    });

    it("appeals where the model has no rows", async () => {
      await restart(lying());
      const verified = prove(13, { taskId: 2n }, () => statusOf(13) === Status.verified);
      await site.until(() => said(13, "is appealed."));
      await restart();
      await verified;
      expect(detailAt(13)).to.deep.include({ round: 2, shown: undefined });
      expect(detailAt(13).appellant).to.equal(site.senderOf(13).account.address);
    });
  });

  it("never failed otherwise", () => {
    expect(site.reports.filter((sentence) => sentence.startsWith("Fatal"))).to.deep.equal([]);
  });
});
