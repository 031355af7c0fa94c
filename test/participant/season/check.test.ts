import { expect } from "chai";
import type { Address } from "viem";
import { openHere } from "../../../inference/opener.ts";
import { asGraph } from "../../../models/asGraph.ts";
import { readModel } from "../../../models/read.ts";
import { loadPinnedRuntime } from "../../../participant/runtime.ts";
import { checkSeason, type SeasonFinding } from "../../../participant/season/check.ts";
import { parseSeasonFile } from "../../../participant/season/file.ts";
import { cancelSeason, openPlanned } from "../../../participant/season/open.ts";
import type { SeasonReader } from "../../../participant/season/tasks.ts";
import type { Sender } from "../../../participant/sender.ts";
import { callOf } from "../../../sdk/calls.ts";
import { connect, readSeason } from "../../../sdk/client.ts";
import { encodeLayout } from "../../../sdk/layouts.ts";
import { accountOf, type Site, startSite } from "../chain.ts";
import { deployToken } from "../earned.ts";
import { rightFile } from "./seasonFile.ts";

const ORGANISER = accountOf(0).address;
const STRANGER = accountOf(1).address;
const POOR = accountOf(30).address;
const NOWHERE = "http://127.0.0.1:1";
const [task] = rightFile().tasks;
const UNKNOWN = `0x${"77".repeat(32)}`;

