import type { Address, Hex } from "viem";
import type { Call } from "../../../sdk/calls.ts";
import { createRandom, type Random } from "../random.ts";
import { createAgenda } from "./agenda.ts";
import { type Case, end, endCommits, follow } from "./cases.ts";
import { type Chain, SLOT } from "./chain.ts";
import type { Contracts } from "./contracts.ts";
import { type CaseEvent, type Event, readEvent } from "./events.ts";
import type { Strategy } from "./strategies/strategy.ts";

/** Who takes part: a verifier, a prover, a bystander; one may be two of them. */
export interface Actor {
  readonly address: Address;
  readonly strategy: Strategy;
  /** All that play the same strategy; they tell each other everything. */
  readonly ring: Ring;
  readonly random: Random;
  /** The votes that it committed, by attestation and round. */
  readonly votes: Map<string, Hex>;
  /** Attestations that it has run. */
  readonly ran: Set<Hex>;
  /** What is missing of its bond, in wei. */
  missing: bigint;
  /** Left the list of its own accord. */
  hasLeft: boolean;
  /** When it has run all that it was to run. */
  freeAt: number;
  /** When it can act again, if it is down. */
  downUntil: number;
  /** What its transactions used. */
  gas: number;
}

export interface Ring {
  readonly members: Set<Address>;
  readonly provers: Set<Address>;
}

/** Something to be done at a time. */
type Act = () => void | Promise<void>;

/** What participants do when they see something happen to an attestation, or a verifier taken off the list. */
export interface Reactions {
  scheduled(at: Case): void;
  seated(at: Case, members: readonly Address[]): void;
  missed(at: Case): void;
  opened(at: Case): void;
  over(at: Case): void;
  settled(at: Case): void;
  left(member: Actor): void;
}

export interface World {
  readonly chain: Chain;
  readonly contracts: Contracts;
  readonly actors: Map<Address, Actor>;
  readonly cases: Map<Hex, Case>;
  /** All rings of the season. */
  readonly rings: Ring[];
  /** Who is on the list when the season begins, or joins it then. */
  readonly verifiers: Set<Address>;
  /** Draws, settles and burns what others leave lying. */
  readonly keeper: Actor;
  /** Somebody honest who runs what first panels decided, and appeals what they decided wrongly; nobody if undefined. */
  readonly appellant: Actor | undefined;
  /** What the bystander does for others. */
  readonly bystanders: { readonly draw: boolean; readonly refill: boolean };
  /** Whether honest ones appeal at all. */
  readonly isAppealed: boolean;
  /** Points that a verifier can earn. */
  readonly verifierCap: number;
  /** When the last attestation is planned that isn't another try. */
  readonly lastWorkAt: number;
  /** Seconds between attestations that aren't further tries. */
  readonly pause: number;
  /** Time of the block that is being made. */
  now(): number;
  /** Has something done in the block of this time, or the next one. */
  at(time: number, act: Act): void;
  send(from: Actor, call: Call): void;
  /** A new account with money. */
  enrol(strategy: Strategy, ring: Ring): Promise<Actor>;
  /** Does everything that is to be done, and all that follows from it. */
  run(reactions: Reactions): Promise<void>;
  /** The members that a draw would give now. */
  preview(uid: Hex): Promise<readonly Address[]>;
}

/** What a world begins with; the seed decides everything that looks random, but draws, which follow from the blocks. */
export interface Beginning extends Pick<World, "verifierCap" | "pause" | "isAppealed" | "bystanders"> {
  chain: Chain;
  contracts: Contracts;
  bystander: Strategy;
  seed: number;
  /** Seconds from now. */
  workFor: number;
}

