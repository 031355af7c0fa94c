import { expect } from "chai";
import type { Address } from "viem";
import type { Event } from "../../../indexer/decode/events.ts";
import type {
  AttestationAnswer,
  AttestationSummary,
  AttestationsPage,
  DrawnSeat,
  SeatsPage,
  StandingsPage,
} from "../../../sdk/wire.ts";
import { choices } from "../running.ts";
import { onEachStore } from "../store/stores.ts";
import { accountOf } from "../story.ts";
import { chainTold, eventsIn } from "./served.ts";
import { openAnywhere, type ServedAnywhere } from "./served-anywhere.ts";

onEachStore("what an account did for others", (store) => {
  let served: ServedAnywhere;
  let url: string;
  let events: Event[];
  before(async () => {
    served = await openAnywhere(chainTold(choices(320, 11)), store());
    url = await served.listen();
    events = served.blocks.flatMap(eventsIn);
  });
  after(() => served.close());

  async function get<T>(path: string): Promise<T> {
    const response = await fetch(url + path);
    expect(response.status, path).to.equal(200);
    return (await response.json()) as T;
  }

  async function all<Item>(path: string): Promise<Item[]> {
    const found: Item[] = [];
    for (let next: string | null = ""; next !== null; ) {
      const page: { items: Item[]; next: string | null } = await get(`${path}${next && `?cursor=${next}`}`);
      found.push(...page.items);
      next = page.next;
    }
    return found;
  }

  it("has a seat for each time that it was drawn, newest first, and how it voted", async () => {
    let votes = 0;
    for (const account of [6, 7, 9].map(accountOf)) {
      const drawn = events.filter(
        (event) =>
          (event.eventName === "PanelDrawn" || event.eventName === "PanelRefilled") &&
          event.args.members.includes(account),
      );
      const seats = await all<DrawnSeat>(`/v1/accounts/${account}/seats`);
      expect(seats.map(({ drawn: { blockNumber, logIndex } }) => ({ blockNumber, logIndex }))).to.deep.equal(
        drawn.map(({ location }) => location).reverse(),
      );
      for (const { attestation, vote, round, lost } of seats) {
        expect([round, lost]).to.deep.equal([1, "0"]);
        const { steps } = (await get<AttestationAnswer>(`/v1/attestations/${attestation.uid}`)).item;
        const has = (name: string) => steps.some((step) => step.step === name && "by" in step && step.by === account);
        expect(vote).to.equal(has("voteRevealed") ? "revealed" : has("voteCommitted") ? "committed" : "none");
        if (vote === "revealed") votes++;
      }
    }
    expect(votes).to.be.above(0);
  });

  it("has each refutation that it took part in, newest first, as its standing counts them", async () => {
    const { items } = await get<StandingsPage>("/v1/seasons/1/standings");
    let found = 0;
    for (const { account, caught } of items) {
      const catches = await all<AttestationSummary>(`/v1/accounts/${account}/catches`);
      const settled = catches.map((one) => one.settled?.blockNumber as number);
      expect(settled).to.deep.equal(settled.toSorted((a, b) => b - a));
      for (const { status } of catches) expect(status).to.equal("refuted");
      expect(catches.filter(({ counts, unit }) => counts && unit?.seasonId === "1")).to.have.length(caught);
      found += caught;
    }
    expect(found).to.be.above(0);
  });

  it("is nothing for an account that did nothing", async () => {
    const nobody: Address = accountOf(900);
    for (const list of ["seats", "catches"]) {
      const { items, next } = await get<SeatsPage | AttestationsPage>(`/v1/accounts/${nobody}/${list}`);
      expect([items, next]).to.deep.equal([[], null]);
    }
  });

  it("refuses a cursor of an item that a reorganisation undid", async () => {
    const account = accountOf(7);
    const { next } = await get<SeatsPage>(`/v1/accounts/${account}/seats`);
    expect(next).to.be.a("string");
    const whole = served.blocks;
    await served.become(chainTold(choices(320, 12)));
    expect((await fetch(`${url}/v1/accounts/${account}/seats?cursor=${next}`)).status).to.equal(410);
    await served.become(whole);
  });
});
