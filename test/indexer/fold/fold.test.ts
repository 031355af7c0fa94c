import { expect } from "chai";
import fc from "fast-check";
import { IntegrityError } from "../../../indexer/fold/step.ts";
import { campaignAbi } from "../../../sdk/abi.ts";
import { storyOfRequests } from "../asked.ts";
import { type Block, chainOf } from "../node.ts";
import { append, campaign, open } from "../opened.ts";
import { dump } from "../running.ts";
import { storyToEnd } from "../season-ends.ts";
import { accountOf, chaptersOf, emit } from "../story.ts";

const story = fc.oneof(
  fc.array(fc.array(fc.nat({ max: 2 ** 24 }), { maxLength: 15 }), { minLength: 1, maxLength: 25 }),
  storyToEnd,
  storyOfRequests,
);

describe("the fold of events", () => {
  it("refuses a season of a number that no season has", () => {
    const { writer } = open();
    const [first, second] = chainOf([]) as [Block, Block];
    writer.start(first);
    const drafted = { seasonId: 2n ** 255n, organiser: accountOf(1), verifierCap: 1n };
    const logs = [emit(campaign.address, campaignAbi, "SeasonDrafted", drafted)];
    expect(() => append(writer, [{ ...second, logs }]))
      .to.throw(IntegrityError)
      .with.property("message", "SeasonDrafted came with a number that no season or task has.");
  });

  it("keeps the largest cap that a season can have", () => {
    const { readers, writer } = open();
    const [first, second] = chainOf([]) as [Block, Block];
    writer.start(first);
    const drafted = { seasonId: 1n, organiser: accountOf(1), verifierCap: 2n ** 64n - 1n };
    append(writer, [{ ...second, logs: [emit(campaign.address, campaignAbi, "SeasonDrafted", drafted)] }]);
    expect(readers.seasons.season(1)?.verifierCap).to.equal("18446744073709551615");
  });

  it("is undone to the byte, at every block", () => {
    fc.assert(
      fc.property(story, (choices) => {
        const { db, writer } = open();
        const [, second, ...blocks] = chainOf(chaptersOf(choices)) as [Block, Block, ...Block[]];
        writer.start(second);
        const states = blocks.map((block) => {
          const before = dump(db);
          append(writer, [block]);
          return { before, number: block.number };
        });
        for (const { before, number } of states.toReversed()) {
          writer.rollback(number - 1);
          expect(dump(db)).to.deep.equal(before);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("gives the same rows after a detour over another fork", () => {
    fc.assert(
      fc.property(story, story, story, (common, lost, kept) => {
        const direct = open();
        const detour = open();
        const [, second, ...right] = chainOf(chaptersOf([...common, ...kept])) as [Block, Block, ...Block[]];
        const wrong = chainOf(chaptersOf([...common, ...lost]), "other", common.length + 3).slice(2);
        for (const { writer } of [direct, detour]) writer.start(second);
        append(direct.writer, right);
        append(detour.writer, wrong);
        detour.writer.rollback(common.length + 2);
        append(detour.writer, right.slice(common.length + 1));
        expect(dump(detour.db)).to.deep.equal(dump(direct.db));
      }),
      { numRuns: 40 },
    );
  });
});
