import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import fc from "fast-check";
import type { Hex } from "viem";
import { createHub, type Hub } from "../../../../indexer/serve/stream/hub.ts";
import { choices } from "../../running.ts";
import { chainTold, eventsIn, openServed, type Served } from "../served.ts";
import { holding, type Message, parse } from "./reader.ts";

const LIMITS = { clients: 4, clientsOfAddress: 2, clientsOfNetwork: 3, heartbeat: 60_000, patience: 60_000 };

/** A client that can be cut off at any message, and comes back with the last id it has. */
function createClient(hub: () => Hub, served: Served) {
  const told: Message[] = [];
  let joined: Awaited<ReturnType<Hub["join"]>> | undefined;
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
      joined ??= await hub().join("127.0.0.1", last(), () => {});
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

const heldAbove = (blockNumber: number, told: readonly Message[]) =>
  holding(told).filter(({ id }) => Number.parseInt(id, 10) > blockNumber);

/** What a client that saw all of the chain above a block holds. */
function expected({ blocks, readers }: Served, above: number): { id: string; event: string }[] {
  return blocks.slice(above + 1).flatMap((block) =>
    eventsIn(block).flatMap(({ eventName, args, location }) => {
      const id = `${location.blockNumber}-${location.logIndex}`;
      if (/^Points(Awarded|Burned)$/.test(eventName)) return [{ id, event: "points" }];
      const { uid, id: batch, requestId } = args as { uid?: Hex; id?: Hex; requestId?: Hex };
      if (requestId) return readers.requests.request(requestId) ? [{ id, event: "request" }] : [];
      if (!/^(Committed|Attested|BatchAttested|StatusChanged|Cover\w+)$/.test(eventName)) return [];
      return readers.attestations.attestation((uid ?? batch) as Hex) ? [{ id, event: "status" }] : [];
    }),
  );
}

describe("the stream's hub", () => {
  const story = choices(80, 7);
  let served: Served;
  let hub: Hub;
  beforeEach(async () => {
    served = openServed(chainTold(story.slice(0, 20)));
    served.condition.caughtUpAt = performance.now();
    hub = await createHub(served.state, served.condition, LIMITS);
  });
  afterEach(async () => {
    hub.close();
    await served.close();
  });

  const refusalOf = (lastId?: string, address?: string): Promise<unknown> =>
    join(lastId, address).then(
      () => undefined,
      (error: unknown) => error,
    );
  const join = (lastId?: string, address = "127.0.0.1") => hub.join(address, lastId, () => {});

  for (const id of ["x", "1", "1-", "-1-1", "1-1-1", "1e3-0", "1-1234567890"])
    it(`refuses the id ${id}`, async () => {
      const message = `The parameter lastEventId is "${id}": an id is <block>-<logIndex>.`;
      expect(await refusalOf(id)).to.include({ status: 400, message, parameter: "lastEventId" });
      expect(hub.clients()).to.equal(0);
    });

  it("refuses more clients of an address, of a network, and more in all, until one leaves", async () => {
    const joining = [join(), join()];
    const ofAddress = "127.0.0.1 has 2 streams open already: close one, or try again later.";
    expect(await refusalOf()).to.include({ status: 503, message: ofAddress });
    joining.push(join(undefined, "127.0.0.2"));
    const ofNetwork = "The network of 127.0.0.3 has 3 streams open already: try again later.";
    expect(await refusalOf(undefined, "127.0.0.3")).to.include({ status: 503, message: ofNetwork });
    (await joining[0])?.leave();
    joining.push(join(undefined, "::1"), join(undefined, "::1"));
    const ofAll = "The stream has 4 clients already: try again later.";
    await join(undefined, "10.0.0.1").then(({ leave }) => leave());
    joining.push(join(undefined, "10.0.0.1"));
    expect(await refusalOf(undefined, "10.0.0.2")).to.include({ status: 503, message: ofAll });
    const [, , third] = await Promise.all(joining);
    third?.leave();
    await join(undefined, "10.0.0.2");
    expect(hub.clients()).to.equal(4);
  });

  it("makes room for a newcomer by ending the latest stream of the network that has the most", async () => {
    const first = await join();
    const second = await join();
    for (const address of ["10.0.0.1", "10.0.0.2"]) await join(undefined, address);
    const third = await join(undefined, "10.0.1.1");
    expect(hub.clients()).to.equal(4);
    const ended = async (texts: AsyncGenerator<string, void>) => {
      for (let read = 0; read < 3; read++) if ((await texts.next()).done) return true;
      return false;
    };
    expect([await ended(second.texts), first, third]).to.deep.equal([true, first, third]);
  });

  it("refuses to go on from where more than 10,000 events have come since", async () => {
    const { feed } = served.readers;
    const first = feed.last(2);
    const { isFarBehind } = feed;
    feed.isFarBehind = (place, count) => isFarBehind(place, count - 9_999);
    const id = `${first?.blockNumber}-${first?.logIndex}`;
    const message = `More than 10000 events came after ${id}: begin again without it.`;
    expect(await refusalOf(id)).to.include({ status: 410, message });
    expect(hub.clients()).to.equal(0);
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

  it("tells what is undone and what came instead, at whatever moment of joining and of telling that is", async () => {
    const told = story.slice(0, 20);
    const fork = served.blocks.length - 1;
    const undone = chainTold([...told, ...story.slice(20, 23)]);
    const instead = chainTold([...told, ...story.slice(40, 46)]);
    const kept = chainTold(told);
    for (let ticks = 0; ticks < 80; ticks++)
      for (const hasJoined of [false, true]) {
        served.become(kept);
        const client = createClient(() => hub, served);
        if (hasJoined) await client.read(1);
        served.become(undone);
        const reading = client.read(1);
        for (let tick = 0; tick < ticks; tick++) await undefined;
        served.become(instead);
        await reading;
        await client.read();
        const all = expected(served, fork);
        const held = heldAbove(fork, client.told);
        // A client that joins when all is done is told from then on.
        expect(held, `after ${ticks} ticks`).to.deep.equal(hasJoined || held.length > 0 ? all : []);
        client.leave();
      }
  });

  it("takes a client back to the last final block whose id it can't know", async () => {
    for (const id of ["999-0", "12-500"]) {
      const { texts, leave } = await join(id);
      await texts.next();
      const { value = "" } = await texts.next();
      expect(parse(value).messages[0]).to.deep.include({ event: "reorg", id: "0-0" });
      leave();
    }
  });

  it("takes a client back that an earlier process may have told what is undone", async () => {
    const last = served.readers.feed.last(20);
    const other = await createHub(served.state, { ...served.condition, caughtUpAt: undefined }, LIMITS);
    const { texts } = await other.join("127.0.0.1", `${last?.blockNumber}-${last?.logIndex}`, () => {});
    await texts.next();
    const { value = "" } = await texts.next();
    other.close();
    expect(parse(value).messages[0]).to.deep.include({ event: "reorg" });
  });

  it("builds each message once, however many clients are told", async () => {
    const world = openServed(chainTold(story.slice(0, 20)), { late: 2 });
    const own = await createHub(world.state, world.condition, LIMITS);
    const clients = Array.from({ length: 2 }, () => createClient(() => own, world));
    const readAll = () => Promise.all(clients.map((client) => client.read()));
    await readAll();
    let built = 0;
    const { ledger } = world.readers;
    const { entry } = ledger;
    ledger.entry = (season, seq) => {
      built++;
      return entry(season, seq);
    };
    world.become(chainTold(story.slice(0, 40)));
    await readAll();
    own.close();
    await world.close();
    for (const { told } of clients) expect(told.filter(({ event }) => event === "points")).to.have.lengthOf(built);
    expect(built).to.be.above(0);
  });

  it("reads no further ahead than a client takes", async () => {
    const client = createClient(() => hub, served);
    await client.read();
    let read = 0;
    const { feed } = served.readers;
    const { after } = feed;
    feed.after = (place, limit) => {
      const rows = after(place, limit);
      read += rows.length;
      return rows;
    };
    served.become(chainTold(story));
    await client.read(1);
    const behind = expected(served, 22).length - holding(client.told).length;
    expect(behind).to.be.above(50);
    expect(read).to.be.at.most(50);
  });

  it("loses nothing and tells nothing twice, however the chain and the connection change", async () => {
    const grow = fc.integer({ min: 1, max: 6 });
    /** After so many turns the chain changes, while the client joins or is being told something. */
    const during = fc.option(fc.nat({ max: 30 }), { nil: undefined });
    const step = fc.oneof(
      fc.record({ grow, during }),
      fc.record({ grow, during, undo: fc.integer({ min: 1, max: 6 }) }),
      fc.record({ read: fc.integer({ min: 1, max: 3 }) }),
      fc.constant({ leave: true }),
      fc.constant({ restart: true }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.nat(), fc.nat({ max: 2 }), async (steps, seed, late) => {
        let told = story.slice(0, 12);
        const world = openServed(chainTold(told), { late });
        world.condition.caughtUpAt = performance.now();
        let now = await createHub(world.state, world.condition, LIMITS);
        const client = createClient(() => now, world);
        await client.read();
        const start = world.blocks.length - 1;
        const pool = choices(200, seed);
        for (const [i, one] of steps.entries()) {
          if ("grow" in one) {
            const kept = told.slice(0, Math.max(told.length - ("undo" in one ? one.undo : 0), 12));
            told = [...kept, ...pool.slice(6 * i, 6 * i + one.grow)];
            const reading = one.during === undefined ? undefined : client.read(1);
            for (let turn = 0; turn < (one.during ?? 0); turn++) await setImmediate();
            world.become(chainTold(told));
            await reading;
          } else if ("read" in one) await client.read(one.read);
          else {
            client.leave();
            if ("restart" in one) {
              now.close();
              now = await createHub(world.state, world.condition, LIMITS);
            }
          }
        }
        await client.read();
        const wanted = expected(world, start);
        now.close();
        await world.close();
        expect(heldAbove(start, client.told)).to.deep.equal(wanted);
      }),
      { numRuns: 25 },
    );
  });

  it("ends every stream when it closes", async () => {
    const { texts } = await join();
    await texts.next();
    await texts.next();
    const waiting = texts.next();
    hub.close();
    expect(await waiting).to.deep.equal({ value: undefined, done: true });
    expect(hub.clients()).to.equal(0);
  });
});
