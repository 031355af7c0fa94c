import { expect } from "chai";
import type { Event } from "../../../indexer/decode/events.ts";
import type { ReadAttestation } from "../../../indexer/store/sqlite/read-attestations.ts";
import type { News, NewsPage } from "../../../sdk/wire.ts";
import { choices } from "../running.ts";
import { onEachStore } from "../store/stores.ts";
import { chainTold, eventsIn } from "./served.ts";
import { openAnywhere, type ServedAnywhere } from "./served-anywhere.ts";

/** The kind of news that an event makes, where that follows from its name. */
const kinds: Readonly<Record<string, News["news"]>> = {
  ...{ PointsAwarded: "awarded", PointsBurned: "burned", PanelDrawn: "seatsDrawn", PanelRefilled: "seatsDrawn" },
  ...{ Committed: "attested", BatchAttested: "attested", Requested: "asked", RequestAnswered: "answered" },
  ...{ ProfileSet: "named", SeasonOpened: "seasonOpened", SeasonFrozen: "seasonFrozen" },
  SeasonFinalised: "seasonFinalised",
};

onEachStore("news", (store) => {
  let served: ServedAnywhere;
  let url: string;
  let events: Event[];
  let items: News[];
  before(async () => {
    served = await openAnywhere(chainTold(choices(320, 11)), store());
    url = await served.listen();
    events = served.blocks.flatMap(eventsIn);
    items = [];
    for (let next: string | null = ""; next !== null; ) {
      const page = (await (await fetch(`${url}/v1/news${next && `?cursor=${next}`}`)).json()) as NewsPage;
      expect(page.items).to.have.length.below(51);
      items.push(...page.items);
      next = page.next;
    }
  });
  after(() => served.close());

  const at = ({ blockNumber, logIndex }: { blockNumber: number; logIndex: number }) => `${blockNumber}-${logIndex}`;

  it("are newest first, each once", () => {
    const places = items.map((item) => item.at.blockNumber * 10_000 + item.at.logIndex);
    expect(places).to.deep.equal([...new Set(places)].sort((a, b) => b - a));
  });

  it("tell every attestation, point, draw, name, request and season", () => {
    const told = new Map(items.map((item) => [at(item.at), item]));
    for (const { eventName, location } of events) {
      const kind = kinds[eventName];
      if (kind !== undefined) expect(told.get(at(location))?.news, `${eventName} ${at(location)}`).to.equal(kind);
    }
    const found = new Set(items.map(({ news }) => news));
    expect([...found]).to.include.members([...new Set(Object.values(kinds)), "settled"]);
  });

  it("tell an attestation once when it is recorded and once when it is settled, not when it is revealed", () => {
    for (const [uid, own] of Map.groupBy(
      items.filter((item) => item.news === "attested" || item.news === "settled"),
      (item) => item.uid,
    )) {
      const told = own.map(({ news }) => news).reverse();
      expect(told, uid).to.deep.equal(["attested", "settled"].slice(0, told.length));
    }
  });

  it("tell cover that was paid, and none that returned to its prover", async () => {
    const paid = items.filter((item) => item.news === "coverPaid");
    const settled = events.filter((event) => event.eventName === "CoverSettled");
    for (const { args, location } of settled) {
      const { prover } = (await served.readers.attestations.attestation(args.uid)) as ReadAttestation;
      const told = paid.filter((one) => at(one.at) === at(location));
      const expected = prover === args.to ? [] : [[args.to, args.uid, String(args.amount)]];
      expect(told.map(({ account, uid, amount }) => [account, uid, amount])).to.deep.equal(expected);
    }
    expect(paid).to.have.length.within(1, settled.length);
  });

  it("are told by the stream as they are listed", async () => {
    const stop = new AbortController();
    const response = await fetch(`${url}/v1/stream?lastEventId=0-0&news=true`, { signal: stop.signal });
    let text = "";
    for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += piece;
      if (text.includes("event: head")) break;
    }
    stop.abort();
    const told = [...text.matchAll(/^event: news\ndata: (.*)$/gm)].map(([, data]) => JSON.parse(data as string));
    expect(told).to.deep.equal(items.toReversed());
  });
});
