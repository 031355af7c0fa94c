import { expect } from "chai";
import fc from "fast-check";
import type { Hex } from "viem";
import { createHub, type Hub } from "../../../../indexer/serve/stream/hub.ts";
import { choices } from "../../running.ts";
import { chainTold, eventsIn, openServed, type Served } from "../served.ts";
import { holding, type Message, parse } from "./reader.ts";

const LIMITS = { clients: 4, clientsOfAddress: 2, heartbeat: 60_000, patience: 60_000 };

/** A client that can be cut off at any message, and comes back with the last id it has. */
function createClient(hub: () => Hub, served: Served) {
  const told: Message[] = [];
  let joined: ReturnType<Hub["join"]> | undefined;
  let head: string | undefined;
  const last = () => told.at(-1)?.id;
  const client = {
    told,
    leave() {
      joined?.leave();
      joined = undefined;
      head = undefined;
    },
    /** Reads until it is told of the head, or has read `most` messages. */
    async read(most = Number.POSITIVE_INFINITY): Promise<void> {
      joined ??= hub().join("127.0.0.1", last(), () => {});
      for (let read = 0; read < most && head !== served.blocks.at(-1)?.hash; read++) {
        const { value = "" } = await joined.texts.next();
        for (const message of parse(value).messages) {
          told.push(message);
          if (message.event === "head") head = message.data.asOf.blockHash;
        }
      }
    },
  };
  return client;
}

/** What a client that saw all of the chain above a block holds. */
function expected({ blocks, state }: Served, above: number): { id: string; event: string }[] {
  return blocks.slice(above + 1).flatMap((block) =>
    eventsIn(block).flatMap(({ eventName, args, location }) => {
      const id = `${location.blockNumber}-${location.logIndex}`;
      if (/^Points(Awarded|Burned)$/.test(eventName)) return [{ id, event: "points" }];
      if (!/^(Committed|Attested|BatchAttested|StatusChanged)$/.test(eventName)) return [];
      const { uid, id: batch } = args as { uid?: Hex; id?: Hex };
      return state.attestations.attestation((uid ?? batch) as Hex) ? [{ id, event: "status" }] : [];
    }),
  );
}

