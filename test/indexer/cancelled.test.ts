import { expect } from "chai";
import { campaignAbi } from "../../sdk/abi.ts";
import { ZERO_HASH } from "../../sdk/commitments.ts";
import { following, head, readiness } from "./following.ts";
import { chainOf } from "./node.ts";
import { choices, until, untilReady } from "./running.ts";
import { accountOf, type Chapter, chaptersOf, deployment, emit, type Ledger } from "./story.ts";

const story = chaptersOf(choices(10, 3));
const { ledgers } = story.at(-1) as Chapter;
const seasonId = BigInt(ledgers.size + 1);
const on = [deployment.contracts.Campaign.address, campaignAbi] as const;
const organiser = accountOf(0);
const empty: Ledger = { seq: 0n, participants: 0, totalPoints: 0n, ledgerHash: ZERO_HASH, points: new Map() };
const drafted = new Map([...ledgers, [seasonId, empty]]);

const chapter = (...logs: Chapter["logs"]): Chapter => ({ logs, ledgers: drafted });
const draft = chapter(emit(...on, "SeasonDrafted", { seasonId, organiser, verifierCap: 5n }));
const cancel = chapter(emit(...on, "SeasonCancelled", { seasonId, organiser }));

describe("a draft, cancelled or not", () => {
  const follower = following();

  it("can't follow from a season that isn't a draft", async () => {
    follower.node.blocks = chainOf([...story, draft, cancel, cancel]);
    const indexer = await follower.launch();
    await until("the contradiction is told", async () =>
      (await readiness(indexer)).detail.includes(`Season ${seasonId} was cancelled when it was no draft.`),
    );
  });

  it("is never in the list of seasons, and counts among those of the chain", async () => {
    const shown = async (url: string): Promise<[boolean, number]> => {
      const { items } = (await (await fetch(`${url}/v1/seasons`)).json()) as { items: { seasonId: string }[] };
      const { status } = await fetch(`${url}/v1/seasons/${seasonId}`);
      return [items.some((item) => item.seasonId === String(seasonId)), status];
    };
    const blocks = chainOf([...story, draft, cancel]);
    follower.node.blocks = blocks.slice(0, -1);
    const indexer = await follower.launch();
    await untilReady(indexer, head(blocks) - 1);
    expect(await shown(indexer.url)).to.deep.equal([false, 200]);
    follower.node.blocks = blocks;
    await untilReady(indexer, head(blocks));
    expect(await shown(indexer.url)).to.deep.equal([false, 404]);
    for (const path of ["standings", "standings.csv", "profiles?account=0x0000000000000000000000000000000000000001"])
      expect((await fetch(`${indexer.url}/v1/seasons/${seasonId}/${path}`)).status, path).to.equal(404);
    await follower.expectRowsOf(blocks);
  });

  it("is shown again where a reorganisation undoes that", async () => {
    const blocks = chainOf([...story, draft, cancel]);
    follower.node.blocks = blocks;
    const indexer = await follower.launch();
    await untilReady(indexer, head(blocks));
    const fork = chainOf([...story, draft, chapter(), chapter()], "fork", head(blocks));
    follower.node.blocks = fork;
    await untilReady(indexer, head(fork));
    expect((await fetch(`${indexer.url}/v1/seasons/${seasonId}`)).status).to.equal(200);
  });
});