describe("checking a season", () => {
  let site: Site;
  let token: Address;
  let reader: SeasonReader;
  const runtime = loadPinnedRuntime();
  before(async () => {
    site = await startSite(4);
    token = await deployToken(site);
    const risk = await readModel("risk");
    const { digits } = site;
    const filesOf = ({ model, artifact, inputs }: typeof digits) => ({
      ...{ artifact, layout: model.layout, rows: model.rows, inputs: inputs.slice(0, inputs.length), card: undefined },
    });
    const [float, integer] = digits.model.rows.length === 0 ? [digits, risk] : [risk, digits];
    const layout = encodeLayout({
      widths: [],
      input: { name: "x", dtype: 3, dims: [1, 3] },
      output: { name: "y", dtype: 1, dims: [1, 2] },
    });
    const directories: Record<string, Awaited<ReturnType<SeasonReader["model"]>>> = {
      float: filesOf(float),
      integer: filesOf(integer),
      graph: filesOf(asGraph(integer)),
      typo: { ...filesOf(float), layout },
      bare: { ...filesOf(integer), inputs: undefined },
      alone: { ...filesOf(float), layout: undefined },
      carded: { ...filesOf(integer), card: new TextEncoder().encode(`{"modelId":"${UNKNOWN}"}`) },
    };
    reader = {
      async model(directory) {
        const found = directories[directory];
        if (found === undefined) throw new Error(`"${directory}" can't be read: ENOENT.`);
        return found;
      },
      inputs: async (file) => new Uint8Array(Number(file)),
    };
  });
  after(() => site.close());

  /** Everything that is found of a file, by another organiser or on another chain if they are given. */
  const check = async (changes: object, organiser = ORGANISER, client = site.client) =>
    checkSeason({
      ...{ client, organiser, reader, content: site.content, source: NOWHERE, opener: openHere(await runtime) },
      file: parseSeasonFile(JSON.stringify(rightFile({ tasks: [{ ...task, model: "integer" }], ...changes }))),
    });
  const refusals = (findings: readonly SeasonFinding[]): string[] =>
    findings.filter(({ result }) => result === "refused").map(({ about, detail }) => `${about}: ${detail}`);
  const withTask = (changes: object) => ({ tasks: [{ ...task, model: "integer", ...changes }] });
  const dates = (startsAt: string, endsAt: string, closesAt?: string) => ({ dates: { startsAt, endsAt, closesAt } });

  const wrong: [string, () => object, string | RegExp, Address?][] = [
    ["a model that isn't there", () => withTask({ model: "none" }), 'task 1: "none" can\'t be read: ENOENT.'],
    [
      "a model that wasn't published",
      () => withTask({ model: UNKNOWN, inputs: "64" }),
      `task 1: No model ${UNKNOWN} has been published.`,
    ],
    [
      "a model without a layout",
      () => withTask({ model: "alone", method: "Quorum" }),
      'task 1: "alone" has no layout.bin.',
    ],
    [
      "a layout that isn't the file's",
      () => withTask({ model: "typo", method: "Quorum" }),
      /^task 1: (graph|rows|runtime|run): /,
    ],
    [
      "a task without inputs",
      () => withTask({ model: "bare" }),
      'task 1: "bare" has no inputs.bin, and the task names no inputs.',
    ],
    [
      "inputs that don't fit the layout",
      () => withTask({ inputs: "65" }),
      /^task 1: inputs: The base inputs are 65 bytes, which is no multiple of the input's \d+\.$/,
    ],
    [
      "too many inputs",
      () => withTask({ inputs: "128000" }),
      /^task 1: inputs: There are \d+ base inputs of \d+ bytes; a task takes 1 to/,
    ],
    [
      "a card about another model",
      () => withTask({ model: "carded" }),
      `task 1: card.json is about the model "${UNKNOWN}"`,
    ],
    [
      "an unknown method",
      () => withTask({ method: "Magic" }),
      'task 1: "Magic" is no method; there are Quorum, FraudProof, ZkProof, Enclave, DisputeGame.',
    ],
    ["a float model under FraudProof", () => withTask({ model: "float" }), /^task 1: FraudProof: /],
    [
      "more points than a season takes",
      () => withTask({ points: 200_000_000 }),
      "points: An account can earn 4000001000 points, 1000 of them as verifier; a season takes at most 2147483647.",
    ],
    [
      "a start that is past",
      () => dates("2020-01-01T00:00Z", "3000d"),
      "dates: It starts at 2020-01-01T00:00:00Z, which is past",
    ],
    [
      "a start that opening doesn't reach",
      () => dates("+1s", "7d"),
      /^dates: It starts [-\d]+ seconds from now; opening takes about \d+\.$/,
    ],
    ["an end before the start", () => dates("+10m", "0s"), /^dates: It ends at .*Z, not after its start at .*Z\.$/],
    [
      "a close that is too early",
      () => dates("+10m", "7d", "10s"),
      /^dates: It closes at .*; units attested at the end may be settled and entered until/,
    ],
    [
      "a stranger",
      () => ({}),
      `rights: ${STRANGER} may not draft seasons: the deployment's administrator grants that.`,
      STRANGER,
    ],
    [
      "a token that isn't there",
      () => ({ reward: { token: STRANGER, pool: "5", claimPeriod: "30d" } }),
      `reward: There is no token at ${STRANGER}.`,
    ],
    [
      "a token that is none",
      () => ({ reward: { token: site.client.contracts.campaign.address, pool: "5", claimPeriod: "30d" } }),
      "is no ERC-20 token: ",
    ],
    [
      "more tokens than there are",
      () => ({ reward: { token, pool: `1${"0".repeat(30)}`, posterBudget: "3", claimPeriod: "30d" } }),
      "so 3 are missing.",
    ],
  ];
  for (const [what, changes, sentence, organiser] of wrong)
    it(`refuses ${what}`, async () => {
      const found = refusals((await check(changes(), organiser)).findings);
      if (typeof sentence === "string") expect(found[0]).to.contain(sentence);
      else expect(found[0]).to.match(sentence);
    });

  it("refuses an account without money, by how much is missing", async () => {
    const found = refusals((await check({}, POOR)).findings);
    expect(found.at(-1)).to.match(
      /^money: 0x\w+ has 0 ETH; \d+ gas at \d+ wei cost 0\.\d+ ETH, so 0\.\d+ ETH are missing\.$/,
    );
  });

  it("refuses a reward or a method that the deployment has no contract for", async () => {
    const { Rewards: _, ...contracts } = site.deployment.contracts;
    const older = connect({ ...site.deployment, contracts }, site.rpcUrl);
    const reward = { token, pool: "5", claimPeriod: "30d" };
    const { findings } = await check({ reward }, ORGANISER, older);
    expect(refusals(findings)).to.deep.equal(["reward: The deployment on chain 31337 has no Rewards contract."]);
  });

  it("says everything in one run", async () => {
    const tasks = [
      { ...task, model: "none" },
      { ...task, model: "float" },
      { ...task, model: "integer", points: 2_000_000_000 },
    ];
    const { findings } = await check({ tasks, reward: { token: STRANGER, pool: "5", claimPeriod: "30d" } });
    expect(refusals(findings).map((each) => each.split(":")[0])).to.deep.equal([
      "task 1",
      "task 2",
      "points",
      "reward",
    ]);
  });

  it("tells of a float model's file that nobody serves", async () => {
    const { findings } = await check(withTask({ model: "float", method: "Quorum" }));
    expect(refusals(findings)).to.deep.equal([]);
    const { detail } = findings.find(({ result }) => result === "note") as SeasonFinding;
    expect(detail).to.match(
      /^Nobody can verify a unit unless its file b\w+ is served (once it is published )?by \/ipfs: http:\/\/127\.0\.0\.1:1 can't be reached\.$/,
    );
  });

  describe("and opening it", () => {
    const reward = () => ({ token, pool: "1000", posterBudget: "5", claimPeriod: "30d" });
    const threeTasks = () => ({
      metadata: { title: "Three" },
      tasks: [
        { ...task, model: "integer" },
        { ...task, model: "float", method: "Quorum" },
        { ...task, model: "integer", points: 3 },
      ],
      reward: reward(),
    });
    const fileOf = (changes: object) => parseSeasonFile(JSON.stringify(rightFile(changes)));
    const open = async (changes: object) => {
      const { tasks, plan, findings } = await check(changes);
      expect(refusals(findings)).to.deep.equal([]);
      if (plan === undefined) throw new Error("There is no plan.");
      const sent = await openPlanned(site.client, site.senderOf(0), site.content, fileOf(changes), tasks, plan);
      return { plan, ...sent };
    };

    const expectSaid = ({ plan, receipts }: Awaited<ReturnType<typeof open>>): void => {
      const sent = receipts.reduce((sum, { receipt }) => sum + receipt.gasUsed, 0n);
      const said = Number(plan.gas) / Number(sent);
      const steps = plan.steps.filter(({ isDone }) => !isDone).map(({ name, gas }) => `${name} ${gas}`);
      const used = receipts.map(({ name, receipt }) => `${name} ${receipt.gasUsed}`);
      expect(said, `${steps.join(", ")}; used ${used.join(", ")}`).to.be.within(0.97, 1.1);
    };

    it("costs what was said", async () => {
      const opened = await open(threeTasks());
      const { seasonId } = opened;
      expectSaid(opened);
      const { seedBlock, taskCount } = await readSeason(site.client, seasonId);
      expect([seedBlock > 0, taskCount]).to.deep.equal([true, 3]);
    });

    it("has a task's method admit its model, once, if it takes none without", async () => {
      const disputed = { ...task, model: "graph", method: "DisputeGame" };
      const first = await open({ metadata: { title: "Disputed" }, tasks: [disputed, { ...disputed, points: 2 }] });
      expectSaid(first);
      const opening = ["draft", "addTask", "addTask", "open"];
      expect(first.receipts.map(({ name }) => name)).to.deep.equal(["publish", "admit", ...opening]);
      const second = await open({ metadata: { title: "Again" }, tasks: [disputed, { ...disputed, points: 2 }] });
      expect(second.receipts.map(({ name }) => name)).to.deep.equal(opening);
      expect(second.plan.steps.filter(({ isDone }) => !isDone).map(({ name }) => name)).to.deep.equal(opening);
    });

    it("leaves it alone once it is open", async () => {
      const { findings, plan } = await check(threeTasks());
      expect(plan?.steps.every(({ isDone }) => isDone)).to.equal(true);
      expect(findings.find(({ about }) => about === "state")?.detail).to.match(/^It is open already, as season \d+\.$/);
    });

    /** Opens a season, and breaks off after some transactions that weren't sent before. */
    const breakOff = async (changes: object, most: number): Promise<void> => {
      const { tasks, plan } = await check(changes);
      if (plan === undefined) throw new Error("There is no plan.");
      const { account, send } = site.senderOf(0);
      const sent: Promise<unknown>[] = [];
      const breaking: Sender = {
        account,
        async send(call) {
          if (sent.length === most) throw new Error("broken off");
          const receipt = send(call);
          sent.push(receipt);
          return receipt;
        },
      };
      const opened = openPlanned(site.client, breaking, site.content, fileOf(changes), tasks, plan);
      expect(await opened.catch(({ message }) => message)).to.equal("broken off");
      await Promise.all(sent);
    };
    const seasonCount = () =>
      site.client.rpc.readContract({ ...site.client.contracts.campaign, functionName: "seasonCount" });

    it("refuses to go on while transactions wait to be mined", async () => {
      const getTransactionCount = async ({ blockTag }: { blockTag: string }) => (blockTag === "pending" ? 7 : 5);
      const rpc = Object.assign(Object.create(site.client.rpc), { getTransactionCount });
      const { findings } = await check({}, ORGANISER, { ...site.client, rpc });
      expect(refusals(findings)).to.deep.equal([
        `state: ${ORGANISER} has 2 transactions that wait to be mined: try again once they are.`,
      ]);
    });

    it("goes on with a draft where it broke off, and drafts once", async () => {
      const changes = { ...threeTasks(), metadata: { title: "Broken off" } };
      const before = await seasonCount();
      // Draft and approval; two tasks; approval, the third task and the escrow.
      for (const most of [2, 3, 2]) await breakOff(changes, most);
      const { seasonId } = await open(changes);
      expect([seasonId, await seasonCount()]).to.deep.equal([before + 1n, before + 1n]);
      expect((await readSeason(site.client, seasonId)).taskCount).to.equal(3);
    });

    it("refuses a draft that came too late, and cancels it with its reward returned", async () => {
      const changes = { ...threeTasks(), ...dates("+40s", "7d"), metadata: { title: "Late" } };
      await breakOff(changes, 6);
      const seasonId = await seasonCount();
      const { startsAt } = await readSeason(site.client, seasonId);
      await site.until(() => site.follower.heads.latest.timestamp > startsAt);
      const found = refusals((await check(changes)).findings);
      expect(found[0]).to.match(/^dates: It starts at .*, which is past/);
      expect(found[1]).to.equal(`dates: A draft keeps its dates; season cancel ${seasonId} makes room for a new one.`);
      const sender = site.senderOf(0);
      await sender.send(callOf({ ...site.client.contracts.campaign, functionName: "cancel", args: [seasonId] }));
      const { findings } = await check(changes);
      expect(findings.find(({ about }) => about === "state")?.detail).to.equal(
        `Season ${seasonId}, drafted from it, was cancelled; season cancel ${seasonId} returns its reward.`,
      );
      expect(await cancelSeason(site.client, sender, seasonId)).to.deep.equal({ isNew: false, returned: 1005n });
      expect(await cancelSeason(site.client, sender, seasonId)).to.deep.equal({ isNew: false, returned: 0n });
    });

    it("refuses to cancel a season that is open", async () => {
      const refused = await cancelSeason(site.client, site.senderOf(0), 1n).catch((error: Error) => error.message);
      expect(refused).to.equal("Season 1 is open: only a draft can be cancelled.");
    });
  });
});