describe("the stream's hub", () => {
  const story = choices(60, 7);
  let served: Served;
  let hub: Hub;
  beforeEach(() => {
    served = openServed(chainTold(story.slice(0, 20)));
    served.condition.caughtUpAt = Date.now();
    hub = createHub(served.state, served.condition, LIMITS);
  });
  afterEach(async () => {
    hub.close();
    await served.close();
  });

  const join = (lastId?: string, address = "127.0.0.1") => hub.join(address, lastId, () => {});

  for (const id of ["x", "1", "1-", "-1-1", "1-1-1", "1e3-0", "1-1234567890"])
    it(`refuses the id ${id}`, () => {
      expect(() => join(id))
        .to.throw(`The parameter lastEventId is "${id}": an id is <block>-<logIndex>.`)
        .with.property("parameter", "lastEventId");
    });

  it("refuses more clients of an address, and more in all, until one leaves", () => {
    const [first] = [join(), join()];
    expect(() => join())
      .to.throw("127.0.0.1 has 2 streams open already")
      .with.property("status", 503);
    join(undefined, "::1");
    join(undefined, "::1");
    expect(() => join(undefined, "10.0.0.1"))
      .to.throw("The stream has 4 clients already")
      .with.property("status", 503);
    first?.leave();
    expect(hub.clients()).to.equal(3);
    join(undefined, "10.0.0.1");
  });

  it("refuses to go on from where more than 10,000 events have come since", () => {
    const first = served.state.feed.last(2);
    const { feed } = served.state;
    served.state.feed = { ...feed, isFarBehind: (place, count) => feed.isFarBehind(place, count - 9_999) };
    const id = `${first?.blockNumber}-${first?.logIndex}`;
    expect(() => join(id))
      .to.throw(`More than 10000 events came after ${id}`)
      .with.property("status", 410);
  });

  it("tells where the chain stands at first, and then each event once as it comes", async () => {
    const start = served.blocks.length - 1;
    const client = createClient(() => hub, served);
    await client.read();
    expect(client.told.map(({ event }) => event)).to.deep.equal(["head"]);
    for (let length = 21; length <= 40; length++) {
      served.become(chainTold(story.slice(0, length)));
      await client.read();
    }
    expect(holding(client.told)).to.deep.equal(expected(served, start));
    expect(client.told.some(({ event }) => event === "points")).to.equal(true);
    expect(client.told.some(({ event }) => event === "status")).to.equal(true);
  });

  it("tells first what is undone of what a client has that comes back", async () => {
    const client = createClient(() => hub, served);
    await client.read();
    served.become(chainTold(story.slice(0, 30)));
    await client.read();
    client.leave();
    served.become(chainTold([...story.slice(0, 25), ...story.slice(40, 50)]));
    const known = client.told.length;
    await client.read();
    expect(client.told[known]).to.deep.include({ event: "reorg" });
    expect(client.told[known]?.data).to.include({ blockNumber: 27 });
    expect(holding(client.told)).to.deep.equal(expected(served, 22));
  });

  it("takes a client back to the last final block whose id it can't know", async () => {
    for (const id of ["999-0", "12-500"]) {
      const { texts, leave } = join(id);
      await texts.next();
      const { value = "" } = await texts.next();
      expect(parse(value).messages[0]).to.deep.include({ event: "reorg", id: "0-0" });
      leave();
    }
  });

  it("takes a client back that an earlier process may have told what is undone", async () => {
    const last = served.state.feed.last(20);
    const other = createHub(served.state, { ...served.condition, caughtUpAt: undefined }, LIMITS);
    const { texts } = other.join("127.0.0.1", `${last?.blockNumber}-${last?.logIndex}`, () => {});
    await texts.next();
    const { value = "" } = await texts.next();
    other.close();
    expect(parse(value).messages[0]).to.deep.include({ event: "reorg" });
  });

  it("reads no further ahead than a client takes", async () => {
    const client = createClient(() => hub, served);
    await client.read();
    let read = 0;
    const { feed } = served.state;
    served.state.feed = {
      ...feed,
      after(place, limit) {
        const rows = feed.after(place, limit);
        read += rows.length;
        return rows;
      },
    };
    served.become(chainTold(story));
    await client.read(1);
    const behind = expected(served, 22).length - holding(client.told).length;
    expect(behind).to.be.above(50);
    expect(read).to.be.at.most(50);
  });

  it("loses nothing and tells nothing twice, however the chain and the connection change", async () => {
    const step = fc.oneof(
      fc.record({ grow: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ undo: fc.integer({ min: 1, max: 6 }), grow: fc.integer({ min: 1, max: 6 }) }),
      fc.record({ read: fc.integer({ min: 1, max: 3 }) }),
      fc.constant({ leave: true }),
      fc.constant({ restart: true }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.nat(), async (steps, seed) => {
        let told = story.slice(0, 12);
        const world = openServed(chainTold(told));
        world.condition.caughtUpAt = Date.now();
        let now = createHub(world.state, world.condition, LIMITS);
        const client = createClient(() => now, world);
        await client.read();
        const start = world.blocks.length - 1;
        const pool = choices(200, seed);
        for (const [i, one] of steps.entries()) {
          if ("grow" in one) {
            const kept = told.slice(0, Math.max(told.length - ("undo" in one ? one.undo : 0), 12));
            told = [...kept, ...pool.slice(6 * i, 6 * i + one.grow)];
            world.become(chainTold(told));
          } else if ("read" in one) await client.read(one.read);
          else {
            client.leave();
            if ("restart" in one) {
              now.close();
              now = createHub(world.state, world.condition, LIMITS);
            }
          }
        }
        await client.read();
        const held = holding(client.told);
        const wanted = expected(world, start);
        now.close();
        await world.close();
        expect(held.filter(({ id }) => Number.parseInt(id, 10) > start)).to.deep.equal(wanted);
      }),
      { numRuns: 25 },
    );
  });

  it("ends every stream when it closes", async () => {
    const { texts } = join();
    await texts.next();
    await texts.next();
    const waiting = texts.next();
    hub.close();
    expect(await waiting).to.deep.equal({ value: undefined, done: true });
    expect(hub.clients()).to.equal(0);
  });
});
