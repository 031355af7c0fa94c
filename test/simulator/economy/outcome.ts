import type { Address } from "viem";
import { Status } from "../../../sdk/protocol.ts";
import { assumptions } from "./assumptions.ts";
import type { Case } from "./cases.ts";
import { FUNDS } from "./chain.ts";
import type { Books } from "./contracts.ts";
import type { World } from "./world.ts";

/** What became of somebody. */
export interface Participant {
  isHonest: boolean;
  /** First panels' seats, units and free attestations that it has in an honest world, too. */
  places: Places;
  /** ETH won, less gas paid. */
  money: number;
  /** Of a hostile account what it has; of an honest one less what it owes. */
  points: number;
}

export interface Places {
  seats: number;
  units: number;
  frees: number;
}

export const NOWHERE: Readonly<Places> = { seats: 0, units: 0, frees: 0 };

/** What became of a season. */
export interface Outcome {
  participants: Participant[];
  attestations: number;
  /** Pieces of work with a lie, and those of them that a try passed. */
  lies: { all: number; verified: number };
  /** Honest provers' attestations, and how they ended; `refused` were not taken at once. */
  honest: { all: number; verified: number; refuted: number; voided: number; refused: number };
  /** Attestations that an honest world has, too, and those of them for which no panel was drawn. */
  ordinary: number;
  undrawn: number;
  books: Books;
  /** Wei that all together lost, gas left out. */
  lost: bigint;
}

/** Reads from the chain what a season left. */
export async function readOutcome(world: World): Promise<Outcome> {
  const { contracts, actors } = world;
  const cases = [...world.cases.values()];
  const places = placesIn(cases);
  const participants: Participant[] = [];
  let lost = 0n;
  for (const actor of actors.values()) {
    const { address, strategy, gas } = actor;
    const isHonest = strategy.name === "honest";
    const won = (await contracts.wealthOf(address)) - FUNDS;
    const { has, owes } = await contracts.pointsOf(address);
    lost -= won;
    const money = Number(won) / 1e18 - gas * assumptions.gasPrice;
    participants.push({
      isHonest,
      places: places.get(address) ?? NOWHERE,
      money: actor === world.appellant ? Math.min(0, money) : money, // a reward makes nobody's damage good
      points: isHonest ? has - owes : has,
    });
  }
  const isHonest = ({ prover }: Case) => actors.get(prover)?.strategy.name === "honest";
  return {
    ...{ participants, lost, books: await contracts.books() },
    attestations: cases.filter(({ stage }) => stage !== "sent").length,
    lies: liesIn(cases),
    honest: endsOf(cases.filter(isHonest)),
    ordinary: cases.filter(isOrdinary).length,
    undrawn: cases.filter((at) => isOrdinary(at) && at.firstMembers.length === 0).length,
  };
}

/** Whether an honest world has this attestation, too. */
const isOrdinary = ({ work, attempt }: Case): boolean => work.ordinary && attempt === 0;

function placesIn(cases: readonly Case[]): Map<Address, Places> {
  const places = new Map<Address, Places>();
  const add = (address: Address, place: keyof Places) => {
    const before = places.get(address) ?? NOWHERE;
    places.set(address, { ...before, [place]: before[place] + 1 });
  };
  for (const { prover, work, firstMembers } of cases.filter(isOrdinary)) {
    add(prover, work.unit === undefined ? "frees" : "units");
    for (const member of firstMembers) add(member, "seats");
  }
  return places;
}

function liesIn(cases: readonly Case[]): Outcome["lies"] {
  const lies = cases.filter(({ answer, work }) => answer !== work.truth);
  const verified = lies.filter(({ status }) => status === Status.verified);
  return { all: new Set(lies.map(({ work }) => work)).size, verified: new Set(verified.map(({ work }) => work)).size };
}

function endsOf(cases: readonly Case[]): Outcome["honest"] {
  const ended = (wanted: number) => cases.filter(({ status }) => status === wanted).length;
  return {
    all: cases.length,
    verified: ended(Status.verified),
    refuted: ended(Status.refuted),
    voided: ended(Status.void),
    refused: cases.filter(({ stage, refusals }) => stage === "sent" || refusals > 0).length,
  };
}