export async function createWorld(beginning: Beginning): Promise<World> {
  const { chain, contracts, bystander, seed, verifierCap, pause, isAppealed, bystanders, workFor } = beginning;
  const random = createRandom(seed);
  const agenda = createAgenda<Act>();
  const actors = new Map<Address, Actor>();
  const cases = new Map<Hex, Case>();
  let outbox: { from: Actor; call: Call }[] = [];
  let time = chain.now();

  async function enrol(strategy: Strategy, ring: Ring): Promise<Actor> {
    const address: Address = `0x${(0xac_0000 + actors.size).toString(16).padStart(40, "0")}`;
    const actor: Actor = {
      ...{ address, strategy, ring, random: random.fork(), votes: new Map(), ran: new Set() },
      ...{ missing: 0n, hasLeft: false, freeAt: 0, downUntil: 0, gas: 0 },
    };
    actors.set(address, actor);
    await chain.fund(address);
    return actor;
  }

  const nobody = (): Ring => ({ members: new Set(), provers: new Set() });
  const keeper = await enrol(bystander, nobody());
  const appellant = isAppealed ? await enrol(bystander, nobody()) : undefined;

  function react(event: Event, reactions: Reactions): void {
    const actor = "member" in event ? actors.get(event.member) : undefined;
    if (event.name === "Left") {
      if (actor !== undefined) reactions.left(actor);
      return;
    }
    if (event.name === "Penalised" && actor !== undefined) actor.missing += event.amount;
    const at = cases.get(event.uid);
    if (at === undefined) return;
    follow(at, event, time);
    told(at, event, reactions);
  }

  function told(at: Case, event: CaseEvent, reactions: Reactions): void {
    switch (event.name) {
      case "DrawScheduled":
        reactions.scheduled(at);
        break;
      case "PanelDrawn":
      case "PanelRefilled":
        reactions.seated(at, event.members);
        endCommitsInTime(at, reactions);
        break;
      case "RevealOpened":
        reactions.opened(at);
        endInTime(at, reactions);
        break;
      case "RevealEnded":
        reactions.over(at);
        break;
      case "StatusChanged":
        reactions.settled(at);
        break;
    }
  }

  function endCommitsInTime(at: Case, reactions: Reactions): void {
    const { round, commitUntil } = at;
    world.at(commitUntil, () => {
      if (at.round !== round || at.stage !== "committing" || at.commitUntil !== commitUntil) return;
      if (endCommits(at)) reactions.opened(at);
      else reactions.missed(at);
      endInTime(at, reactions);
    });
  }

  function endInTime(at: Case, reactions: Reactions): void {
    const { round, revealUntil } = at;
    world.at(revealUntil, () => {
      const isOpen = at.stage === "missed" || at.stage === "revealing";
      if (at.round !== round || !isOpen || at.revealUntil !== revealUntil) return;
      end(at);
      reactions.over(at);
    });
  }

  async function mine(reactions: Reactions): Promise<void> {
    const sent = outbox;
    outbox = [];
    const receipts = await chain.mine(
      time,
      sent.map(({ from, call }) => ({ ...call, from: from.address })),
    );
    for (const [i, { gas, logs }] of receipts.entries()) {
      (sent[i] as (typeof sent)[0]).from.gas += Number(gas);
      for (const log of logs) {
        const event = readEvent(log);
        if (event !== undefined) react(event, reactions);
      }
    }
  }

  const world: World = {
    ...{ chain, contracts, actors, cases, keeper, appellant, isAppealed, bystanders, enrol, verifierCap, pause },
    rings: [],
    verifiers: new Set(),
    lastWorkAt: time + workFor,
    now: () => time,
    at: (when, act) => agenda.add(when, act),
    send(from, call) {
      outbox.push({ from, call });
    },
    async run(reactions) {
      for (let next = agenda.next(); next !== undefined; next = agenda.next()) {
        const slots = Math.max(1, Math.ceil((next - chain.now()) / SLOT));
        time = chain.now() + slots * SLOT;
        for (const act of agenda.take(time)) await act();
        if (outbox.length > 0) await mine(reactions);
      }
    },
    async preview(uid) {
      const back = await chain.remember();
      const call = contracts.calls.draw(uid);
      const [receipt] = await chain.mine(time, [{ ...call, from: keeper.address }]);
      await back();
      for (const log of receipt?.logs ?? []) {
        const event = readEvent(log);
        if (event?.name === "PanelDrawn") return event.members;
      }
      return [];
    },
  };
  return world;
}

/** Has an actor do something at a time: later if it is down then. */
export function schedule(world: World, actor: Actor, time: number, act: Act): void {
  world.at(time, () => {
    if (world.now() >= actor.downUntil) return act();
    schedule(world, actor, actor.downUntil + 60 * actor.random.between(1, 5), act);
  });
}
